"""The houses of the story, and who lived in them: everything by actions, at the moments the referrals tell.

Names and addresses are invented. A family gets the smallest unit that is free and large enough.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from ihala.cases.models import Case, Person
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import AgeBand, Service
from ihala.organisations.models import Actor
from ihala.referrals.enums import State
from ihala.referrals.models import Referral, ReferralSide
from ihala.shelter import actions, rules
from ihala.shelter.enums import ArrivalItem, BedKind, UnitKind
from ihala.shelter.models import FAR, Bed, House, Stay, Unit

from . import residents

K = UnitKind
HOUSES = {
    "aman": (
        ("A", "دار النخيل", "رأس الخيمة، حي النخيل، فيلا 14", 4),
        ("B", "دار الواحة", "رأس الخيمة، حي الظيت، فيلا 3", 0),
    ),
    "dfwac": (
        ("D", "دار السنا", "دبي، الورقاء، مجمع 21", 4),
        ("E", "دار المرفأ", "دبي، القصيص، مبنى 7", 2),
    ),
}
"""By organisation: code, name, address, hours to make a bed ready."""

FLAT, ACCESSIBLE = (
    actions.Layout(K.FLAT, boys_until=17),
    actions.Layout(K.FLAT, wheelchair=True, ground_floor=True),
)
ROOM, SINGLE = actions.Layout(K.FAMILY_ROOM, boys_until=12), actions.Layout(K.SINGLE_ROOM, sexes=["female"])
SHARED = actions.Layout(K.SHARED_ROOM, shared=True, sexes=["female"], ages_from=18)
UNITS = (
    ("1", ACCESSIBLE, 4, 1), ("2", FLAT, 5, 1), ("3", ROOM, 3, 1), ("4", ROOM, 3, 0), ("5", SINGLE, 1, 0),
    ("6", SINGLE, 1, 1), ("7", SHARED, 4, 0), ("8", ROOM, 3, 1), ("9", SINGLE, 1, 0),
)  # fmt: skip
"""Of every house: code, what it is, beds, cots."""

ENDED = {State.COMPLETED: ("planned", "own_home"), State.ENDED_EARLY: ("by_choice", "relatives")}


def found(actors: dict[str, Actor]) -> None:
    """Both organisations set up their houses."""
    for code, houses in HOUSES.items():
        by = actors[f"{code}.supervisor"]
        with acting(by):
            for house in houses:
                _house(by, *house)


def _house(by: Actor, code: str, name: str, address: str, hours: int) -> None:
    house = actions.make_house(code, name=name, address=address, turnaround_hours=hours, by=by)
    for unit_code, layout, beds, cots in UNITS:
        unit = actions.make_unit(house, unit_code, layout, by=by)
        for number in range(beds):
            actions.make_bed(unit, str(number + 1), by=by)
        for number in range(cots):
            actions.make_bed(unit, f"C{number + 1}", kind=BedKind.COT, by=by)


@dataclass(order=True)
class Happening:
    """Somebody moves in or departs."""

    at: datetime
    arrives: bool
    family: UUID
    how: tuple[str, str] = ("", "")
    plans: date | None = None
    referred: bool = True
    stays_on: bool = False


def lived(actors: dict[str, Actor]) -> None:
    """Whoever arrived by a referral for shelter moved in that hour, and left when the service ended."""
    for code in HOUSES:
        by = actors[f"{code}.supervisor"]
        with acting(by), transaction.atomic():
            stays: dict[UUID, Stay] = {}
            came = list(residents.came_by_themselves(actors, code))
            for one in sorted([*_happenings(by), *_by_themselves(came)]):
                with clock.at(one.at):
                    if one.arrives:
                        stays |= _moves_in(one, by)
                    elif one.family in stays:
                        how, where_to = one.how
                        actions.depart(stays[one.family], departure=how, destination=where_to, by=by)
            for number, (case, _came, left) in enumerate(came):
                if left:
                    with clock.at(clock.now() - timedelta(days=left, hours=-2)):
                        residents.closed(case, number, actors[f"{code}.caseworker"])
            _today(by)
            residents.kept_longer(by)
            single = rules.free_beds(clock.now(), FAR).filter(unit__kind=K.SINGLE_ROOM, kind=BedKind.BED)
            if beds := list(single.order_by("-pk")[:1]):
                residents.arrived_this_night(actors, code, beds)
        residents.warned(by.organisation_id)
    residents.asked(actors)


def _by_themselves(came: list[tuple[Case, float, float]]) -> Iterator[Happening]:
    """Families nobody referred, as they come and go."""
    for number, (case, days, left) in enumerate(came):
        at = clock.now() - timedelta(days=days)
        plans = None if left else clock.today() + timedelta(days=5 * (number % 4))
        yield Happening(at, True, case.pk, plans=plans, referred=False, stays_on=not left)
        if left:
            yield Happening(clock.now() - timedelta(days=left), False, case.pk, residents.leaves(number))


def _happenings(by: Actor) -> Iterator[Happening]:
    """From the organisation's own arrivals: when, and which of its cases."""
    sides = ReferralSide.objects.filter(organisation=by.organisation_id, case__isnull=False)
    arrived = Referral.objects.filter(
        receiver=by.organisation_id, arrived_at__isnull=False, services__contains=[Service.SHELTER.value]
    )
    cases = dict(sides.filter(referral__in=arrived).values_list("referral_id", "case_id"))
    for referral in arrived.filter(pk__in=cases):
        family = cases[referral.pk]
        if referral.arrived_at is None or Stay.objects.filter(family=family).exists():
            continue
        yield Happening(referral.arrived_at, True, family)
        if referral.state in ENDED and referral.ended_at is not None:
            yield Happening(referral.ended_at, False, family, ENDED[State(referral.state)])


