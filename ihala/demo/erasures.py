"""What Aman's data protection officer finds: how long cases are kept, a case held by law, a request that waits, one
certificate, and what goes next. Each case was closed years ago, as if taken over from the paper archive."""

from datetime import datetime, timedelta

from ihala.accounts.roles import Role
from ihala.cases import actions as cases
from ihala.cases.enums import AccessReason, CloseReason
from ihala.cases.models import Case
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import Category, DisclosureClass
from ihala.erasure import actions
from ihala.erasure.enums import AskedBy, Ground, HoldReason, Unit
from ihala.erasure.models import Erasure
from ihala.organisations.models import Actor

from .people import FAMILIES
from .scenes import Scene, open_case

Actors = dict[str, Actor]
YEARS = {Category.HUMAN_TRAFFICKING: 5, Category.DOMESTIC_VIOLENCE: 7, Category.CHILD_ABUSE: 10}
FIVE_YEARS = timedelta(days=5 * 365 + 1)
ALONE = tuple(
    key for key, one in sorted(FAMILIES.items()) if key.startswith("ht") and not one.content.companions
)
"""Families of one adult: the years count, not a child's age."""


def play(actors: Actors, present: datetime) -> None:
    """The officer's part of the story."""
    officer = actors["aman.dpo"]
    with clock.at(present - timedelta(days=150)), acting(officer):
        for category, years in YEARS.items():
            actions.set_retention(category, by=officer, years=years, minors_until=21)
    erased = _closed(actors, 0, present - timedelta(days=700))
    waits = _closed(actors, 1, present - timedelta(days=400))
    held = _closed(actors, 2, present - FIVE_YEARS + timedelta(days=12))
    _closed(actors, 3, present - FIVE_YEARS + timedelta(days=48))
    _certificate(actors, erased, present - timedelta(days=30))
    with clock.at(present - timedelta(days=90)), acting(officer):
        actions.place_hold(held, by=officer, reason=HoldReason.PROCEEDINGS)
    with clock.at(present - timedelta(hours=3)):
        _asked(officer, waits, Unit.CLASS, AskedBy.SURVIVOR, DisclosureClass.CLINICAL)


def _closed(actors: Actors, number: int, on: datetime) -> Case:
    """A case that was worked on for some weeks and closed on that day."""
    worker = actors["aman.caseworker"]
    with clock.at(on - timedelta(days=40)):
        case = open_case(Scene(actors, FAMILIES[ALONE[number % len(ALONE)]]), worker)
    with clock.at(on), acting(worker):
        cases.give_access(case, by=worker, role=Role.SUPERVISOR, reason=AccessReason.SUPERVISES)
        return cases.close_case(case, by=worker, reason=CloseReason.NEED_MET)


def _asked(by: Actor, case: Case, unit: Unit, asked_by: AskedBy, disclosure_class: str = "") -> Erasure:
    with acting(by):
        return actions.request(
            case, by=by, unit=unit, ground=Ground.RIGHT, asked_by=asked_by, asked_on=clock.today(),
            disclosure_class=disclosure_class,
        )  # fmt: skip


def _certificate(actors: Actors, case: Case, on: datetime) -> None:
    """Asked for by the officer, confirmed by the director a day later, carried out at once."""
    director, system = actors["aman.director"], Actor.system_of(case.organisation_id)
    with clock.at(on):
        erasure = _asked(actors["aman.dpo"], case, Unit.CASE, AskedBy.SURVIVOR)
    with clock.at(on + timedelta(days=1)), acting(director):
        actions.confirm(erasure, by=director)
    with clock.at(on + timedelta(days=1, minutes=1)), acting(system):
        actions.carry_out(erasure.pk, by=system)
