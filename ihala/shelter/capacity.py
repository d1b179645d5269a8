"""Organisations' units as they stand, read for `fit`: what is free, and in coarse terms who lives there."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from ihala.core.clock import now

from .fit import Lodgers, Member, Place
from .fit_words import Reach

TONIGHT = timedelta(hours=24)
ASKED = "SELECT organisation, units FROM ihala_units_in_turn(%s, %s, %s)"


def places(organisation_id: int, until: datetime | None = None) -> tuple[list[Place], list[Place]]:
    """The organisation's units with what is free until then (tonight), and the same as if nobody lived there.

    One statement. Of a family that is still expected nobody is known.
    """
    return of_each([organisation_id], until)[organisation_id]


def of_each(
    organisations: Collection[int], until: datetime | None = None
) -> dict[int, tuple[list[Place], list[Place]]]:
    """The same for several, each read in its own name; one statement however many. Of the empty units the keys of
    beds are numbers that count them."""
    start = now()
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [list(organisations), start, until or start + TONIGHT])
        rows = cursor.fetchall()
    return {organisation: _read(units) for organisation, units in rows}


def _read(units: Any) -> tuple[list[Place], list[Place]]:
    known = json.loads(units) if isinstance(units, str) else units
    pairs = [_both(*unit) for unit in known or ()]
    return [free for free, _every in pairs], [every for _free, every in pairs]


def _both(
    key: int, house: Any, name: str, shared: bool, wheelchair: bool, ground: bool, sexes: list[str],
    ages_from: int | None, ages_to: int | None, boys_until: int | None, beds: list[int], cots: list[int],
    every_bed: int, every_cot: int, lodgers: list[Any],
) -> tuple[Place, Place]:  # fmt: skip
    reach = Reach.WHEELCHAIR if wheelchair else Reach.GROUND if ground else Reach.STAIRS
    who = (frozenset(sexes), ages_from, ages_to, boys_until, reach, shared)
    return (
        Place(key, house, name, tuple(beds), tuple(cots), *who, tuple(_lodgers(*one) for one in lodgers)),
        Place(key, house, name, tuple(range(every_bed)), tuple(range(every_cot)), *who),
    )


def _lodgers(family: str, people: list[list[str]]) -> Lodgers:
    return Lodgers(UUID(family), tuple(Member(sex, band) for sex, band in people))
