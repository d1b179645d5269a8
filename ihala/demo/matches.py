"""Who is known to both: two questions to the Foundation, two cases of one person at Aman, and last year's count."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from ihala.accounts.roles import Role
from ihala.cases import actions as cases
from ihala.cases.enums import AccessReason
from ihala.cases.models import Case
from ihala.consent import actions as consent
from ihala.consent.enums import Purpose
from ihala.consent.rules import Given
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.matching import actions
from ihala.organisations.models import Actor

from .family import Family
from .people import AMINA, AMINA_AGAIN, AMINA_THERE, NADIA, NADIA_THERE
from .scenes import Scene, open_case

Actors = dict[str, Actor]
ASKER, THERE = "aman.caseworker", "dfwac.caseworker"
AWAY = {"not_compared", "search_away", "agent_away"}


def play(actors: Actors, present: datetime) -> None:
    """The part of the story that two organisations, or two colleagues, do not know of each other."""
    for family, days in ((AMINA_THERE, 130), (NADIA_THERE, 96)):
        _opened(actors, family, THERE, present - timedelta(days=days))
    amina = _opened(actors, AMINA, ASKER, present - timedelta(days=41))
    nadia = _opened(actors, NADIA, ASKER, present - timedelta(days=9))
    _opened(actors, AMINA_AGAIN, ASKER, present - timedelta(days=5))
    _asked(actors, amina, present - timedelta(days=40))
    _asked(actors, nadia, present - timedelta(hours=2))
    _sought(actors)
    _counted(actors, present)


@contextmanager
def untold_if_away() -> Iterator[None]:
    """On a machine too busy to compare this part of the story stays untold; any other refusal is a mistake in it."""
    try:
        yield
    except Refused as refused:
        if refused.refusal.code not in AWAY:
            raise


def _opened(actors: Actors, family: Family, by: str, at: datetime) -> Case:
    worker = actors[by]
    with clock.at(at):
        case = open_case(Scene(actors, family), worker)
        with acting(worker):
            cases.give_access(case, by=worker, role=Role.SUPERVISOR, reason=AccessReason.SUPERVISES)
        return case


def _asked(actors: Actors, case: Case, at: datetime) -> None:
    """She consents to the question, and it is asked."""
    worker, partner = actors[ASKER], actors[THERE].organisation_id
    with clock.at(at), acting(worker):
        day = clock.today()
        given = Given(("identity",), day, day + timedelta(days=90), (Purpose.KNOWN,), language="ar")
        consent.give(case, by=worker, recipient=partner, given=given)
        with untold_if_away(), transaction.atomic():
            actions.ask_known(case, by=worker, partner=partner)


def _sought(actors: Actors) -> None:
    """What the worker does every ten minutes."""
    for name in (ASKER, THERE):
        system = Actor.system_of(actors[name].organisation_id)
        with untold_if_away(), acting(system):
            while actions.seek_pairs(by=system, until=clock.now()):
                pass


def _counted(actors: Actors, present: datetime) -> None:
    """Last year was counted in spring; for the year before the Foundation has proposed it, and it waits."""
    aman, dubai = actors["aman.director"], actors["dfwac.director"]
    with clock.at(present - timedelta(days=100)):
        year = clock.today().year - 1
        with acting(aman):
            row = actions.propose_joint(dubai.organisation_id, year, by=aman)
        with acting(dubai):
            actions.answer_joint(row, by=dubai, agrees=True)
            with untold_if_away(), transaction.atomic():
                actions.count_joint(row.pk, by=dubai)
    with clock.at(present - timedelta(days=2)), acting(dubai):
        actions.propose_joint(aman.organisation_id, year - 1, by=dubai)
