"""Houses for tests, made by calling actions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ihala.accounts.roles import Role
from ihala.cases.actions import give_access
from ihala.cases.enums import AccessReason
from ihala.cases.models import Access, Case
from ihala.cases.references import new_reference
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.vocabulary import Category
from ihala.organisations.models import Actor
from ihala.shelter import actions
from ihala.shelter.enums import BedKind, UnitKind
from ihala.shelter.models import Bed, House, Unit
from tests import given

LAYOUTS = {
    "1": (
        actions.Layout(UnitKind.FLAT, wheelchair=True, ground_floor=True, boys_until=12),
        ("1", "2", "3", "4", "C"),
    ),
    "2": (actions.Layout(UnitKind.SINGLE_ROOM), ("1",)),
    "3": (actions.Layout(UnitKind.SHARED_ROOM, shared=True), ("1", "2", "3")),
}


@dataclass(frozen=True)
class Place:
    """A house with its units and beds, found by their codes: `place.beds("1")`."""

    house: House
    units: dict[str, Unit]

    def beds(self, unit: str, *codes: str) -> list[Bed]:
        """The unit's beds, or those named."""
        found = Bed.objects.filter(unit=self.units[unit]).order_by("code")
        return list(found.filter(code__in=codes) if codes else found)


def a_house(by: Actor, code: str = "A", turnaround_hours: int = 0) -> Place:
    """A house with the three units of `LAYOUTS`."""
    house = actions.make_house(
        code, name="دار السكينة", address="شارع الواحة 7", by=by, turnaround_hours=turnaround_hours
    )
    units = {}
    for unit_code, (layout, beds) in LAYOUTS.items():
        units[unit_code] = actions.make_unit(house, unit_code, layout, by=by)
        for bed in beds:
            actions.make_bed(units[unit_code], bed, by=by, kind=BedKind.COT if bed == "C" else BedKind.BED)
    return Place(house, units)


def a_family(by: Actor) -> UUID:
    """A case as bare as can be, to which the actor has access; its key stands for the family."""
    case = Case.objects.create(
        organisation_id=by.organisation_id, reference=new_reference(), category=Category.DOMESTIC_VIOLENCE,
        opened_at=now(), changed_at=now(), version=1,
    )  # fmt: skip
    Access.objects.create(
        case=case, membership_id=by.membership_id, reason=AccessReason.WORKS_ON_IT, opened_at=now()
    )
    return case.pk


def tomorrow() -> datetime:
    """A usual end of a hold."""
    return now() + timedelta(hours=24)


def lived_in(organisation: str = "dfwac") -> Place:
    """A house with a family that lives there, one for whom beds are held, a mark between them, and something to do."""
    by, worker = given.actor(f"{organisation}.supervisor"), given.actor(f"{organisation}.caseworker")
    cases = [given.a_case(by=worker.username) for _ in range(3)]
    with acting(worker):
        for case in cases:
            give_access(case, by=worker, role=Role.SUPERVISOR, reason=AccessReason.SUPERVISES)
    with acting(by):
        place = a_house(by)
        stay = actions.admit(place.beds("1", "1", "2", "C"), family=cases[0].pk, by=by)
        actions.hold(place.beds("2"), family=cases[1].pk, until=tomorrow(), by=by)
        actions.keep_belongings(stay, "جواز سفر\nخاتم", by=by)
        actions.go_away(stay, kind="hospital", expected_on=clock.today(), by=by)
        actions.keep_apart(cases[0].pk, cases[1].pk, reason="صلة قرابة", by=by)
        actions.report_maintenance(place.units["3"], kind="water", note="الصنبور", by=by)
        actions.take_out_of_use(place.beds("3", "3"), reason="maintenance", by=by)
        before = actions.admit(place.beds("3", "1"), family=cases[2].pk, by=by)
        actions.depart(before, departure="planned", destination="own_home", by=by)
    return place
