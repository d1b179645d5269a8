"""Those who ask at the same moment share one commit; one mishap is nobody else's, and no answer comes before it."""

import threading
import time

import pytest
from django.db import DatabaseError, connection, connections

from config.keyagent import together
from ihala.audit import actions as audit
from ihala.audit.quotas import Limits, Quotas, Rates
from ihala.core import clock
from ihala.core.refusal import Refused
from ihala.vault.refusals import NO_LIVE_BASIS, QUOTA

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("keyagent")]


class Gate:
    """Notes who was asked with whom; holds the first group back until it is told."""

    def __init__(self):
        self.groups, self.refusals, self.undone = [], [], 0
        self.go_on = threading.Event()
        self.go_on.set()

    def ask_each(self, verb, questions):
        self.groups.append([one["referral_id"] for one in questions])
        self.go_on.wait(10)
        if "broken" in self.groups[-1]:
            raise DatabaseError("no such bytes")
        return [Refused(QUOTA) if one["referral_id"] == "thief" else None for one in questions]

    def refused(self, verb, arguments, refused):
        self.refusals.append((arguments["referral_id"], refused.refusal.code))

    def undo(self):
        self.undone += 1


@pytest.fixture
def gate(monkeypatch):
    """With a door that answers each with its own name, inside a transaction."""

    def open_together(questions):
        assert connection.in_atomic_block
        return [
            Refused(NO_LIVE_BASIS) if one.referral_id == "stranger" else audit.Answer(one, None)
            for one in questions
        ]

    monkeypatch.setattr(audit, "open_together", open_together)
    monkeypatch.setattr(audit.Answer, "values", _values)
    return Gate()


def _values(answer):
    assert not connection.in_atomic_block
    return answer.question.referral_id


def ask(shared, who):
    return shared.open({"actor": None, "purpose": "work", "openings": [], "referral_id": who}, ())


def all_at_once(shared, gate, *people):
    """The first is under way when all others come; who was told what."""
    told = {}

    def one(who):
        try:
            told[who] = ask(shared, who)
        except (Refused, DatabaseError) as error:
            told[who] = getattr(error, "refusal", error)
        finally:
            connection.close()

    gate.go_on.clear()
    threads = [threading.Thread(target=one, args=[who]) for who in people]
    for number, thread in enumerate(threads):
        thread.start()
        while not gate.groups or len(shared._waiting) < number:
            time.sleep(0.001)
    gate.go_on.set()
    for thread in threads:
        thread.join()
    return told


def test_who_asks_while_another_is_recorded_goes_with_the_next_group(gate):
    shared = together.Together(gate)
    assert all_at_once(shared, gate, "first", "a", "b", "c") == {one: one for one in ("first", "a", "b", "c")}
    assert gate.groups == [["first"], ["a", "b", "c"]]
    assert ask(shared, "later") == "later"


def test_each_of_a_group_is_refused_or_answered_by_itself(gate):
    told = all_at_once(together.Together(gate), gate, "first", "a", "thief", "stranger")
    assert told == {"first": "first", "a": "a", "thief": QUOTA, "stranger": NO_LIVE_BASIS}
    assert gate.refusals == [("thief", QUOTA.code), ("stranger", NO_LIVE_BASIS.code)]


def test_one_that_breaks_its_group_fails_alone_and_what_was_rung_for_the_others_rings_again(gate):
    told = all_at_once(together.Together(gate), gate, "first", "a", "broken", "b")
    assert isinstance(told.pop("broken"), DatabaseError)
    assert told == {"first": "first", "a": "a", "b": "b"}
    assert gate.groups == [["first"], ["a", "broken", "b"], ["a"], ["broken"], ["b"]]
    assert gate.undone == 2


def test_a_long_queue_goes_in_portions(gate, monkeypatch):
    monkeypatch.setattr(together, "MOST", 2)
    people = ("first", "a", "b", "c")
    assert all_at_once(together.Together(gate), gate, *people) == {one: one for one in people}
    assert gate.groups == [["first"], ["a", "b"], ["c"]]


def test_what_could_not_be_committed_is_not_answered(gate, monkeypatch):
    def torn(*_arguments):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(connections["default"], "commit", torn)
    with pytest.raises(DatabaseError):
        ask(together.Together(gate), "first")


def test_what_is_no_question_reaches_no_group(gate):
    with pytest.raises(ValueError, match="Purpose"):
        together.Together(gate).open({"purpose": "curiosity", "openings": []}, ())
    assert gate.groups == []


@pytest.mark.parametrize("reason", ["quota_person", "quota_installation"])
def test_an_alarm_whose_record_was_rolled_back_rings_the_next_time(reason):
    quotas, present = Quotas(Limits(*[Rates(1, 1)] * 3)), clock.now()
    quotas.remember(1, 5, None, present)
    alarm = quotas.alarm(reason, 1, 5, present)
    assert quotas.alarm(reason, 1, 5, present) is None
    quotas.silence([alarm])
    assert quotas.alarm(reason, 1, 5, present) == alarm
