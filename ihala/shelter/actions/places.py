"""Setting up houses, units and beds, and taking beds out of use."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from ihala.accounts.roles import Permission
from ihala.audit.actions import open_sealed, seal_more
from ihala.audit.enums import EventName, Purpose
from ihala.core import text
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor
from ihala.vault.sealing import Place

from .. import rules, sealed
from ..enums import BedKind, UnitKind, VoidReason
from ..models import FAR, Bed, Claim, ClaimedBed, House, Unit, Void
from ..models.places import both_sexes
from .taking import beds_line, claim, end_claims, lock_beds, lock_units, require, taking, units_of

SAFETY = DisclosureClass.SAFETY


@dataclass(frozen=True)
class Layout:
    """What is said of a unit: its kind, how it is reached, and whom it suits (hints)."""

    kind: UnitKind | str
    shared: bool = False
    wheelchair: bool = False
    ground_floor: bool = False
    sexes: list[str] = field(default_factory=both_sexes)
    ages_from: int | None = None
    ages_to: int | None = None
    boys_until: int | None = None


def make_house(code: str, *, name: str, address: str, by: Actor, turnaround_hours: int = 0) -> House:
    """A house under a neutral code; where it is and what it is called is sealed and stays in the organisation."""
    house = House(
        id=uuid4(), organisation_id=by.organisation_id, code=text.clean(code, one_line=True).upper(),
        turnaround_hours=turnaround_hours, created_at=now(),
    )  # fmt: skip
    with taking(EventName.HOUSE_MADE, by, "house", house.pk):
        require(rules.why_not(Permission.MANAGE_HOUSES, by))
        require(rules.why_not_code(house.code, House.objects.all()))
        values = [
            (Place.of(house, "name"), text.clean(name)),
            (Place.of(house, "address"), text.clean(address)),
        ]
        subject = sealed.subject_of_house(house.pk)
        house.name, house.address = sealed.seal_first(subject, SAFETY, by.organisation_id, values)
        house.save(force_insert=True)
    return house


def change_house(house: House, *, name: str, address: str, turnaround_hours: int, by: Actor) -> House:
    """Write the sealed name and address anew, and how long beds are made ready."""
    with taking(EventName.HOUSE_CHANGED, by, "house", house.pk):
        require(rules.why_not(Permission.MANAGE_HOUSES, by))
        row = House.objects.select_for_update(no_key=True).filter(pk=house.pk).first()
        if row is None:
            raise Refused(rules.NOT_VISIBLE)
        values = [(Place.of(row, "name"), text.clean(name)), (Place.of(row, "address"), text.clean(address))]
        key = sealed.name_of(sealed.subject_of_house(row.pk), SAFETY, row.organisation_id)
        row.name, row.address = seal_more(by, key, values)
        row.turnaround_hours = turnaround_hours
        row.save(update_fields=["name", "address", "turnaround_hours"])
    return row


def open_house(house: House, *, by: Actor) -> tuple[str, str]:
    """Name and address, unsealed after the reading is on record."""
    require(rules.why_not(Permission.PLACE_FAMILIES, by))
    subject = sealed.subject_of_house(house.pk)
    asked = sealed.opening(subject, SAFETY, house.organisation_id, house, ("name", "address"))
    ((name, address),) = open_sealed(by, Purpose.SHELTER, [asked])
    return name, address


def make_unit(house: House, code: str, layout: Layout, *, by: Actor) -> Unit:
    """A flat or a room of one's own house."""
    code = text.clean(code, one_line=True).upper()
    with taking(EventName.UNIT_MADE, by, "house", house.pk) as detail:
        require(rules.why_not(Permission.MANAGE_HOUSES, by))
        require(rules.why_not_code(code, Unit.objects.filter(house=house)))
        unit = Unit(
            organisation_id=by.organisation_id, house=house, code=code, created_at=now(), **asdict(layout)
        )
        unit.save(force_insert=True)
        detail.update(unit=unit.key, kind=unit.kind)
    return unit


