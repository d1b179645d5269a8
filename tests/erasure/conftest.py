"""Erasures asked for by Aman's officer and confirmed by its director; jobs run by hand."""

from datetime import date

import pytest

from ihala.core.acting import acting
from ihala.erasure import actions
from ihala.erasure.enums import AskedBy, Ground, Unit
from ihala.organisations.models import Actor
from tests import given

OFFICER, DIRECTOR = "aman.dpo", "aman.director"


def ask(case, unit=Unit.CASE, *, by=OFFICER, **what):
    """A request, as the page makes it."""
    actor = given.actor(by)
    with acting(actor):
        return actions.request(
            case,
            by=actor,
            unit=unit,
            ground=Ground.RIGHT,
            asked_by=AskedBy.SURVIVOR,
            asked_on=date(2026, 1, 5),
            **what,
        )


def confirm(erasure, *, by=DIRECTOR):
    """The second person's yes."""
    actor = given.actor(by)
    with acting(actor):
        return actions.confirm(erasure, by=actor)


def carry_out(erasure):
    """What the worker does."""
    system = Actor.system_of(erasure.organisation_id)
    with acting(system):
        return actions.carry_out(erasure.pk, by=system)


def erased(case, unit=Unit.CASE, **what):
    """From the request to done."""
    return carry_out(confirm(ask(case, unit, **what)))


@pytest.fixture
def aman():
    """Aman's caseworker."""
    return given.actor("aman.caseworker")