def _moves_in(one: Happening, by: Actor) -> dict[UUID, Stay]:
    """A family that is still here leaves the flats with wheelchair access to whoever needs them tonight."""
    family = one.family
    beds = beds_for(family, but=("1",) if one.stays_on else ())
    if not beds:
        return {}
    people = dict(zip([bed.pk for bed in beds], _people(family), strict=False))
    planned = one.plans or clock.today() + timedelta(days=60)
    stay = actions.admit(beds, family=family, planned_until=planned, people=people, by=by)
    if not (one.referred or one.stays_on):
        return {family: stay}
    with clock.later(timedelta(minutes=40)):
        for item in ArrivalItem:
            if item == ArrivalItem.RULES:
                actions.check_off(stay, item, language="am", by=by)
            elif item == ArrivalItem.BELONGINGS:
                actions.keep_belongings(stay, "جواز سفر\nحقيبة يد\nهاتف", by=by)
            else:
                actions.check_off(stay, item, by=by)
    return {family: stay}


def _people(family: UUID) -> list[UUID]:
    """Who needs a bed: the survivor and her companions, infants last."""
    people = Person.objects.filter(case=family).exclude(role="person_of_concern")
    return [
        person.pk
        for person in sorted(people, key=lambda one: (one.age_band == AgeBand.INFANT, one.role, one.position))
    ]


def beds_for(family: UUID, but: Collection[str] = ()) -> list[Bed]:
    """Beds of the smallest free unit in which everybody fits, cots for the infants; none if there is no such unit."""
    people = Person.objects.filter(case=family).exclude(role="person_of_concern")
    infants = people.filter(age_band=AgeBand.INFANT).count()
    rest = people.count() - infants
    units: dict[Unit, list[Bed]] = {}
    free = rules.free_beds(clock.now(), FAR).exclude(unit__code__in=but)
    free = free.select_related("unit__house").order_by("unit_id", "kind", "code")
    for bed in free:
        units.setdefault(bed.unit, []).append(bed)
    taken = rules.families_in([unit.pk for unit in units], clock.now(), FAR)
    for unit, beds in sorted(
        units.items(), key=lambda item: (item[0].shared and rest > 1, len(item[1]), item[0].pk)
    ):
        plain = [bed for bed in beds if bed.kind == BedKind.BED][:rest]
        cots = [bed for bed in beds if bed.kind == BedKind.COT][:infants]
        if len(plain) == rest and len(cots) == infants and (unit.shared or unit.pk not in taken):
            return plain + cots
    return []


def _today(by: Actor) -> None:
    """What is unfinished this morning: a hold for whoever is on the way, somebody at hospital, a tap that drips."""
    for referral in Referral.objects.filter(
        receiver=by.organisation_id, state__in=[State.ACCEPTED, State.HANDOVER],
        services__contains=[Service.SHELTER.value],
    ).order_by("accepted_at"):  # fmt: skip
        _held(referral, by)
    living = list(
        Stay.objects.filter(organisation=by.organisation_id, departed_at=None).order_by("arrived_at")
    )
    if living:
        with clock.at(clock.now() - timedelta(hours=20)):
            actions.go_away(living[0], kind="hospital", expected_on=clock.today() + timedelta(days=2), by=by)
    _kept_apart([stay.family for stay in living], by)
    house = House.objects.filter(organisation=by.organisation_id).order_by("code").last()
    room = Unit.objects.get(house=house, code="7")
    day = clock.today() + timedelta(days=1)
    actions.report_maintenance(room, kind="water", note="الصنبور يقطر", planned_on=day, by=by)
    beds = rules.free_beds(clock.now(), FAR).filter(unit__house=house).order_by("unit__code", "code")
    if broken := list(beds)[-1:]:
        actions.take_out_of_use(broken, reason="maintenance", by=by)


def _kept_apart(families: list[UUID], by: Actor) -> None:
    """Of those who live here two, in different houses, must not meet."""
    for other in families[1:]:
        if rules.houses_of([other], clock.now()) != rules.houses_of(families[:1], clock.now()):
            actions.keep_apart(families[0], other, reason="صلة قرابة بين زوجيهما", by=by)
            return


def _held(referral: Referral, by: Actor) -> None:
    """Beds for somebody who is expected, unless her referral has held some already."""
    case = Case.objects.filter(
        referral_sides__referral=referral, referral_sides__organisation=by.organisation_id
    ).first()
    if case is None or rules.live_hold(case.pk) is not None:
        return
    free = rules.free_beds(clock.now(), FAR).filter(unit__shared=False, unit__kind=K.FAMILY_ROOM)
    taken = rules.families_in(free.values_list("unit_id", flat=True), clock.now(), FAR)
    bed = free.exclude(unit__in=taken).order_by("unit_id", "kind", "code").first()
    if bed is not None:
        beds = rules.free_beds(clock.now(), FAR).filter(unit=bed.unit_id)
        until = max(clock.now(), referral.eta or clock.now()) + timedelta(hours=12)
        actions.hold(
            list(beds), family=case.pk, until=until, backs=referral.pk, tells=referral.sender_id, by=by
        )
