"""What root writes into the key agent's folders is the key agent's."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config import accounts, cli, machine
from config.backup import vessel
from config.keyagent import server
from ihala.audit.witness import Witness
from ihala.vault import refusals, salts, wire
from tests.architecture.tree import ROOT


@pytest.fixture
def given(tmp_path, monkeypatch):
    """To whom root gives what it wrote; where we are root, the folder is really somebody else's."""
    found = []
    if os.geteuid() == 0:
        os.chown(tmp_path, 4711, 4712)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda descriptor, *who: found.append(who))
    return found


@pytest.mark.parametrize(
    "write",
    [
        lambda path: salts.write_once(path, b"a salt"),
        lambda path: vessel.write_whole(path, b"a salt of a copy"),
        lambda path: Witness(path.parent, "witness.aman", ask=lambda *what: b""),
    ],
    ids=["salts, keys and the log", "copies of salts", "a witness"],
)
def test_a_file_that_root_writes_belongs_to_whom_its_folder_belongs(given, tmp_path, write):
    write(tmp_path / "new")
    found = tmp_path.stat()
    assert given == [(found.st_uid, found.st_gid)]


def test_nobody_else_gives_files_away(given, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    salts.write_once(tmp_path / "new", b"a salt")
    assert given == []
    assert accounts.settle() == 0


def test_a_file_the_agent_cannot_read_is_said_to_be_its_trouble_and_in_its_log(caplog, monkeypatch):
    def closed():
        raise PermissionError(13, "Permission denied", "of-somebody.salt")

    monkeypatch.setattr(server.logger, "propagate", True)
    said = wire.unpacked(server.answer(closed, "open")[wire.PREFIX :])
    assert said == {"refused": refusals.AWAY.code}
    assert "run `ihala check`" in caplog.text and "somebody" not in caplog.text


def test_a_home_that_somebody_else_made_is_not_taken_over_by_root(tmp_path):
    """It would get another database, an empty one, and be closed to whom it belongs to."""
    machine.must_be_roots(tmp_path / "none yet")
    if os.geteuid() != 0:
        machine.must_be_roots(tmp_path)
        return
    os.chown(tmp_path, 4711, 4711)
    with pytest.raises(machine.PostgresError, match="belongs to the account 4711"):
        machine.place(tmp_path)
    with pytest.raises(machine.PostgresError, match="not as root"):
        machine.must_be_roots(tmp_path)


def test_a_home_that_is_closed_to_this_account_is_told_in_one_line(monkeypatch, capsys, tmp_path):
    def closed(options):
        raise PermissionError(13, "Permission denied", str(tmp_path / "secrets" / "a"))

    monkeypatch.setattr(cli, "_check", closed)
    assert cli.main(["check"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and f"{tmp_path} is closed to" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_home_of_roots_is_told_to_be_roots_to_everybody_else(tmp_path):
    """As it happens: below a folder that is closed, not even whether a file is there can be asked."""
    program = (
        "import os, pwd, sys; from pathlib import Path; from config.cli import _closed; "
        "os.setuid(65534); print(_closed(Path(sys.argv[1])))"
    )
    home = Path(tempfile.mkdtemp(prefix="ihala-closed-"))
    command = [sys.executable, "-c", program, str(home / "secrets" / "a")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    home.rmdir()
    assert f"{home} is closed to {machine.name_of(65534)}. It belongs to root" in done.stdout, done.stderr
