"""Real beds behind an acceptance: which units fit, beds held in the same transaction, kept, moved into or freed.

The receiver's own affair, in the shelter's rows: the sender learns until when beds are held and nothing else. What one
side's step does to them on the other side runs as the receiver's system actor (decision 8).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import CharField, DateTimeField, QuerySet
from django.utils.translation import gettext_lazy as _

from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.kept import Asked, kept, kept_sql
from ihala.core.refusal import Refusal, Refused
from ihala.core.vocabulary import DisclosureClass, Kind, Service, Urgency
from ihala.organisations.models import Actor
from ihala.shelter import actions as shelter
from ihala.shelter import capacity
from ihala.shelter import rules as places
from ihala.shelter.enums import ExtendReason, FreeReason, HoldEnd
from ihala.shelter.fit import Answer, Household, Place, Suggestion, fit
from ihala.shelter.models import Bed, Hold

from .. import facts, questions
from ..enums import State
from ..models import Referral
from . import package

HELD_FOR = {
    Urgency.EMERGENCY: timedelta(hours=24),
    Urgency.URGENT: timedelta(hours=72),
    Urgency.STANDARD: timedelta(days=7),
}
"""How long beds are held from the acceptance; a plan of the handover keeps them until after the arrival expected."""
AFTER_ARRIVAL = timedelta(hours=12)
WHILE_LOOKED_FOR = timedelta(hours=24)

PLACE_NEEDED = Refusal("place_needed", _("Choose the beds to hold for the family, or say why none are held."))


@dataclass(frozen=True)
class Advice:
    """What the receiver's houses can do for a family: the answer of fit, and units that are free against its advice."""

    answer: Answer
    against: tuple[tuple[Place, Answer], ...]

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Those that fit, best first."""
        return self.answer.suggestions


@dataclass(frozen=True)
class Held:
    """Until when beds are held for a referral, as either side is told; `ended`: how that ended, "" while it lasts."""

    until: datetime
    ended: str

    @property
    def live(self) -> bool:
        """Nobody ended it and its time has not run out."""
        return not self.ended and self.until > now()

    @property
    def lapsed(self) -> bool:
        """Its time ran out before anybody arrived."""
        return self.ended == HoldEnd.LAPSED or (not self.ended and self.until <= now())


def needs_place(referral: Referral, by: Actor) -> bool:
    """Is a family to be housed by an organisation that keeps its beds here? One query."""
    wanted = referral.kind == Kind.TRANSFER and Service.SHELTER in referral.services
    return wanted and bool(_any_bed(by))


@kept
def _any_bed(by: Actor) -> QuerySet[Bed, int]:
    return Bed.objects.filter(organisation_id=by.organisation_id).order_by().values_list("pk", flat=True)[:1]


def household_of(referral: Referral, *, by: Actor) -> Household:
    """Who is to be housed, from the counts in clear and the needs that triage tells: no name is read for it."""
    return household_in(package.open_parts(referral, by=by), referral)


def household_in(parts: package.Parts, referral: Referral) -> Household:
    """The same from parts that are open already."""
    values = {
        path: value
        for part, opened in parts
        if part.disclosure_class == DisclosureClass.TRIAGE and part.version == referral.package_version
        for path, value in (opened or {}).items()
    }
    named = (value for path, value in values.items() if path.endswith(".needs") and isinstance(value, list))
    return Household.of(referral.household, (need for needs in named for need in needs))


def advice(referral: Referral, household: Household, *, by: Actor) -> Advice:
    """Which of the actor's own units fit tonight. Four queries; keep-apart marks count once there is a case."""
    side = facts.side(referral, by.organisation_id)
    family = None if side is None else side.case_id
    apart = places.kept_apart_from(family) if family is not None else set()
    free, _every = capacity.places(by.organisation_id, _until(referral))
    answer = fit(household, free, apart)
    suggested = {given.place.key for one in answer.suggestions for given in one.given}
    people = sum(not member.infant for member in household.members)
    others = [
        place
        for place in free
        if place.key not in suggested and len(place.beds) >= people and (place.shared or not place.lodgers)
    ]
    return Advice(answer, tuple((place, fit(household, [place], apart)) for place in others))


