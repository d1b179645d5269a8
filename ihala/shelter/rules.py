"""What may be done in the shelter now, and what is free. It queries and never writes.

The database refuses every double booking by itself (`models/claims.py`); the rules here say the same beforehand, in
words, and what the database cannot know: who may, and whose family it is.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, Q, QuerySet, UUIDField
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission
from ihala.cases.models import Case
from ihala.cases.rules import NOT_PERMITTED, NOT_VISIBLE, why_not_open, why_not_work, work_on
from ihala.core.kept import Among, Asked, Given, kept
from ihala.core.refusal import Refusal, Status
from ihala.organisations.models import Actor

from .enums import ClaimKind, HoldEnd
from .models import Bed, Claim, ClaimedBed, Hold, KeepApart, Stay
from .models.places import CODE_PATTERN

LONGEST_HOLD = timedelta(days=30)
SHORTEST_WARNING, LONGEST_WARNING = timedelta(minutes=15), timedelta(hours=2)

NO_BEDS = Refusal("no_beds", _("Choose at least one bed of your own houses."))
BEDS_TAKEN = Refusal(
    "beds_taken",
    _("Someone was faster: a bed you chose is not free any more. Nothing of yours was lost; choose again."),
    Status.CONFLICT,
)
UNIT_TAKEN = Refusal(
    "unit_taken",
    _("Another family has this unit, and it is not shared. Choose another unit."),
    Status.CONFLICT,
)
LIVES_HERE = Refusal(
    "lives_here",
    _("The family has beds in this unit already. Change them by moving the family."),
    Status.CONFLICT,
)
HELD_ALREADY = Refusal(
    "held_already",
    _("Beds are held for this family already. Extend that hold or free it first."),
    Status.CONFLICT,
)
STAYS_ALREADY = Refusal("stays_already", _("This family lives here already."), Status.CONFLICT)
HOLD_ENDED = Refusal("hold_ended", _("This hold has ended. Hold beds anew."), Status.CONFLICT)
STAY_ENDED = Refusal("stay_ended", _("This family has departed."), Status.CONFLICT)
ONE_BED_EACH = Refusal("one_bed_each", _("Nobody sleeps in two beds: give each person one."))
PLANNED_LATER = Refusal("planned_later", _("The new planned day lies ahead and after the old one."))
NOT_NEUTRAL = Refusal(
    "not_neutral",
    _("A code is short and neutral, capital letters and digits: it must not name a place."),
)
CODE_KNOWN = Refusal("code_known", _("This code is used already. Choose another one."), Status.CONFLICT)
STALE_UNIT = Refusal(
    "stale_version",
    _("A colleague has changed this unit meanwhile. Look at it as it is now and change it again."),
    Status.CONFLICT,
)
AGES_IN_ORDER = Refusal("ages_in_order", _("The upper age is not below the lower one."))
WAS_SHARED = Refusal(
    "was_shared",
    _("Several families have lived in this unit together. Close it and set up a new one that is not shared."),
)
NOTHING_KEPT = Refusal("nothing_kept", _("The house keeps nothing for this family."))
AWAY_ALREADY = Refusal("away_already", _("They are away already."), Status.CONFLICT)
NOT_A_PAIR = Refusal("not_a_pair", _("Choose two different families of your own organisation."))
NOT_NOW = Refusal(
    "not_now",
    _("This is not possible any more: the family's beds have changed meanwhile. Look at them again."),
    Status.CONFLICT,
)
UNTIL_AHEAD = Refusal("until_ahead", _("A hold ends in the future, within thirty days."))
UNTIL_LATER = Refusal("until_later", _("The new end lies after the old one, within thirty days."))

BY_CONSTRAINT = {
    "bed_one_claim_at_a_time": BEDS_TAKEN,
    "unit_one_family_at_a_time": UNIT_TAKEN,
    "hold_one_live_per_family": HELD_ALREADY,
    "stay_one_live_per_family": STAYS_ALREADY,
    "unit_ages_in_order": AGES_IN_ORDER,
    **dict.fromkeys(("house_code_once", "unit_code_once", "bed_code_once"), CODE_KNOWN),
}
"""What to say when two were at it at once and the database decided."""


# ── Who may ────────────────────────────────────────────────────────────────────────────────────────────────────────


def why_not(permission: Permission, actor: Actor) -> Refusal | None:
    """The organisation's own system may do whatever a clock or a referral makes it do."""
    return None if actor.system or actor.has(permission) else NOT_PERMITTED


