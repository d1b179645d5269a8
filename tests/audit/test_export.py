"""What is handed out: the archive with its verifier, and the proof of one event."""

import subprocess
import sys
import zipfile
from copy import deepcopy

import pytest

from ihala.audit import exporting, signing, verify
from ihala.audit.exporting import as_line
from ihala.audit.models import Event
from ihala.audit.verify import ATTACKS
from ihala.core.acting import acting
from ihala.organisations.models import Actor
from tests.vault.cast import AMAN, ME

from .logbook import (
    exported,
    number,
    own,
    saved,
    write,
)

pytestmark = pytest.mark.usefixtures("log_folder")


def test_the_archive_is_checked_by_the_verifier_that_lies_in_it(log, tmp_path):
    """As a court would: an empty folder, Python, and nothing of the product."""
    with acting(Actor.system_of(ME)):
        packed = exporting.archive(ME)
    (tmp_path / "log.zip").write_bytes(packed)
    with zipfile.ZipFile(tmp_path / "log.zip") as archive:
        assert sorted(archive.namelist()) == ["README.txt", "log.jsonl", "verify.py"]
        archive.extractall(tmp_path / "court")
    earlier = tmp_path / "earlier.note"
    earlier.write_text(signing.notes([signing.standing([ME]).checkpoint])[0])

    def run(*arguments):
        command = [sys.executable, "-I", "verify.py", *arguments]
        return subprocess.run(command, cwd=tmp_path / "court", capture_output=True, text=True, env={})

    done = run("log.jsonl", "--seen", str(earlier), "--seen", str(tmp_path / "log.zip"))
    assert done.returncode == 0 and "SOUND" in done.stdout and "السجل سليم" in done.stdout
    assert str(log[0].witness.key) in done.stdout
    text = (tmp_path / "court" / "log.jsonl").read_text()
    (tmp_path / "court" / "log.jsonl").write_text(text.replace("referral.approve", "referral.decline"))
    done = run("log.jsonl")
    assert done.returncode == 1
    assert "rewritten" in done.stdout and ATTACKS["rewritten"][0] in done.stdout
    (tmp_path / "court" / "log.jsonl").write_text("nothing of ours")
    assert run("log.jsonl").returncode == 2


def test_the_command_answers_in_the_process_too(log, tmp_path, capsys):
    path = saved(exported(), tmp_path / "log.jsonl")
    assert verify.main([str(path), "--trust", str(log[0].witness.key)]) == 0
    assert verify.main([str(path), "--trust", "no key"]) == 2
    assert verify.main([str(tmp_path / "nothing")]) == 2
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    assert verify.main([str(empty)]) == 2
    strange = saved([{"kind": "poem"}], tmp_path / "strange.jsonl")
    assert verify.main([str(strange)]) == 2
    packed = tmp_path / "other.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("log.jsonl", b"".join(map(as_line, exported())))
    assert verify.main([str(packed)]) == 0
    (tmp_path / "kept.note").write_text(signing.notes([signing.standing([ME]).checkpoint])[0])
    seen = ["--seen", str(tmp_path / "kept.note"), "--seen", str(packed), "--seen", str(path)]
    assert verify.main([str(path), *seen]) == 0
    lines = deepcopy(exported())
    lines.remove(own(lines)[-1])
    capsys.readouterr()
    assert verify.main([str(saved(lines, path))]) == 1
    assert ATTACKS["rolled_back"][1] in capsys.readouterr().out


def test_one_event_is_proved_inside_a_checkpoint(log, django_assert_max_num_queries):
    from ihala.audit import tree

    with acting(AMAN):
        event = Event.objects.get(name="referral.approve")
        with django_assert_max_num_queries(16):
            proof = exporting.proof_of(event)
        assert tree.included(proof["leaf"], proof["index"], proof["size"], proof["path"], proof["root"])
        assert proof["complete"] and "witness.dfwac" in proof["note"]
    write(AMAN, "case.closed")
    with acting(AMAN):
        assert exporting.proof_of(Event.objects.get(name="case.closed")) is None
    number()
    signing.sign()
    with acting(AMAN):
        proof = exporting.proof_of(Event.objects.get(name="case.closed"))
    assert not proof["complete"] and "witness" not in proof["note"]