def change_unit(unit: Unit, layout: Layout, *, version: int, by: Actor) -> Unit:
    """Describe a unit anew. A stale version is refused; so is ending the sharing of a unit that families shared."""
    with taking(EventName.UNIT_CHANGED, by, "unit", unit.key) as detail:
        require(rules.why_not(Permission.MANAGE_HOUSES, by))
        row = Unit.objects.select_for_update().filter(pk=unit.pk).first()
        if row is None:
            raise Refused(rules.NOT_VISIBLE)
        if row.version != version:
            raise Refused(rules.STALE_UNIT)
        for column, value in asdict(layout).items():
            setattr(row, column, value)
        row.version += 1
        unshare(row)
        detail.update(kind=row.kind, shared=row.shared)
    return row


def unshare(row: Unit) -> None:
    """Save the unit; the database compares all claims it ever had with its mark `shared`."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "unit_one_family_at_a_time" not in str(error):
            raise
        raise Refused(rules.WAS_SHARED) from None


def make_bed(unit: Unit, code: str, *, by: Actor, kind: BedKind | str = BedKind.BED) -> Bed:
    """A bed or a cot; in a unit that is closed it is out of use with the others."""
    code = text.clean(code, one_line=True).upper()
    with taking(EventName.BED_MADE, by, "unit", unit.key) as detail:
        require(rules.why_not(Permission.MANAGE_HOUSES, by))
        lock_units([unit.pk])
        require(rules.why_not_code(code, Bed.objects.filter(unit=unit)))
        bed = Bed(
            organisation_id=by.organisation_id, unit=unit, code=code, kind=BedKind(kind), created_at=now()
        )
        bed.save(force_insert=True)
        for closed in Claim.objects.filter(unit=unit, void__whole_unit=True, ends_at__gt=now()):
            ClaimedBed.objects.create(
                organisation_id=bed.organisation_id, claim=closed, unit=unit, bed=bed,
                starts_at=closed.starts_at, ends_at=closed.ends_at,
            )  # fmt: skip
        detail.update(bed=bed.pk, kind=bed.kind)
    return bed


def take_out_of_use(
    beds: Iterable[Bed],
    *,
    reason: VoidReason | str,
    by: Actor,
    until: datetime | None = None,
    whole_unit: bool = False,
) -> Void:
    """Nobody can be placed in these beds from now on, until a moment or until they are brought back.

    Refused `beds_taken` (409) while somebody has one of them: move the family first.
    """
    void = Void(
        id=uuid4(), organisation_id=by.organisation_id, reason=VoidReason(reason), whole_unit=whole_unit,
        begun_by_id=by.membership_id or None, ended_at=until,
    )  # fmt: skip
    with taking(EventName.VOID_BEGUN, by, "void", void.pk) as detail:
        require(rules.why_not(Permission.MANAGE_HOUSES, by))
        chosen = lock_beds(beds)
        void.begun_at = now()
        require(rules.why_not_void(chosen, void.begun_at, until or FAR))
        void.save(force_insert=True)
        claim(void, chosen, void.begun_at, until or FAR)
        detail.update(beds_line(chosen), reason=void.reason)
    return void


def bring_back(void: Void, *, by: Actor) -> Void:
    """The beds can be used again. Repeated, it changes nothing."""
    with taking(EventName.VOID_ENDED, by, "void", void.pk) as detail:
        require(rules.why_not(Permission.MANAGE_HOUSES, by))
        row = Void.objects.select_for_update().filter(pk=void.pk).first()
        if row is None:
            raise Refused(rules.NOT_VISIBLE)
        lock_units(units_of(row))
        moment = now()
        if row.ended_at is None or row.ended_at > moment:
            detail.update(beds_line(one.bed for one in end_claims(row, moment)))
            row.ended_at, row.ended_by_id = moment, by.membership_id or None
            row.save(update_fields=["ended_at", "ended_by"])
    return row


def close_unit(unit: Unit, *, by: Actor) -> Void:
    """Nobody is placed in this unit any more, until `bring_back`. Refused while a bed of it is taken or voided."""
    return take_out_of_use(unit.beds.all(), reason=VoidReason.CLOSED, by=by, whole_unit=True)