def why_not_family(family: UUID, actor: Actor, *, reads: bool = False) -> Refusal | None:
    """A family is a case of one's own organisation, and who places it works on that case; to read, access is enough."""
    case = next(iter(_case(None, family=family)), None)
    if case is None:
        return NOT_VISIBLE
    if actor.system:
        return None
    return why_not_open(case, actor) if reads else why_not_work(case, actor)


def placing(family: UUID, actor: Actor) -> list[Asked]:
    """What `why_not_place` asks of somebody who works on the case, to be asked `ahead`."""
    return [_case.asked(None, family=family), *([] if actor.system else [work_on(family, actor)])]


@kept
def _case(_nobody: None) -> QuerySet[Case]:
    return Case.objects.filter(pk=Given("family", UUIDField()))


def why_not_place(family: UUID, actor: Actor) -> Refusal | None:
    """May the actor hold beds for this family, admit and move it?"""
    return why_not(Permission.PLACE_FAMILIES, actor) or why_not_family(family, actor)


def why_not_pair(one: UUID, other: UUID) -> Refusal | None:
    """Two different families of one's own organisation; the second need not be one the actor has access to."""
    if one == other or not Case.objects.filter(pk=other).exists():
        return NOT_A_PAIR
    return None


def why_not_either(mark: KeepApart, actor: Actor, *, reads: bool = False) -> Refusal | None:
    """Who has access to one of the two families may see why they are kept apart; who works on one of them, end it."""
    return why_not_family(mark.one, actor, reads=reads) and why_not_family(mark.other, actor, reads=reads)


def references_of(families: Collection[UUID], actor: Actor) -> dict[UUID, str]:
    """The references of those families whose cases the actor may open; all others stay "somebody"."""
    found = Case.objects.visible_to(actor).filter(pk__in=families)
    return dict(found.values_list("pk", "reference"))


# ── What is free ───────────────────────────────────────────────────────────────────────────────────────────────────


def taken_during(start: datetime | Given, end: datetime | Given) -> Q:
    """Claims and claimed beds that overlap [start, end)."""
    return Q(ends_at__gt=start, starts_at__lt=end)


START, END = Given("start", DateTimeField()), Given("end", DateTimeField())


@kept
def _taken(_nobody: None) -> QuerySet[ClaimedBed, int]:
    """Those of the beds that something claims meanwhile."""
    beds = Among("bed_id", "beds", BigIntegerField())
    return (
        ClaimedBed.objects.filter(taken_during(START, END), beds).order_by().values_list("bed_id", flat=True)
    )


def claiming(beds: Collection[int], units: Collection[int], start: datetime, end: datetime) -> list[Asked]:
    """What `why_not_claim` asks of these beds and their units, in this order, to be asked `ahead`."""
    of = {"start": start, "end": end}
    return [_taken.asked(None, beds=list(beds), **of), _families.asked(None, units=list(units), **of)]


def free_beds(start: datetime, end: datetime | None = None) -> QuerySet[Bed]:
    """Beds nothing claims at `start`, or until `end`. Whether another family has the unit is asked apart."""
    claims = ClaimedBed.objects.filter(bed=OuterRef("pk"))
    claims = (
        claims.filter(taken_during(start, end))
        if end
        else claims.filter(ends_at__gt=start, starts_at__lte=start)
    )
    return Bed.objects.filter(~Exists(claims))


