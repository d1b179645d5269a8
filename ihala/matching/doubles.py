"""What the key agent answers about one organisation: which of its cases may be of one person.

The search process names candidates (ids); they are opened on record and judged in a process without keys (`alike`). An
equal telephone or document makes a pair too. Pairs of cases and codes leave the agent, no value of anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from ihala.audit.actions import ByWhom, begin, prepared
from ihala.audit.enums import EventName
from ihala.audit.loading import Load, Source
from ihala.core.refusal import Refused
from ihala.vault import link, refusals, wire

from . import reading, spellings
from .asked import Asked
from .bare import Gone
from .enums import PairReason
from .keeping import Away, keeper
from .known import Known
from .limits import PHONE_DIGITS

TOP = 12
YEARS_NEAR = 2
CASES = "SELECT person_id, case_id FROM ihala_people_of(%s, NULL) WHERE role = 'survivor'"

Pairs = dict[tuple[UUID, UUID], tuple[Known, Known]]


@wire.carries
@dataclass(frozen=True)
class Double:
    """Two cases that may be of one survivor, the smaller key first, and the codes of why."""

    one: UUID
    other: UUID
    reasons: list[str]


@link.through("doubles", within=300.0)
def doubles(actor: ByWhom, cases: list[UUID]) -> list[Double]:
    """Which other cases of the organisation may be of the same survivor as one of these.

    `Refused`: `search_away`, `not_compared`; nothing is left of what was read.
    """
    reading.take_time()
    begin([prepared(actor, EventName.PAIRS_SOUGHT, detail={"cases": len(cases)})])
    organisation = actor.organisation_id
    load = Load.begun(organisation, Source.PAIRS, len(cases))
    asked = dict(reading.people(load.open, organisation, cases, survivors=True))
    with connection.cursor() as cursor:
        cursor.execute(CASES, [organisation])
        case_of: dict[UUID, UUID] = dict(cursor.fetchall())
    near = {case: _near(organisation, case, one, case_of) for case, one in asked.items()}
    further = {other for others in near.values() for other in others}
    load = Load.begun(organisation, Source.PAIRS, len(further))
    there = dict(reading.people(load.open, organisation, further, survivors=True))
    pairs: Pairs = {}
    for case, others in near.items():
        for other in others & there.keys():
            first, second = sorted((case, other))
            known = {case: asked[case], other: there[other]}
            pairs[first, second] = (known[first], known[second])
    return list(_judged(pairs))


def _near(organisation: int, case: UUID, one: Known, case_of: dict[UUID, UUID]) -> set[UUID]:
    """The cases of those whom the search finds by anything that is known of her."""
    found: set[UUID] = set()
    numbers = tuple(number for number in (*one.phones, *one.documents) if number.isdecimal())
    codes = tuple(code for code in one.documents if not code.isdecimal())
    for name in one.names or ("",):
        asked = Asked(name, one.year, numbers, codes, one.sex, one.nationality)
        try:
            people = keeper().find(organisation, asked, TOP)
        except Away:
            raise Refused(refusals.SEARCH_AWAY) from None
        found |= {case_of[person] for person, _score, _codes in people if person in case_of}
    return found - {case}


def _judged(pairs: Pairs) -> Iterator[Double]:
    try:
        alike = (
            spellings.CHILD.ask({"pairs": [[_plain(a), _plain(b)] for a, b in pairs.values()]})
            if pairs
            else []
        )
    except Gone:
        raise Refused(refusals.NOT_COMPARED) from None
    for (cases, (a, b)), names in zip(pairs.items(), alike, strict=True):
        reasons = list(_reasons(a, b, names))
        if {PairReason.NAME, PairReason.PHONE, PairReason.DOCUMENT} & set(reasons):
            yield Double(*cases, [str(reason) for reason in reasons])


def _plain(one: Known) -> dict[str, Any]:
    return {"names": one.names, "year": one.year, "nationality": one.nationality, "sex": one.sex}


def _reasons(a: Known, b: Known, names: bool) -> Iterator[PairReason]:
    """Why these two; what supports it only along with it."""
    if names:
        yield PairReason.NAME
    if {number[-PHONE_DIGITS:] for number in a.phones} & {number[-PHONE_DIGITS:] for number in b.phones}:
        yield PairReason.PHONE
    if set(a.documents) & set(b.documents):
        yield PairReason.DOCUMENT
    if a.year is not None and b.year is not None and abs(a.year - b.year) <= YEARS_NEAR:
        yield PairReason.YEAR
    if a.nationality and a.nationality == b.nationality:
        yield PairReason.NATIONALITY
