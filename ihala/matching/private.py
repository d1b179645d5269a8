"""What the key agent answers between two organisations: is she known there.

It believes nobody about terms and consent and asks the rows themselves; it counts in the log how often it was asked.
Each run has a key of its own, known to one process for each side that turns names into bits and ends. A third process,
which has no key, compares the bits and ends. When this function returns, the key, the names and the bits are gone.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from secrets import token_bytes
from typing import Any
from uuid import UUID

from django.db import connection

from ihala.audit import jointly
from ihala.audit.actions import ByWhom
from ihala.audit.enums import EventName
from ihala.audit.jointly import Run
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.vault import link, refusals, wire
from ihala.vault.wire import Who

from . import reading
from .bare import Bare, Gone
from .known import Known
from .limits import MOST_A_DAY, MOST_A_PERSON

PATIENCE = 90.0
"""Seconds a process may take for one person: one on a quiet machine, and the first time ever it compiles its loops."""
NOT_AT_ALL, BY_PEOPLE = "none", "by_people"
YES, CLOSER = "yes", "closer"

People = list[tuple[UUID, Known]]
TERMS = "SELECT ihala_known_terms(%s, %s)"
CONSENT = "SELECT ihala_may_ask_known(%s, %s, %s, %s)"


@wire.carries
@dataclass(frozen=True)
class Told:
    """The answer of one run, and the record of the organisation asked that it rests on."""

    result: str
    case: UUID | None


@link.through("known", within=300.0)
def known_there(actor: ByWhom, question_id: UUID, case_id: UUID, partner: int) -> Told:
    """Is the survivor of this case known to the partner? On record at both first.

    `Refused`: `not_agreed`, `no_consent_to_ask`, `asked_often`, `nothing_to_compare`, `not_compared` (it broke off,
    and nothing is left).
    """
    reading.take_time()
    mode = _asked(TERMS, actor.organisation_id, partner) or NOT_AT_ALL
    if mode == NOT_AT_ALL:
        raise _refused(actor, partner, question_id, refusals.NOT_ASKED)
    if not _asked(CONSENT, actor.organisation_id, partner, case_id, clock.today()):
        raise _refused(actor, partner, question_id, refusals.NO_CONSENT_TO_ASK)
    if _often(actor, partner):
        raise _refused(actor, partner, question_id, refusals.ASKED_OFTEN)
    run = Run.begun(actor, EventName.KNOWN_ASKED, partner, question_id, case_id)
    she = _people(run, actor.organisation_id, [case_id], survivors=True)
    if not she:
        raise Refused(refusals.NOTHING_TO_COMPARE)
    theirs = _people(run, partner, None)
    result, place = compared("nearest", she, theirs, PATIENCE)
    if result == YES and mode == BY_PEOPLE:
        result = CLOSER
    return Told(result, None if place is None else theirs[place][0])


def _refused(actor: ByWhom, partner: int, question_id: UUID, refusal: Any) -> Refused:
    return jointly.refuse(actor, EventName.KNOWN_ASKED, partner, question_id, refusal)


def _often(actor: ByWhom, partner: int) -> bool:
    since = clock.now().astimezone(clock.DUBAI).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = jointly.count(actor, EventName.KNOWN_ASKED, partner, since)
    mine = jointly.count(actor, EventName.KNOWN_ASKED, partner, since, own=True)
    return asked >= MOST_A_DAY or mine >= MOST_A_PERSON


def _asked(question: str, *arguments: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, list(arguments))
        return cursor.fetchone()[0]


def _people(run: Run, organisation: int, only: list[UUID] | None, *, survivors: bool = False) -> People:
    with acting(Who(organisation, 0, 0)):
        return reading.people(partial(run.open, organisation), organisation, only, survivors=survivors)


def compared(of: str, one: People, others: People, patience: float) -> Any:
    """Three processes: each side's people become bits under a key of this run, and a third compares the bits."""
    key = token_bytes(32).hex()
    try:
        with ExitStack() as processes:
            encoders = [processes.enter_context(Bare("ihala.matching.encoding", patience)) for _side in "ab"]
            unit = processes.enter_context(Bare("ihala.matching.unit", patience))
            for process in (*encoders, unit):
                process.start()
            bits = []
            for process, people in zip(encoders, (one, others), strict=True):
                bits.append(process.ask({"key": key, "people": _plain(known for _case, known in people)}))
                process.end()
            return unit.ask({"of": of, "one": bits[0], "others": bits[1]})
    except Gone:
        raise Refused(refusals.NOT_COMPARED) from None


def _plain(people: Iterable[Known]) -> list[dict[str, Any]]:
    return [
        {"names": one.names, "year": one.year, "phones": one.phones, "documents": one.documents}
        for one in people
    ]
