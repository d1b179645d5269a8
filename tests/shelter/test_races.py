"""Many people at the last unit in the same moment: one hold, everybody else a clear answer, nobody an error."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.notifications.models import Notification
from ihala.shelter import actions, tasks
from ihala.shelter.models import Claim, ClaimedBed, Hold, Stay
from tests import given

from .houses import a_family, a_house, tomorrow

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8
"""Connections at once; two hundred would be more than PostgreSQL is given."""


def at_once(calls):
    """Run the calls on real connections, `THREADS` at a time; how often each answer came."""

    def some(mine):
        answers = Counter()
        for call in mine:
            try:
                call()
                answers["done"] += 1
            except Refused as refused:
                answers[refused.refusal.code] += 1
        connection.close()
        return answers

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(some, [calls[n::THREADS] for n in range(THREADS)]), Counter())


def test_of_two_hundred_who_want_the_last_family_unit_exactly_one_gets_it():
    by = given.actor("aman.supervisor")
    with acting(by):
        place = a_house(by)
        families = [a_family(by) for _ in range(200)]
        flat, mother_and_two = place.units["1"], place.beds("1", "1", "2", "3")

    def try_for(family):
        def call():
            with acting(by):
                actions.hold(mother_and_two, family=family, until=tomorrow(), by=by)

        return call

    assert at_once([try_for(family) for family in families]) == {"done": 1, "beds_taken": 199}
    with acting(by):
        assert (Hold.objects.count(), Claim.objects.filter(unit=flat).count()) == (1, 1)
        assert ClaimedBed.objects.count() == 3


def test_families_that_swap_units_all_at_once_never_wait_for_each_other():
    """Each move locks two units; taken in one order no two of them can block each other for good."""
    by = given.actor("aman.supervisor")
    with acting(by):
        place = a_house(by)
        one, other = a_family(by), a_family(by)
        stays = [
            actions.admit(place.beds("2"), family=one, by=by),
            actions.admit(place.beds("1"), family=other, by=by),
        ]

    def swap(stay, unit, code):
        def call():
            with acting(by):
                actions.move(stay, place.beds(unit, code), reason="wish", by=by)

        return call

    tries = [swap(stays[n % 2], ("3", "1", "2")[n % 3], "1") for n in range(48)]
    assert set(at_once(tries)) <= {"done", "beds_taken", "unit_taken"}
    with acting(by):
        assert Claim.objects.filter(kind="stay", ends_at__gt=clock.now()).count() == 2
        assert Stay.objects.filter(departed_at=None).count() == 2


def test_the_clock_warns_and_lets_go_once_though_two_workers_ask_and_one_was_away():
    by, other = given.actor("aman.supervisor"), given.actor("dfwac.supervisor")
    with acting(by):
        place = a_house(by)
        held = actions.hold(
            place.beds("2"), family=a_family(by), until=tomorrow(), by=by, tells=other.organisation_id
        )
    near, past = held.warn_at + timedelta(seconds=1), held.until + timedelta(days=2)

    def ask(moment):
        def call():
            with clock.at(moment):
                tasks.mind_holds(0)

        return call

    at_once([ask(held.made_at), ask(near), ask(near), ask(near)])
    at_once([ask(past), ask(past), ask(past)])
    for reader in (by, other):
        with acting(reader):
            told = Notification.objects.filter(organisation=reader.organisation_id).order_by("created_at")
            assert [one.kind for one in told] == ["deadline_near", "deadline_passed"]
            assert {one.subject_id for one in told} == {None}
    with acting(by):
        assert Hold.objects.get().ended_how == "lapsed"
