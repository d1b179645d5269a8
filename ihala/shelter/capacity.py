"""An organisation's units as they stand, read for `fit`: what is free, and in coarse terms who lives there."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from ihala.cases.enums import PersonRole
from ihala.cases.models import Person
from ihala.core.clock import now

from . import rules
from .enums import BedKind
from .fit import Lodgers, Member, Place
from .fit_words import Reach
from .models import Bed, ClaimedBed

TONIGHT = timedelta(hours=24)
_UNIT = ("house_id", "shared", "wheelchair", "ground_floor", "sexes", "ages_from", "ages_to", "boys_until")
_BED = (
    "pk", "kind", "taken", "unit_id", "house", "unit_code", *(f"unit__{column}" for column in _UNIT),
)  # fmt: skip


def places(organisation_id: int, until: datetime | None = None) -> tuple[list[Place], list[Place]]:
    """The organisation's units with what is free until then (tonight), and the same with every bed there is.

    Four queries, whatever the number of units; three where nobody lives there.
    """
    start = now()
    end = until or start + TONIGHT
    claimed = ClaimedBed.objects.filter(rules.taken_during(start, end), bed=OuterRef("pk"))
    beds = Bed.objects.filter(organisation_id=organisation_id).annotate(
        taken=Exists(claimed), house=F("unit__house__code"), unit_code=F("unit__code")
    )
    by_unit: dict[int, list[dict]] = {}
    for row in beds.order_by("unit__house_id", "unit_id", "pk").values(*_BED):
        by_unit.setdefault(row["unit_id"], []).append(row)
    lodgers = _lodgers(by_unit, start, end)
    free, every = [], []
    for unit, rows in by_unit.items():
        free.append(_place(rows, [row for row in rows if not row["taken"]], lodgers.get(unit, ())))
        every.append(_place(rows, rows, ()))
    return free, every


def _place(rows: list[dict], shown: list[dict], lodgers: Iterable[Lodgers]) -> Place:
    one = {column: rows[0][f"unit__{column}"] for column in _UNIT}
    ground = Reach.GROUND if one["ground_floor"] else Reach.STAIRS
    return Place(
        key=rows[0]["unit_id"],
        house=one["house_id"],
        name=f"{rows[0]['house']} · {rows[0]['unit_code']}",
        beds=tuple(row["pk"] for row in shown if row["kind"] == BedKind.BED),
        cots=tuple(row["pk"] for row in shown if row["kind"] == BedKind.COT),
        sexes=frozenset(one["sexes"]),
        ages_from=one["ages_from"],
        ages_to=one["ages_to"],
        boys_until=one["boys_until"],
        reach=Reach.WHEELCHAIR if one["wheelchair"] else ground,
        shared=one["shared"],
        lodgers=tuple(lodgers),
    )


def _lodgers(units: Iterable[int], start: datetime, end: datetime) -> dict[int, list[Lodgers]]:
    """Who has beds in the units in that time. Of a family that is still expected nobody is known here."""
    families = rules.families_in(list(units), start, end)
    known: dict[UUID, list[Member]] = {}
    if families:
        people = Person.objects.filter(case__in=set().union(*families.values()))
        for case, sex, band in people.exclude(role=PersonRole.PERSON_OF_CONCERN).values_list(
            "case_id", "sex", "age_band"
        ):
            known.setdefault(case, []).append(Member(sex, band))
    return {
        unit: [Lodgers(family, tuple(known.get(family, ()))) for family in sorted(found)]
        for unit, found in families.items()
    }
