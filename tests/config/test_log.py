"""The commands around the log, and the process that keeps it."""

import logging
import threading
from contextlib import nullcontext

import pytest
from django.db import DatabaseError, connection

from config import cli, demo, installation, log, processes, sequencer
from ihala.audit import signing, witness
from ihala.audit.models import Event
from ihala.audit.sequencer import Sequencer
from ihala.core.acting import acting
from ihala.organisations.models import Actor
from tests import given


@pytest.fixture
def here(db, monkeypatch, settings, tmp_path):
    """The commands find this test's database."""
    settings.LOG_DIR = tmp_path / "log"
    monkeypatch.setattr(installation, "a_database", lambda say: nullcontext())
    monkeypatch.setattr(installation, "set_up", lambda: None)
    return tmp_path


def test_an_organisations_log_is_exported_on_record_and_verified(here, capsys):
    given.cast()
    signing.register_operator()
    Sequencer().all()
    signing.sign()
    archive = here / "log.zip"
    archive.touch(0o644)
    assert cli.main(["audit", "export", "--organisation", "aman", str(archive)]) == 0
    assert archive.stat().st_mode & 0o077 == 0, "who looked at what is for whoever exported it"
    system = Actor.system_of(given.cast().aman.pk)
    with acting(system):
        assert Event.objects.filter(name="log.exported", user_id=0).count() == 1
    assert cli.main(["audit", "verify", str(archive)]) == 1
    said = capsys.readouterr().out
    assert "No checkpoint is signed by the operator and the witnesses it takes" in said
    assert cli.main(["audit", "export", "--organisation", "nobody", str(archive)]) == 1


def test_the_log_is_computed_anew(here, capsys):
    given.cast()
    Sequencer().all()
    assert cli.main(["audit", "check"]) == 0
    assert "Sound." in capsys.readouterr().out
    signing.sign()
    path = signing.folder() / "last.note"
    path.write_text(path.read_text().replace("\n", "\n9", 1))
    assert cli.main(["audit", "check"]) == 1
    assert "rolled_back" in capsys.readouterr().out


def test_a_witness_is_started_with_a_folder_of_its_own(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(witness, "main", lambda arguments: asked.append(arguments) or 0)
    monkeypatch.setattr(log, "home", lambda: tmp_path)
    command = ["audit", "witness", "--server", "https://ihala.example", "--name", "witness.aman"]
    assert cli.main(command) == 0 and cli.main([*command, "--folder", "elsewhere"]) == 0
    assert [one[-1] for one in asked] == [str(tmp_path / "witness" / "witness.aman"), "elsewhere"]


def test_the_demo_starts_the_witnesses_it_finds(monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "home", lambda: tmp_path)
    (tmp_path / "witness" / "witness.aman").mkdir(parents=True)
    (found,) = demo.witnesses()
    command = processes.witness(8123, found.name, found)
    assert command.name == "witness.aman" and "http://127.0.0.1:8123" in command.arguments


def keep(monkeypatch, *turns):
    """Run the process's loop through these turns; each is what `once` does then."""
    left, stop = iter(turns), threading.Event()

    def once(self):
        turn = next(left, None)
        if turn is None:
            stop.set()
            return False
        if isinstance(turn, Exception):
            raise turn
        return turn

    monkeypatch.setattr(sequencer.Keeper, "once", once)
    monkeypatch.setattr(sequencer, "IDLE", 0)
    monkeypatch.setattr(sequencer, "AGAIN", 0)
    monkeypatch.setattr(connection, "close", lambda: None)
    sequencer.run(stop)


def test_the_process_goes_on_whatever_the_database_does_and_says_an_alarm_once_a_minute(monkeypatch, caplog):
    away, wrong = DatabaseError("away"), signing.Inconsistent("rolled_back: yesterday")
    with caplog.at_level(logging.WARNING, "ihala.log"):
        logging.getLogger("ihala.log").propagate = True
        keep(monkeypatch, True, away, wrong, wrong, False)
    levels = [record.levelname for record in caplog.records if record.name == "ihala.log"]
    assert levels == ["WARNING", "CRITICAL"]


def test_the_keeper_signs_once_it_has_caught_up(here, monkeypatch):
    given.cast()
    real = Sequencer.once
    monkeypatch.setattr("ihala.audit.sequencer.BATCH", 3)
    monkeypatch.setattr(Sequencer, "once", lambda self: real(self, 3))
    keeper = sequencer.Keeper()
    assert keeper.once() is True and signing.last_signed() is None
    while keeper.once():
        pass
    assert signing.last_signed() is not None
    assert keeper.once() is False
