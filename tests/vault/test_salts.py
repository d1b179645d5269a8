"""Salts are whole or not there, closed to others, and gone when destroyed."""

import os
import stat
import subprocess
import sys
import time
from uuid import uuid4

import pytest

from ihala.vault import salts

PARTS = ("triage", "identity")


def test_a_salt_is_made_once(row):
    made = salts.ensure(row, ["triage"], ["identity", "triage"])
    assert {len(salt) for salt in made.parts.values()} == {32}
    assert set(made.parts) == {"triage", "identity"}
    assert salts.ensure(row, ["identity"]) == salts.read(row) == made
    assert salts.ensure(uuid4(), ["triage"])["triage"] != made["triage"]


def test_only_the_owner_may_read_it(row):
    salts.ensure(row, PARTS)
    (path,) = salts.folder().glob("*.salt")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_is_on_the_disk_before_it_is_answered(row, monkeypatch):
    """File, name and folder are synced, in this order."""
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(stat.S_ISDIR(os.fstat(fd).st_mode)), real(fd)))
    salts.ensure(row, PARTS)
    assert synced == [False, True]


def test_nothing_is_left_if_the_disk_fails(row, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError("no space")

    salts.ensure(uuid4(), PARTS)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        salts.ensure(row, PARTS)
    monkeypatch.undo()
    assert salts.read(row) is None
    assert not [path for path in salts.folder().rglob("*") if path.name.startswith(".")]


def test_destroying_wins_at_once_and_may_be_repeated(row):
    salts.ensure(row, PARTS)
    salts.destroy(row)
    assert salts.read(row) is None
    salts.destroy(row)
    salts.destroy(uuid4())


def lying_bytes(root) -> bytes:
    return (salts.folder() / f"{root}.salt").read_bytes()


def test_a_part_is_added_to_the_file_and_synced(row, monkeypatch):
    before = salts.ensure(row, PARTS)
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(fd), real(fd)))
    after = salts.ensure(row, ["one-person"])
    assert len(synced) == 1
    assert after.parts == before.parts | {"one-person": after["one-person"]}


def test_a_line_torn_by_a_power_cut_is_no_line(row):
    whole = salts.ensure(row, ["triage"])
    with (salts.folder() / f"{row}.salt").open("ab") as file:
        file.write(b"\nidentity 0123")
    assert salts.read(row) == whole
    assert set(salts.ensure(row, PARTS).parts) == set(PARTS)


def test_one_part_is_erased_where_it_stands_and_the_others_stay(row):
    before, prints = salts.ensure(row, PARTS), salts.fingerprints(row, ["triage", "nothing"])
    assert set(prints) == {"triage"}
    salts.erase(row, prints)
    after = salts.read(row)
    assert after.parts == {"identity": before["identity"]}
    assert after.erased == {"triage"}
    assert before["triage"].hex().encode() not in lying_bytes(row)


def test_repeating_an_erasure_never_hits_the_salt_made_since(row):
    salts.ensure(row, PARTS)
    prints = salts.fingerprints(row, ["triage"])
    salts.erase(row, prints)
    made_since = salts.ensure(row, ["triage"])
    salts.erase(row, prints)
    assert salts.read(row) == made_since
    assert salts.fingerprints(row, ["triage"]) != prints


def test_a_root_erased_whole_is_never_made_again(row):
    salts.ensure(row, PARTS)
    salts.erase(row)
    salts.erase(row)
    assert salts.is_erased(row)
    assert salts.read(row) is None
    assert salts.fingerprints(row, PARTS) == {}
    with pytest.raises(salts.Erased):
        salts.ensure(row, PARTS)
    salts.erase(row, {"triage": "0" * 32})  # a part of it, asked for earlier


def test_bytes_are_overwritten_before_the_name_goes(row, monkeypatch):
    salts.ensure(row, PARTS)
    path, seen = salts.folder() / f"{row}.salt", []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (seen.append(path.exists() and path.read_bytes()), real(fd)))
    salts.destroy(row)
    assert set(seen[0]) == {ord("0")}
    assert seen[-1] is False


def test_a_salt_added_while_the_root_is_erased_is_refused(row, monkeypatch):
    salts.ensure(row, PARTS)
    monkeypatch.setattr(salts, "_add", lambda path, parts: salts.erase(row))
    with pytest.raises(salts.Erased):
        salts.ensure(row, ["one-person"])


def test_a_file_that_goes_while_it_is_added_to_is_made_again(row):
    salts.ensure(row, PARTS)
    salts._add(salts.folder() / f"{uuid4()}.salt", PARTS)
    assert set(salts.read(row).parts) == set(PARTS)


def test_a_file_of_the_first_version_opens_all_and_is_erased_whole(row):
    salts.folder().mkdir(parents=True, exist_ok=True)
    salts.write_once(salts.folder() / f"{row}.salt", b"\x07" * 32)
    lying = salts.ensure(row, [*PARTS, "one-person"])
    assert lying["triage"] == lying.of("identity") == b"\x07" * 32
    with pytest.raises(salts.OnlyWhole):
        salts.fingerprints(row, PARTS)
    with pytest.raises(salts.OnlyWhole):
        salts.erase(row, {"triage": "0" * 32})
    salts.erase(row)
    assert salts.read(row) is None


def test_destroying_in_a_home_without_salts_is_no_error(row):
    salts.destroy(row)
    assert not salts.folder().exists()


def test_only_old_salts_that_nothing_needs_are_swept(row):
    known, fresh = uuid4(), uuid4()
    for root in (row, known, fresh):
        salts.ensure(root, PARTS)
    for root in (row, known):
        os.utime(salts._path(root), (time.time() - 7200, time.time() - 7200))
    assert salts.sweep(lambda asked: {known} & set(asked)) == 1
    assert salts.read(row) is None
    assert salts.read(known)
    assert salts.read(fresh)


RACE = """
import sys, time, pathlib, uuid
from django.conf import settings
settings.configure(SALTS_DIR=sys.argv[1])
from ihala.vault import salts, custody, sealers, wrapping
start = pathlib.Path(sys.argv[1]) / "go"
print("ready", flush=True)
while not start.exists():
    time.sleep(0.0005)
salt = salts.ensure(uuid.UUID(int=1), ["triage"])["triage"]
more = salts.ensure(uuid.UUID(int=1), ["person"])["person"]
keys = pathlib.Path(sys.argv[1]) / "keys"
public = custody.KeyFiles(keys, sealers.MasterKey(keys, None)).create(custody.KeyName(7))
print(salt.hex(), more.hex(), public.hex(), flush=True)
"""


def test_processes_that_start_at_once_agree_on_one_salt_and_one_key(tmp_path):
    commands = [
        subprocess.Popen([sys.executable, "-c", RACE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _number in range(4)
    ]
    for command in commands:
        assert command.stdout and command.stdout.readline() == "ready\n"
    (tmp_path / "go").touch()
    answers = {command.communicate(timeout=60)[0] for command in commands}
    assert len(answers) == 1
    assert all(command.returncode == 0 for command in commands)
    assert list(tmp_path.rglob(".*")) == []


def test_the_second_writer_keeps_what_the_first_wrote(tmp_path):
    path = tmp_path / "file"
    salts.write_once(path, b"first")
    salts.write_once(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
