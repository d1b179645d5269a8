"""A family lives here: it arrives, moves between units, stays longer, departs.

The beds are hers from the arrival until she has departed, whatever was planned: a planned day that passes is shown as
overdue and frees nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from ihala.audit.enums import EventName
from ihala.core.clock import DUBAI, now
from ihala.core.refusal import Refused
from ihala.organisations.models import Actor

from .. import rules
from ..enums import DepartureType, Destination, ExtendReason, HoldEnd, MoveReason, VoidReason
from ..models import FAR, Absence, Bed, ClaimedBed, Extension, Hold, Stay, Unit, Void
from . import holds
from .taking import beds_line, claim, end_claims, lock_beds, lock_units, require, taking, units_of

People = Mapping[int, UUID | None]
"""Who sleeps where: the key of a person in the case, by the id of the bed."""


def arrive(hold: Hold, *, by: Actor, planned_until: date | None = None, people: People | None = None) -> Stay:
    """She is here: the hold becomes a stay in the very beds held. One that has lapsed does too, if they are free.

    Refused `hold_ended`, `beds_taken`, `unit_taken`, `stays_already` (409): then `admit` her to other beds.
    """
    key = uuid4()
    with taking(EventName.STAY_BEGUN, by, "stay", key, hold.family) as detail:
        row = holds.locked(hold)
        require(rules.why_not_place(row.family, by))
        require(rules.why_not_arrive(row))
        beds = lock_beds(Bed.objects.filter(claimed__claim__hold=row))
        moment = now()
        if row.ended_at is None:
            end_claims(row, moment)
            row.ended_at, row.ended_how, row.ended_by_id = moment, HoldEnd.ARRIVED, by.membership_id or None
            row.save(update_fields=["ended_at", "ended_how", "ended_by"])
        stay = begin(key, row.family, beds, moment, by, planned_until, people, row)
        detail.update(beds_line(beds), hold=row.pk)
    return stay


def admit(
    beds: Iterable[Bed],
    *,
    family: UUID,
    by: Actor,
    planned_until: date | None = None,
    people: People | None = None,
) -> Stay:
    """A family moves in without a hold; a live hold of hers is freed for it.

    Refused `beds_taken`, `unit_taken`, `stays_already` (409), `no_beds`, `not_visible`.
    """
    key = uuid4()
    with taking(EventName.STAY_BEGUN, by, "stay", key, family) as detail:
        require(rules.why_not_place(family, by))
        held = Hold.objects.select_for_update().filter(family=family, ended_at=None).first()
        chosen = lock_beds(beds, also=units_of(held) if held else ())
        if held is not None:
            holds.free(held, "other_beds", by)
        stay = begin(key, family, chosen, now(), by, planned_until, people, None)
        detail.update(beds_line(chosen))
    return stay


def begin(
    key: UUID,
    family: UUID,
    beds: list[Bed],
    moment: datetime,
    by: Actor,
    planned_until: date | None,
    people: People | None,
    hold: Hold | None,
) -> Stay:
    """The stay and its claims, on beds whose units are locked."""
    if rules.live_stay(family) is not None:
        raise Refused(rules.STAYS_ALREADY)
    require(rules.why_not_claim(beds, family, moment, FAR))
    stay = Stay(
        id=key, organisation_id=by.organisation_id, family=family, hold=hold, arrived_at=moment,
        admitted_by_id=by.membership_id or None, planned_until=planned_until,
    )  # fmt: skip
    stay.save(force_insert=True)
    claim(stay, beds, moment, FAR, people=people)
    return stay


def locked(stay: Stay, by: Actor) -> Stay:
    """The committed row of a family that lives here, for this transaction alone, if the actor may place it."""
    found = Stay.objects.select_for_update().filter(pk=stay.pk).first()
    if found is None:
        raise Refused(rules.NOT_VISIBLE)
    require(rules.why_not_place(found.family, by))
    if found.departed_at is not None:
        raise Refused(rules.STAY_ENDED)
    return found


def move(
    stay: Stay, beds: Iterable[Bed], *, reason: MoveReason | str, by: Actor, people: People | None = None
) -> Stay:
    """From now on the family has these beds and no others: another unit, a cot more, a bed less.

    Who sleeps in a bed that is kept goes on sleeping there unless `people` says otherwise. All or nothing; refused
    `beds_taken`, `unit_taken` (409), `stay_ended`, `no_beds`.
    """
    with taking(EventName.STAY_MOVED, by, "stay", stay.pk, stay.family) as detail:
        row = locked(stay, by)
        chosen = lock_beds(beds, also=units_of(row))
        moment = now()
        had = end_claims(row, moment)
        require(rules.why_not_claim(chosen, row.family, moment, FAR))
        kept = {one.bed_id: one.person for one in had}
        claim(row, chosen, moment, FAR, reason=MoveReason(reason), people={**kept, **(people or {})})
        left = [one.bed for one in had if one.bed_id not in {bed.pk for bed in chosen}]
        make_ready(left, moment, by)
        detail.update(beds_line(chosen), left=sorted(bed.pk for bed in left), reason=MoveReason(reason))
    return row


def give_beds(stay: Stay, people: People, *, by: Actor) -> Stay:
    """Say who sleeps in which of the family's beds; a bed not named stays as it is."""
    with taking(EventName.BED_GIVEN, by, "stay", stay.pk, stay.family) as detail:
        row = locked(stay, by)
        mine = {one.bed_id: one for one in ClaimedBed.objects.filter(claim__stay=row, ends_at=FAR)}
        if not set(people) <= set(mine):
            raise Refused(rules.NO_BEDS)
        named = {bed: person for bed, person in people.items() if person is not None}
        if len(set(named.values())) < len(named):
            raise Refused(rules.ONE_BED_EACH)
        ClaimedBed.objects.filter(pk__in=[mine[bed].pk for bed in people]).update(person=None)
        still = {one.person for one in ClaimedBed.objects.filter(claim__stay=row, ends_at=FAR) if one.person}
        if still & set(named.values()):
            raise Refused(rules.ONE_BED_EACH)
        for bed, person in sorted(named.items()):
            ClaimedBed.objects.filter(pk=mine[bed].pk).update(person=person)
        detail["beds"] = sorted(people)
    return row


