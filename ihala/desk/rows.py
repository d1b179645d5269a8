"""Rows as a list shows them: what it is about and who is to be housed in counts and ages, never who they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, UUIDField, When
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from ihala.core.kept import NOW, Among, kept
from ihala.core.text import label
from ihala.core.vocabulary import AgeBand, Category, Sex
from ihala.organisations.models import Actor, Membership, Telephones, in_readers_language
from ihala.referrals.enums import Side, State
from ihala.referrals.models import Referral, ReferralSide
from ihala.referrals.rules import awaited
from ihala.referrals.workflow import shown_state, turn

from .work import Brief, is_late


class Line(NamedTuple):
    """What a list and the question whose turn it is read of a referral; a list of forty need not load the rest."""

    id: UUID
    reference: str
    urgency: str
    category: str
    household: list[dict[str, str]]
    state: str
    due_at: datetime | None
    decide_due_at: datetime | None
    decide_left: timedelta | None
    plan_version: int
    plan_sender_at: datetime | None
    plan_receiver_at: datetime | None
    arrival_sender_at: datetime | None
    arrival_receiver_at: datetime | None
    next_step_at: datetime | None
    check_closed_at: datetime | None
    sender_id: int
    sender__name_ar: str
    sender__name_en: str
    receiver__name_ar: str
    receiver__name_en: str
    assigned: int | None
    call: str | None


SAMPLE = "R-0000-0000"
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
    call: str


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
    return _by_sex_and_age(get_language() or "ar", one["sex"], one["age_band"])


@lru_cache(maxsize=256)
def _by_sex_and_age(language: str, sex: str, band: str) -> str:
    child = band in CHILDREN
    names = {
        (Sex.FEMALE, False): pgettext("household", "Woman"),
        (Sex.MALE, False): pgettext("household", "Man"),
        (Sex.FEMALE, True): pgettext("household", "Girl"),
        (Sex.MALE, True): pgettext("household", "Boy"),
    }
    unknown = pgettext("household", "Child") if child else pgettext("household", "Adult")
    return _with_ages(names.get((Sex(sex), child), unknown), [band])


def _with_ages(word: str, bands: list[str]) -> str:
    there = set(bands)
    ages = [label(band) for band in AgeBand if band in there]
    return _("%(who)s (%(ages)s)") % {
        "who": word,
        "ages": pgettext("between items of a list", ", ").join(ages),
    }


def rows_of(briefs: Iterable[Brief], actor: Actor) -> dict[UUID, Row]:
    """The rows of a page by id: one query for the referrals, one for colleagues' names if anybody is named."""
    ids = {brief.id for brief in briefs}
    if not ids:
        return {}
    lines = [Line(*found) for found in _lines(actor, ids=list(ids))]
    names = _names({line.assigned for line in lines if line.assigned})
    return {line.id: _row(line, actor, names) for line in lines}


@kept
def _lines(actor: Actor) -> QuerySet[Referral, Any]:
    mine = ReferralSide.objects.filter(referral=OuterRef("pk"), organisation=actor.organisation_id)
    found = Referral.objects.visible_to(actor).filter(Among("pk", "ids", UUIDField()))
    assigned = Subquery(mine.values("assigned_id")[:1])
    across = Case(When(sender=actor.organisation_id, then=F("receiver")), default=F("sender"))
    called = found.alias(across=across).annotate(assigned=assigned, call=_duty_line())
    return called.values_list(*Line._fields)


def _duty_line() -> Case:
    """The other side's line; looked up in what is overdue alone, so that a list of forty costs no more than before."""
    line = Telephones.objects.filter(organisation=OuterRef("across")).values("duty")
    late = Q(due_at__lt=NOW) | Q(decide_due_at__lt=NOW)
    return Case(When(late, then=Subquery(line)), default=None, output_field=CharField(null=True))


def _names(members: set[int]) -> dict[int, str]:
    return {member.pk: member.name for member in Membership.objects.filter(pk__in=members)} if members else {}


def _row(line: Any, actor: Actor, names: dict[int, str]) -> Row:
    state = shown_state(line, actor.organisation_id)
    incoming = line.sender_id != actor.organisation_id
    due = line.due_at if state == line.state else line.decide_due_at
    turns = turn(line)
    ours = (Side.RECEIVER if incoming else Side.SENDER) in turns
    theirs = (Side.SENDER if incoming else Side.RECEIVER) in turns
    sender = (line.sender__name_ar, line.sender__name_en)
    receiver = (line.receiver__name_ar, line.receiver__name_en)
    return Row(
        id=line.id, url=_url(line), reference=line.reference, urgency=line.urgency,
        what=label(Category(line.category)), who=household_words(line.household),
        side=in_readers_language(*(sender if incoming else receiver)), incoming=incoming, state=state.value,
        state_label=label(state), due=due, paused=line.decide_left is not None,
        mine=names.get(line.assigned, ""), late=ours and is_late(due), ours=ours, awaited=awaited(line, state),
        call=line.call or "" if theirs and is_late(due) else "",
    )  # fmt: skip


def _url(line: Line) -> str:
    before, _sample, after = _address("need" if line.state == State.DRAFT else "detail")
    return f"{before}{line.reference}{after}"


@lru_cache
def _address(page: str) -> tuple[str, str, str]:
    """The address of such a page, parted where the reference stands."""
    return reverse(f"referrals:{page}", args=[SAMPLE]).partition(SAMPLE)
