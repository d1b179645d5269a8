"""What every page about a referral asks the database, each question put together once (`ihala.core.kept`)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, CharField, Q, QuerySet, Subquery, UUIDField

from ihala.cases.models import Case
from ihala.core.acting import looking_as
from ihala.core.kept import Asked, Given, kept
from ihala.organisations.models import Actor, Membership

from .models import (
    DestructionTask,
    HandoverPlan,
    Message,
    PackagePart,
    Referral,
    ReferralSide,
    Report,
    SideRecord,
    StepTaken,
)
from .models_apart import Comparison, PersonsDeposit

REFERRAL = Given("referral", UUIDField())
ORGANISATION = Given("organisation", BigIntegerField())
PARTIES = ("sender__telephones", "receiver__telephones")
"""The two organisations, with the lines on which each is reached."""


def seen_at(reference: str, actor: Actor) -> Referral | None:
    """The referral of this reference with its two organisations and its terms, if the actor sees it."""
    return next(iter(_seen_at(actor, reference=reference)), None)


@kept
def _seen_at(actor: Actor) -> QuerySet[Referral]:
    whole = Referral.objects.visible_to(actor).select_related(*PARTIES, "terms__agreement")
    return whole.telling_reach(actor).filter(reference=Given("reference", CharField()))


def own_case(referral: Referral, actor: Actor) -> Case | None:
    """The organisation's own case of this referral, if the actor may open it."""
    return next(iter(_own_case(actor, referral=referral.pk, organisation=actor.organisation_id)), None)


@kept
def _own_case(actor: Actor) -> QuerySet[Case]:
    mine = ReferralSide.objects.filter(referral=REFERRAL, organisation=ORGANISATION).values("case")
    return Case.objects.visible_to(actor).filter(pk=Subquery(mine))


def side_of(referral: Referral, organisation_id: int) -> ReferralSide | None:
    """The organisation's own side, with its case."""
    return next(iter(_of(referral, _side(None, referral=referral.pk, organisation=organisation_id))), None)


def side_there(referral: Referral, organisation_id: int, by: Actor) -> ReferralSide | None:
    """The other organisation's side, looked at as its system while `by` acts; for what a step does there."""
    there = _side.asked(None, referral=referral.pk, organisation=organisation_id)
    return next(iter(_of(referral, looking_as(Actor.system_of(organisation_id), there, by))), None)


@kept
def _side(_nobody: None) -> QuerySet[ReferralSide]:
    return ReferralSide.objects.select_related("case").filter(referral=REFERRAL, organisation=ORGANISATION)


def timeline(referral: Referral, actor: Actor) -> list[StepTaken]:
    """The steps so far, but for what the other side keeps to itself."""
    return _of(referral, _timeline(actor, referral=referral.pk))


@kept
def _timeline(actor: Actor) -> QuerySet[StepTaken]:
    own_lines = Q(private_to=None) | Q(private_to=actor.organisation_id)
    return StepTaken.objects.filter(own_lines, referral=REFERRAL).order_by("id")


def messages(referral: Referral) -> list[Message]:
    """Questions and answers."""
    return _of(referral, _messages(None, referral=referral.pk))


@kept
def _messages(_nobody: None) -> QuerySet[Message]:
    return Message.objects.filter(referral=REFERRAL).order_by("at")


def reports(referral: Referral) -> list[Report]:
    """Progress, outcome, safety check."""
    return _of(referral, _reports(None, referral=referral.pk))


@kept
def _reports(_nobody: None) -> QuerySet[Report]:
    return Report.objects.filter(referral=REFERRAL).order_by("at")


def newest_plan(referral: Referral) -> list[HandoverPlan]:
    """The handover plan that counts, or none."""
    if referral.plan_version == 0:
        return []
    return _of(referral, _plan(None, referral=referral.pk))


@kept
def _plan(_nobody: None) -> QuerySet[HandoverPlan]:
    return HandoverPlan.objects.filter(referral=REFERRAL).order_by("-version")[:1]