def families_in(units: Collection[int], start: datetime, end: datetime) -> dict[int, set[UUID]]:
    """By unit, the families that have a hold or a stay in it at some time of [start, end)."""
    found: dict[int, set[UUID]] = {}
    for unit, family in _families(None, units=list(units), start=start, end=end):
        found.setdefault(unit, set()).add(family)
    return found


@kept
def _families(_nobody: None) -> QuerySet[Claim, tuple[int, UUID | None]]:
    lodged = Claim.objects.exclude(kind=ClaimKind.VOID).order_by()
    units = Among("unit_id", "units", BigIntegerField())
    return lodged.filter(taken_during(START, END), units).values_list("unit_id", "family")


def houses_of(families: Collection[UUID], moment: datetime) -> set[UUID]:
    """The houses in which these families live or have beds held."""
    claims = Claim.objects.filter(family__in=families, ends_at__gt=moment)
    return set(claims.values_list("unit__house_id", flat=True))


def why_not_claim(beds: Iterable[Bed], family: UUID, start: datetime, end: datetime) -> Refusal | None:
    """Can the family have these beds from `start` until `end`? Asked while the units are locked."""
    beds = list(beds)
    if not beds:
        return NO_BEDS
    if _taken(None, beds=sorted(bed.pk for bed in beds), start=start, end=end):
        return BEDS_TAKEN
    shared = {bed.unit_id: bed.unit.shared for bed in beds}
    for unit, families in families_in(shared, start, end).items():
        if not shared[unit]:
            return LIVES_HERE if families == {family} else UNIT_TAKEN
    return None


def why_not_void(beds: Iterable[Bed], start: datetime, end: datetime) -> Refusal | None:
    """Can nobody be placed in these beds from `start` until `end`?"""
    beds = list(beds)
    if not beds:
        return NO_BEDS
    return BEDS_TAKEN if _taken(None, beds=[bed.pk for bed in beds], start=start, end=end) else None


def why_not_code(code: str, others: QuerySet[Any]) -> Refusal | None:
    """Is this a neutral code, and is it new among these houses, units or beds?"""
    if not re.fullmatch(CODE_PATTERN, code):
        return NOT_NEUTRAL
    return CODE_KNOWN if others.filter(code=code).exists() else None


# ── Holds and stays ────────────────────────────────────────────────────────────────────────────────────────────────


def is_live(hold: Hold, moment: datetime) -> bool:
    """Nobody ended it and its time has not run out, whether or not the clock has noticed yet."""
    return hold.ended_at is None and hold.until > moment


def why_not_until(until: datetime, after: datetime, moment: datetime) -> Refusal | None:
    """May a hold end then? `after` is its present end, or now."""
    if after < until <= moment + LONGEST_HOLD:
        return None
    return UNTIL_AHEAD if after == moment else UNTIL_LATER


def warn_at(start: datetime, until: datetime) -> datetime:
    """When to warn that a hold nears its end: a quarter of its length before, within 15 minutes and 2 hours."""
    return until - max(SHORTEST_WARNING, min(LONGEST_WARNING, (until - start) / 4))


def why_not_arrive(hold: Hold) -> Refusal | None:
    """A hold that has lapsed may still become a stay, once, if its beds are free: she has arrived, only late."""
    if hold.ended_how not in ("", HoldEnd.LAPSED) or Stay.objects.filter(hold=hold).exists():
        return HOLD_ENDED
    return None


def live_hold(family: UUID) -> Hold | None:
    """The hold that has not ended; its time may have run out a moment ago."""
    return Hold.objects.filter(family=family, ended_at=None).first()


def live_stay(family: UUID) -> Stay | None:
    """The family's stay, while it lives here."""
    return Stay.objects.filter(family=family, departed_at=None).first()


def kept_apart_from(family: UUID) -> set[UUID]:
    """The families that must not live in the same house with this one."""
    return {mark.other if mark.one == family else mark.one for mark in KeepApart.objects.of(family)}
