"""Salts are whole or not there, closed to others, and gone when destroyed."""

import os
import stat
import subprocess
import sys
import time
from uuid import uuid4

import pytest

from ihala.vault import salts


def test_a_salt_is_made_once(row):
    made = salts.ensure(row)
    assert len(made) == 32
    assert salts.ensure(row) == salts.read(row) == made
    assert salts.ensure(uuid4()) != made


def test_only_the_owner_may_read_it(row):
    salts.ensure(row)
    (path,) = salts.folder().glob("*.salt")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_is_on_the_disk_before_it_is_answered(row, monkeypatch):
    """File, name and folder are synced, in this order."""
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(stat.S_ISDIR(os.fstat(fd).st_mode)), real(fd)))
    salts.ensure(row)
    assert synced == [False, True]


def test_nothing_is_left_if_the_disk_fails(row, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError("no space")

    salts.ensure(uuid4())
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        salts.ensure(row)
    monkeypatch.undo()
    assert salts.read(row) is None
    assert not [path for path in salts.folder().rglob("*") if path.name.startswith(".")]


def test_destroying_wins_at_once_and_may_be_repeated(row):
    salts.ensure(row)
    salts.destroy(row)
    assert salts.read(row) is None
    salts.destroy(row)
    salts.destroy(uuid4())


def test_only_old_salts_that_nothing_needs_are_swept(row):
    known, fresh = uuid4(), uuid4()
    for root in (row, known, fresh):
        salts.ensure(root)
    for root in (row, known):
        os.utime(salts._path(root), (time.time() - 7200, time.time() - 7200))
    assert salts.sweep({known}) == 1
    assert salts.read(row) is None
    assert salts.read(known)
    assert salts.read(fresh)


RACE = """
import sys, time, pathlib, uuid
from django.conf import settings
settings.configure(SALTS_DIR=sys.argv[1])
from ihala.vault import salts, custody, wrapping
start = pathlib.Path(sys.argv[1]) / "go"
print("ready", flush=True)
while not start.exists():
    time.sleep(0.0005)
salt = salts.ensure(uuid.UUID(int=1))
public = custody.LocalKeyFile(pathlib.Path(sys.argv[1]) / "keys").create(custody.KeyName(7))
print(salt.hex(), public.hex(), flush=True)
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