def own_records(referral: Referral, actor: Actor) -> list[SideRecord]:
    """What the actor's side keeps to itself."""
    return _of(referral, _records(actor, referral=referral.pk))


@kept
def _records(actor: Actor) -> QuerySet[SideRecord]:
    mine = SideRecord.objects.filter(referral=REFERRAL, organisation_id=actor.organisation_id)
    return mine.select_related("linked").order_by("at")


def parts(referral: Referral) -> list[PackagePart]:
    """The disclosure package, version by version."""
    return _of(referral, _parts(None, referral=referral.pk))


@kept
def _parts(_nobody: None) -> QuerySet[PackagePart]:
    return PackagePart.objects.filter(referral=REFERRAL).order_by("version", "disclosure_class")


def tasks(referral: Referral) -> list[DestructionTask]:
    """Destruction to be attested after a withdrawal of consent."""
    return _of(referral, _tasks(None, referral=referral.pk))


@kept
def _tasks(_nobody: None) -> QuerySet[DestructionTask]:
    return DestructionTask.objects.filter(referral=REFERRAL).select_related("organisation")


def last_comparison(referral: Referral) -> Comparison | None:
    """What the last comparison for the conflict check said."""
    return next(iter(_last_comparison(None, referral=referral.pk)), None)


@kept
def _last_comparison(_nobody: None) -> QuerySet[Comparison]:
    return Comparison.objects.filter(referral=REFERRAL).order_by("-number")[:1]


def has_persons_deposit(referral: Referral) -> bool:
    """Was anything deposited for the conflict check?"""
    return bool(_persons_deposit(None, referral=referral.pk))


@kept
def _persons_deposit(_nobody: None) -> QuerySet[PersonsDeposit, UUID]:
    return PersonsDeposit.objects.filter(referral=REFERRAL).values_list("pk", flat=True)[:1]


def linked(referral: Referral, actor: Actor) -> list[Referral]:
    """Referrals this one follows from or led to, as far as the reader sees them."""
    return _linked(actor, referral=referral.pk, origin=referral.origin_id)


@kept
def _linked(actor: Actor) -> QuerySet[Referral]:
    related = Q(origin=REFERRAL) | Q(pk=Given("origin", UUIDField()))
    found = Referral.objects.visible_to(actor).filter(related)
    return found.select_related("receiver").order_by("created_at")


def colleagues(actor: Actor) -> dict[int, str]:
    """Names of the people on the actor's own side, by membership."""
    return {member.pk: member.name for member in _colleagues(actor)}


@kept
def _colleagues(actor: Actor) -> QuerySet[Membership]:
    own = Membership.objects.filter(organisation_id=actor.organisation_id)
    return own.only("name_ar", "name_en").order_by("id")


def of_page(referral: Referral, actor: Actor) -> list[Asked]:
    """What a referral's page asks in any case, to be asked `ahead`."""
    of, me = {"referral": referral.pk}, actor.organisation_id
    asked = [
        _side.asked(None, organisation=me, **of),
        _own_case.asked(actor, organisation=me, **of),
        *(one.asked(actor, **of) for one in (_timeline, _records)),
        *(one.asked(None, **of) for one in (_messages, _reports, _parts, _tasks)),
        _linked.asked(actor, origin=referral.origin_id, **of),
        _colleagues.asked(actor),
    ]
    if referral.plan_version:
        asked.append(_plan.asked(None, **of))
    if referral.receiver_id == me:
        asked += [_last_comparison.asked(None, **of), _persons_deposit.asked(None, **of)]
    return asked


def of_package(referral: Referral, organisation_id: int) -> list[Asked]:
    """The package and that organisation's side, to be asked `ahead`."""
    mine = _side.asked(None, referral=referral.pk, organisation=organisation_id)
    return [_parts.asked(None, referral=referral.pk), mine]


def _of(referral: Referral, rows: Iterable[Any]) -> list[Any]:
    """The rows, each knowing the referral it hangs on."""
    found = list(rows)
    for row in found:
        row.referral = referral
    return found