def extend_stay(stay: Stay, *, planned_until: date, reason: ExtendReason | str, by: Actor) -> Stay:
    """Plan a later departure."""
    with taking(EventName.STAY_EXTENDED, by, "stay", stay.pk, stay.family) as detail:
        row = locked(stay, by)
        if planned_until <= max(row.planned_until or date.min, now().astimezone(DUBAI).date()):
            raise Refused(rules.PLANNED_LATER)
        Extension.objects.create(
            organisation_id=row.organisation_id, stay=row, at=now(), by_id=by.membership_id or None,
            before=None if row.planned_until is None else midnight(row.planned_until), after=midnight(planned_until),
            reason=ExtendReason(reason),
        )  # fmt: skip
        row.planned_until = planned_until
        row.save(update_fields=["planned_until"])
        detail.update(until=planned_until, reason=ExtendReason(reason))
    return row


def midnight(day: date) -> datetime:
    """The day's first moment in Dubai."""
    return datetime.combine(day, time(), DUBAI)


def depart(stay: Stay, *, departure: DepartureType | str, destination: Destination | str, by: Actor) -> Stay:
    """She has left: her beds are free, or made ready for as long as the house needs."""
    with taking(EventName.STAY_ENDED, by, "stay", stay.pk, stay.family) as detail:
        row = locked(stay, by)
        lock_units(units_of(row))
        moment = now()
        had = end_claims(row, moment)
        Absence.objects.filter(stay=row, back_at=None).update(back_at=moment)
        row.departed_at, row.departed_by_id = moment, by.membership_id or None
        row.departure, row.destination = DepartureType(departure), Destination(destination)
        row.save(update_fields=["departed_at", "departed_by", "departure", "destination"])
        make_ready([one.bed for one in had], moment, by)
        detail.update(departure=row.departure, destination=row.destination)
    return row


def make_ready(beds: Iterable[Bed], moment: datetime, by: Actor) -> None:
    """Beds just left are out of use for the hours their house needs to make them ready; none if it needs none."""
    left = list(beds)
    needing = Unit.objects.filter(pk__in={bed.unit_id for bed in left}, house__turnaround_hours__gt=0)
    for unit in needing.select_related("house").order_by("pk"):
        until = moment + timedelta(hours=unit.house.turnaround_hours)
        void = Void(
            organisation_id=unit.organisation_id, reason=VoidReason.TURNAROUND, begun_at=moment, ended_at=until,
            begun_by_id=by.membership_id or None,
        )  # fmt: skip
        void.save(force_insert=True)
        mine = [bed for bed in left if bed.unit_id == unit.pk]
        for bed in mine:
            bed.unit = unit
        claim(void, mine, moment, until)
