"""Organisations' units as they stand, read for `fit`: what is free, and in coarse terms who lives there."""

import json
from collections.abc import Callable, Collection
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
    return _read(_units([organisation_id], until)[organisation_id], UUID)


def of_each(
    organisations: Collection[int], until: datetime | None = None
) -> dict[int, tuple[list[Place], list[Place]]]:
    """The same for several, each read in its own name; one statement however many. Which family lives in a unit is left
    out, since nobody is kept apart at another organisation: units that are alike are then looked at once. Of the empty
    units the keys of beds are numbers that count them."""
    found = _units(organisations, until)
    return {organisation: _read(units, lambda _family: None) for organisation, units in found.items()}


def _units(organisations: Collection[int], until: datetime | None) -> dict[int, Any]:
    start = now()
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [list(organisations), start, until or start + TONIGHT])
        return dict(cursor.fetchall())


def _read(units: Any, family: Callable[[str], UUID | None]) -> tuple[list[Place], list[Place]]:
    pairs = [_both(family, *unit) for unit in json.loads(units or "[]")]
    return [free for free, _every in pairs], [every for _free, every in pairs]


def _both(
    family: Callable[[str], UUID | None], key: int, house: Any, name: str, shared: bool, wheelchair: bool, ground: bool,
    sexes: list[str], ages_from: int | None, ages_to: int | None, boys_until: int | None, beds: list[int],
    cots: list[int], every_bed: int, every_cot: int, lodgers: list[Any],
) -> tuple[Place, Place]:  # fmt: skip
    reach = Reach.WHEELCHAIR if wheelchair else Reach.GROUND if ground else Reach.STAIRS
    who = (frozenset(sexes), ages_from, ages_to, boys_until, reach, shared)
    return (
        Place(
            key,
            house,
            name,
            tuple(beds),
            tuple(cots),
            *who,
            tuple(_lodgers(family(one), people) for one, people in lodgers),
        ),
        Place(key, house, name, tuple(range(every_bed)), tuple(range(every_cot)), *who),
    )


def _lodgers(family: UUID | None, people: list[list[str]]) -> Lodgers:
    return Lodgers(family, tuple(Member(sex, band) for sex, band in people))