def _until(referral: Referral) -> datetime:
    return now() + HELD_FOR[Urgency(referral.urgency)]


def hold(referral: Referral, case: UUID, beds: Collection[int], *, by: Actor) -> Hold:
    """Hold these beds for the receiver's case, all or none. Refused (409) where somebody was faster."""
    chosen = [Bed(pk=pk) for pk in beds]
    until = max(_until(referral), (referral.eta or now()) + AFTER_ARRIVAL)
    return shelter.hold(chosen, family=case, until=until, by=by, backs=referral.pk, tells=referral.sender_id)


def hold_again(referral: Referral, beds: Collection[int], *, by: Actor) -> Hold:
    """Other beds, or beds anew after a hold has lapsed: what is held until now is freed in the same transaction."""
    shelter.free_holds(backs=referral.pk, reason=FreeReason.OTHER_BEDS, by=by)
    return hold(referral, package.own_case(referral, by).pk, beds, by=by)


def _live_hold(referral: Referral) -> Hold | None:
    return Hold.objects.filter(backs=referral.pk, ended_at=None).first()


def extend(referral: Referral, *, until: datetime, reason: ExtendReason | str, by: Actor) -> None:
    """Keep the beds longer, for a coded reason. Refused `hold_ended`, `until_later`."""
    held = _live_hold(referral)
    if held is None:
        raise Refused(places.HOLD_ENDED)
    shelter.extend_hold(held, until=until, reason=reason, by=by)


def keep(referral: Referral, until: datetime, reason: ExtendReason) -> None:
    """A step needs the beds until then: the hold lasts at least as long. One that has ended stays ended."""
    system = Actor.system_of(referral.receiver_id)
    until = min(until, now() + places.LONGEST_HOLD)
    with acting(system):
        held = _live_hold(referral)
        if held is not None and places.is_live(held, now()) and held.until < until:
            shelter.extend_hold(held, until=until, reason=reason, by=system)


def move_in(referral: Referral) -> None:
    """Both sides have confirmed the arrival: the hold becomes a stay.

    Where the receiver has admitted the family already, or the beds of a lapsed hold are taken, nothing is changed: the
    refusal is on record at the receiver, whose board shows a family without beds.
    """
    system = Actor.system_of(referral.receiver_id)
    with acting(system):
        held = Hold.objects.filter(backs=referral.pk).order_by("-made_at", "pk").first()
        if held is None or places.live_stay(held.family) is not None:
            return
        try:
            shelter.arrive(held, by=system)
        except Refused:
            return


def free(referral: Referral) -> None:
    """The referral has ended before anybody arrived: what is held for it is free again. It never refuses."""
    system = Actor.system_of(referral.receiver_id)
    reason = FreeReason.NOT_ARRIVED if referral.state == State.NOT_ARRIVED else FreeReason.REFERRAL_ENDED
    with acting(system):
        shelter.free_holds(backs=referral.pk, reason=reason, by=system)


def held_for(referral: Referral) -> Held | None:
    """Until when beds are held for the referral, as its two sides are told; None where none ever were. One query."""
    rows = _hold_of(None, referral=referral.pk)
    return next((Held(until, ended) for until, ended in rows if until is not None), None)


_hold_of = kept_sql(
    "SELECT until, ended_how FROM ihala_hold_of(%s)",
    questions.REFERRAL,
    columns=(DateTimeField(), CharField()),
)


def of_page(referral: Referral, by: Actor) -> list[Asked]:
    """What a referral's page asks of beds, to be asked `ahead`."""
    return [_hold_of.asked(None, referral=referral.pk), _any_bed.asked(by)]


def beds_in(text: str) -> Sequence[int]:
    """The keys of beds as a form sends them, "12,13"; empty for anything else."""
    parts = text.split(",")
    return [int(part) for part in parts] if all(part.isdecimal() and len(part) < 19 for part in parts) else []
