"""After a lawful restore two people set the last signed checkpoint aside, on record; one alone cannot."""

import argparse
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password

from config import log as commands
from ihala.accounts.models import User
from ihala.audit import setting_aside, signing, witness
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.audit.signing import Inconsistent
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.vault import actions as vault
from tests import given
from tests.vault.cast import AMAN, ME, OTHER, Somebody

from .logbook import exported, kept, number, operators_note, some_events

DIRECTOR = Somebody(ME, 6, 8)


@pytest.fixture
def restored(db, settings, tmp_path):
    """A log of which the operator signed more than the database holds now."""
    settings.LOG_DIR = tmp_path / "log"
    made = kept(tmp_path)
    for one in (ME, OTHER):
        with acting(Somebody(one)):
            vault.create_organisation_key(one)
    signing.replace(signing.folder() / "last.note", operators_note(10_000, bytes(32)))
    with pytest.raises(Inconsistent):
        signing.sign()
    return made


def given_out(user, once):
    """Whether an administrator gave this password out."""
    with acting(given.actor(user)):
        assert User.objects.filter(username=user).update(one_time_password=once) == 1


def refusal_of(call):
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.refusal.code


def test_two_people_set_it_aside_it_stays_as_proof_and_every_organisation_reads_of_it(restored):
    key = setting_aside.ask(AMAN)
    assert refusal_of(lambda: setting_aside.confirm(key, AMAN)) == "second_person"
    assert refusal_of(lambda: setting_aside.confirm(uuid4(), DIRECTOR)) == "not_asked"
    assert refusal_of(lambda: setting_aside.confirm(key, Somebody(OTHER, 9, 9))) == "not_asked"
    aside = setting_aside.confirm(key, DIRECTOR)
    assert "10000" in aside.read_text()
    for who in (AMAN, Somebody(OTHER)):
        with acting(who):
            found = Event.objects.filter(name=EventName.LOG_SET_ASIDE)
            assert found.filter(detail__signed=10_000, detail__asked_by=AMAN.membership_id).exists()
    number()
    assert signing.sign() is not None


def test_there_is_nothing_to_set_aside_while_the_log_leads_on(restored):
    key = setting_aside.ask(AMAN)
    (signing.folder() / "last.note").unlink()
    assert refusal_of(lambda: setting_aside.ask(AMAN)) == "leads_on"
    some_events()
    number()
    signing.sign()
    assert refusal_of(lambda: setting_aside.confirm(key, DIRECTOR)) == "leads_on"


def test_what_was_asked_for_one_loss_is_not_confirmed_for_another(restored):
    key = setting_aside.ask(AMAN)
    signing.replace(signing.folder() / "last.note", operators_note(20_000, bytes(32)))
    assert refusal_of(lambda: setting_aside.confirm(key, DIRECTOR)) == "another"
    assert "20000" in (signing.folder() / "last.note").read_text()
    assert setting_aside.confirm(setting_aside.ask(AMAN), DIRECTOR)


def test_a_witness_goes_on_after_two_people_of_its_organisation_set_its_last_word_aside(
    restored, monkeypatch
):
    one = restored[0].witness
    one._write("last.note", operators_note(10_000, bytes(32)))
    with pytest.raises(witness.Refusing, match="rolled_back"):
        one.once()
    for people, why in ((["A", "A"], "why"), (["A", ""], "why"), (["A", "B"], " ")):
        with pytest.raises(ValueError, match="two people"):
            witness.set_aside(one.folder, people, why)
    answers, said = iter(["شما", "Noura"]), []
    monkeypatch.setattr(commands, "INPUT", lambda prompt: next(answers))
    monkeypatch.setattr(commands, "say", said.append)
    asked = argparse.Namespace(folder=one.folder, name="w", server="", set_aside="restored from Friday")
    assert commands._witness(asked) == 0
    (place,) = one.folder.glob("set-aside-*")
    assert (place / "PROTOCOL").read_text() == "شما · Noura\nrestored from Friday\n"
    assert {path.name for path in place.iterdir()} == {"PROTOCOL", "last.note", "ALARM"}
    assert one.once()
    (one.folder / "last.note").unlink()
    answers = iter(["A", "B"])
    assert commands._witness(asked) == 1
    assert "nothing to set aside" in said[-1]
    assert exported()


def test_the_command_takes_an_officer_and_another_person_each_with_their_password(restored, monkeypatch):
    said, typed, words = [], [], ""
    given.cast()
    for user in ("aman.dpo", "aman.director", "aman.caseworker"):
        with acting(given.actor(user)):
            User.objects.filter(username=user).update(password=make_password(f"{user} 7"))
    monkeypatch.setattr(commands, "PASSWORD", lambda prompt: typed.append(prompt) or words)
    monkeypatch.setattr(commands, "say", said.append)
    monkeypatch.setattr(commands.installation, "set_up", lambda: None)
    monkeypatch.setenv("IHALA_DATABASE_URL", "postgresql://given")

    def run(user, confirm=None, password=None):
        nonlocal words
        words = f"{user} 7" if password is None else password
        return commands._set_aside(argparse.Namespace(user=user, confirm=confirm))

    assert [run("aman.caseworker"), run("nobody"), run("aman.admin", str(uuid4()))] == [1, 1, 1]
    assert typed == [], "nobody types a password for nothing"
    assert [run("aman.dpo", password=wrong) for wrong in ("", "aman.director 7")] == [1, 1]
    with acting(given.actor("aman.dpo")):
        assert not Event.objects.filter(name=EventName.LOG_SET_ASIDE_ASKED).exists()
    assert run("aman.dpo") == 0
    key = said[-1].split()[1].rstrip(".")
    assert [run("aman.dpo", key), run("aman.director", "xx")] == [1, 1]
    assert run("aman.director", key, password="aman.dpo 7") == 1, "one shell and one password are one person"
    given_out("aman.director", True)
    assert run("aman.director", key) == 1, "an administrator knows this one"
    given_out("aman.director", False)
    assert run("aman.director", key) == 0
    assert run("aman.dpo") == 1, "it leads on now"
