"""Organisations' units as they stand, read for `fit`: what is free, and in coarse terms who lives there."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from ihala.core.clock import now

from .fit import Household, Lodgers, Member, Place
from .fit_words import Reach

TONIGHT = timedelta(hours=24)
UNITS = "SELECT units FROM ihala_units_in_turn(%s, %s, %s)"
KINDS = "SELECT organisation, kinds FROM ihala_kinds_in_turn(%s, %s, %s, %s)"


def places(organisation_id: int, until: datetime | None = None) -> tuple[list[Place], list[Place]]:
    """The organisation's units with what is free until then (tonight), and the same as if nobody lived there.

    One statement. Of a family that is still expected nobody is known.
    """
    start = now()
    with connection.cursor() as cursor:
        cursor.execute(UNITS, [[organisation_id], start, until or start + TONIGHT])
        ((units,),) = cursor.fetchall()
    pairs = [_both(*unit) for unit in json.loads(units or "[]")]
    return [free for free, _every in pairs], [every for _free, every in pairs]


def of_each(
    organisations: Collection[int], household: Household
) -> dict[int, tuple[list[Place], Iterable[Place]]]:
    """The same, tonight, for several, each read in its own name; one statement however many.

    Which family lives in a unit is left out, since nobody is kept apart at another organisation, and of units that are
    alike only so many are read as this household can use: one, and one for each who may sleep next door. What `fit`
    says is the same. The keys of beds are numbers that count them.
    """
    start, most = now(), 1 + len(household.others)
    with connection.cursor() as cursor:
        cursor.execute(KINDS, [list(organisations), start, start + TONIGHT, most])
        told = cursor.fetchall()
    found = {
        organisation: [Kind(*kind) for kind in json.loads(kinds or "[]")] for organisation, kinds in told
    }
    return {
        organisation: (_sorted(kind.free() for kind in kinds), Empty(kinds))
        for organisation, kinds in found.items()
    }


class Kind(NamedTuple):
    """Units of one house that are alike, as `ihala_kinds_in_turn` tells of them; the first few of their keys."""

    keys: list[int]
    house: int
    shared: bool
    wheelchair: bool
    ground: bool
    sexes: list[str]
    ages_from: int | None
    ages_to: int | None
    boys_until: int | None
    beds: int
    cots: int
    every_bed: int
    every_cot: int
    lodgers: list[list[list[str]]] | None

    def places(self, beds: int, cots: int, lodgers: tuple[Lodgers, ...] = ()) -> Iterator[Place]:
        """Each of them, with so many free beds and cots."""
        who = _who(*self[2:9])
        for key in self.keys:
            yield Place(key, self.house, "", tuple(range(beds)), tuple(range(cots)), *who, lodgers)

    def free(self) -> Iterator[Place]:
        """As they stand."""
        living = tuple(_lodgers(None, people) for people in self.lodgers or ())
        return self.places(self.beds, self.cots, living)


@dataclass(frozen=True)
class Empty:
    """An organisation's units as if nobody lived in them; put together only where somebody looks at them."""

    kinds: list[Kind]

    def __iter__(self) -> Iterator[Place]:
        return iter(_sorted(kind.places(kind.every_bed, kind.every_cot) for kind in self.kinds))


def _sorted(places: Iterable[Iterator[Place]]) -> list[Place]:
    return sorted(chain.from_iterable(places), key=lambda place: (place.house, place.key))


def _both(
    key: int, house: Any, name: str, shared: bool, wheelchair: bool, ground: bool, sexes: list[str],
    ages_from: int | None, ages_to: int | None, boys_until: int | None, beds: list[int], cots: list[int],
    every_bed: int, every_cot: int, lodgers: list[Any],
) -> tuple[Place, Place]:  # fmt: skip
    who = _who(shared, wheelchair, ground, sexes, ages_from, ages_to, boys_until)
    living = tuple(_lodgers(UUID(one), people) for one, people in lodgers)
    return (
        Place(key, house, name, tuple(beds), tuple(cots), *who, living),
        Place(key, house, name, tuple(range(every_bed)), tuple(range(every_cot)), *who),
    )


def _who(
    shared: bool, wheelchair: bool, ground: bool, sexes: list[str], ages_from: int | None, ages_to: int | None,
    boys_until: int | None,
) -> tuple[frozenset[str], int | None, int | None, int | None, Reach, bool]:  # fmt: skip
    reach = Reach.WHEELCHAIR if wheelchair else Reach.GROUND if ground else Reach.STAIRS
    return frozenset(sexes), ages_from, ages_to, boys_until, reach, shared


def _lodgers(family: UUID | None, people: list[list[str]]) -> Lodgers:
    return Lodgers(family, tuple(Member(sex, band) for sex, band in people))
