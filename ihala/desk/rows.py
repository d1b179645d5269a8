"""Rows as a list shows them: what it is about and who is to be housed in counts and ages, never who they are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ihala.core.vocabulary import AgeBand, Category, Sex
from ihala.organisations.models import Actor, Membership
from ihala.referrals.enums import Side, State
from ihala.referrals.models import Referral, ReferralSide
from ihala.referrals.rules import awaited
from ihala.referrals.workflow import shown_state, turn

from .work import Brief, is_late

SHOWN = (
    "reference", "urgency", "category", "household", "state", "due_at", "decide_due_at", "decide_left", "plan_version",
    "plan_sender_at", "plan_receiver_at", "arrival_sender_at", "arrival_receiver_at", "next_step_at",
    "check_closed_at", "sender__name_ar", "sender__name_en", "receiver__name_ar", "receiver__name_en",
)  # fmt: skip
"""What a line and the question whose turn it is read of a referral; a list of forty need not load the rest."""

CHILDREN = (AgeBand.INFANT, AgeBand.TODDLER, AgeBand.CHILD, AgeBand.TEEN)


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    id: UUID
    url: str
    reference: str
    urgency: str
    what: str
    who: str
    side: str
    incoming: bool
    state: str
    state_label: str
    due: datetime | None
    paused: bool
    mine: str
    late: bool
    ours: bool
    awaited: str


def household_words(household: list[dict[str, str]]) -> str:
    """ "Woman (18 to 59) · 2 children (5 to 11, 12 to 17)"; empty while nobody is written down."""
    if not household:
        return ""
    survivor, *others = household
    bands = [one["age_band"] for one in others if one["age_band"] in CHILDREN]
    words = [_person(survivor)]
    if bands:
        children = ngettext("%(count)d child", "%(count)d children", len(bands)) % {"count": len(bands)}
        words.append(_with_ages(children, bands))
    words += [_person(one) for one in others if one["age_band"] not in CHILDREN]
    return " · ".join(words)


def _person(one: dict[str, str]) -> str:
    """Somebody by sex and age, as housing asks for it."""
    child = one["age_band"] in CHILDREN
    names = {
        (Sex.FEMALE, False): pgettext("household", "Woman"),
        (Sex.MALE, False): pgettext("household", "Man"),
        (Sex.FEMALE, True): pgettext("household", "Girl"),
        (Sex.MALE, True): pgettext("household", "Boy"),
    }
    unknown = pgettext("household", "Child") if child else pgettext("household", "Adult")
    return _with_ages(names.get((Sex(one["sex"]), child), unknown), [one["age_band"]])


def _with_ages(word: str, bands: list[str]) -> str:
    order = list(AgeBand)
    ages = [
        str(AgeBand(band).label)
        for band in sorted(Counter(bands), key=lambda band: order.index(AgeBand(band)))
    ]
    return _("%(who)s (%(ages)s)") % {
        "who": word,
        "ages": pgettext("between items of a list", ", ").join(ages),
    }


def rows_of(briefs: Iterable[Brief], actor: Actor) -> dict[UUID, Row]:
    """The rows of a page by id: one query for the referrals, one for colleagues' names if anybody is named."""
    ids = {brief.id for brief in briefs}
    if not ids:
        return {}
    mine = ReferralSide.objects.filter(referral=OuterRef("pk"), organisation=actor.organisation_id)
    found = (
        Referral.objects.visible_to(actor)
        .filter(pk__in=ids)
        .select_related("sender", "receiver")
        .only(*SHOWN)
        .annotate(assigned=Subquery(mine.values("assigned_id")[:1]))
    )
    referrals = list(found)
    names = _names({referral.assigned for referral in referrals} - {None})
    return {referral.pk: _row(referral, actor, names) for referral in referrals}


def _names(members: set[int]) -> dict[int, str]:
    return {member.pk: member.name for member in Membership.objects.filter(pk__in=members)} if members else {}


def _row(referral: Any, actor: Actor, names: dict[int, str]) -> Row:
    state = shown_state(referral, actor.organisation_id)
    incoming = referral.side_of(actor.organisation_id) is Side.RECEIVER
    due = referral.due_at if state == referral.state else referral.decide_due_at
    ours = (Side.RECEIVER if incoming else Side.SENDER) in turn(referral)
    return Row(
        id=referral.pk, url=_url(referral), reference=referral.reference, urgency=referral.urgency,
        what=str(Category(referral.category).label), who=household_words(referral.household),
        side=(referral.sender if incoming else referral.receiver).name, incoming=incoming, state=state.value,
        state_label=str(state.label), due=due, paused=referral.decide_left is not None,
        mine=names.get(referral.assigned, ""), late=ours and is_late(due), ours=ours,
        awaited=awaited(referral, state),
    )  # fmt: skip


def _url(referral: Referral) -> str:
    page = "need" if referral.state == State.DRAFT else "detail"
    return reverse(f"referrals:{page}", args=[referral.reference])
