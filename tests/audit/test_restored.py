"""After a restore: whose key signs on, which witness keeps silent, and that the commands say so."""

from datetime import timedelta

import pytest

from config import installation
from ihala.audit import checking, signing
from ihala.core import clock
from ihala.core.acting import acting
from ihala.demo import story
from ihala.vault import actions as vault
from tests.vault.cast import ME, OTHER, Somebody

from .logbook import NAMES, kept, number, some_events

LATER = timedelta(hours=1)


@pytest.fixture
def signed(db, settings, tmp_path):
    """A log that operator and both witnesses have signed."""
    settings.LOG_DIR = tmp_path / "log"
    made = kept(tmp_path)
    for one in (ME, OTHER):
        with acting(Somebody(one)):
            vault.create_organisation_key(one)
    number()
    signing.sign()
    for one in made:
        one.witness.once()
    return made


def said():
    lines = []
    return installation._log(lines.append), lines


def test_a_log_that_was_brought_back_whole_has_nothing_to_say(signed):
    with clock.at(clock.now() + LATER):
        assert said() == ([], [])


def test_a_home_without_the_operators_key_is_not_sound_and_none_is_made_by_looking(
    signed, settings, tmp_path
):
    settings.LOG_DIR = tmp_path / "another home"
    (problem,), _lines = said()
    assert "operator's log key" in problem and "every witness refuses" in problem
    assert not (tmp_path / "another home" / "operator.key").exists()
    signing.operator()
    assert not checking.operator_is_here(), "a new key is not the one in force"


def test_a_witness_that_does_not_sign_what_waits_is_named_with_its_last_word(signed):
    some_events()
    number()
    signing.sign()
    signed[0].witness.once()
    assert said() == ([], []), "it has a few minutes"
    with clock.at(clock.now() + LATER):
        _problems, (line,) = said()
        assert NAMES[OTHER] in line and "since 20" in line


def test_a_log_that_nobody_signed_yet_is_no_problem(db, settings, tmp_path):
    settings.LOG_DIR = tmp_path / "log"
    assert checking.operator_is_here() and checking.silent_witnesses() == []


def test_a_demo_in_another_home_says_which_witnesses_are_not_there(signed, settings, tmp_path):
    settings.WITNESS_DIR = tmp_path / "nowhere"
    assert sorted(story.witnesses_elsewhere()) == sorted(NAMES.values())
    for name in NAMES.values():
        (tmp_path / "nowhere" / name).mkdir(parents=True)
        (tmp_path / "nowhere" / name / "witness.key").touch()
    assert story.witnesses_elsewhere() == []
