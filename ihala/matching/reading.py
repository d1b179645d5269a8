"""Reading who stands in an organisation's cases, inside the key agent: sealed rows in, what is known of people out."""

from collections.abc import Callable, Collection, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection

from ihala.audit.actions import Opening
from ihala.cases.comparing import SEARCHED, SealedPerson, identities_of

from .known import Known, known_of

SURVIVOR = "survivor"
ROWS = "SELECT case_id, person_id, role, sex, identity, triage FROM ihala_people_of(%s, %s)"

Open = Callable[[Sequence[Opening]], list[list[Any]]]
"""A run that is on record; only it opens."""


def take_time() -> None:
    """This transaction waits for other processes, longer than one may stand idle otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")


def people(
    opens: Open, organisation: int, only: Collection[UUID] | None, *, survivors: bool = False
) -> list[tuple[UUID, Known]]:
    """Those who can be found by anything, with their case; survivors alone, or companions too."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [organisation, None if only is None else list(only)])
        rows = [row for row in cursor.fetchall() if row[2] == SURVIVOR or not survivors]
    openings: list[Opening] = []
    found: list[tuple[UUID, SealedPerson]] = []
    for case, of_case in groupby(rows, key=lambda row: row[0]):
        persons = [SealedPerson(row[1], *row[3:]) for row in of_case]
        openings += identities_of(case, organisation, persons)
        found += ((case, one) for one in persons)
    values = iter(opens(openings))
    said: list[Any] = []
    for by_class in zip(*[values] * len(SEARCHED), strict=True):
        said += zip(*by_class, strict=True)
    known = (
        (case, known_of({"sex": one.sex}, *values)) for (case, one), values in zip(found, said, strict=True)
    )
    return [(case, one) for case, one in known if one.findable]
