"""The clocks of a referral: when the side whose turn it is must have acted.

The terms of the agreement set every length (mechanism, column "Clock"). Emergency and urgent clocks run day and
night; only lengths given in working time wait for the organisation's calendar.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from ihala.core.clock import now
from ihala.core.vocabulary import Urgency
from ihala.core.worktime import Duration, WorkCalendar, add_working, deadline, working_between
from ihala.organisations.rules import TermsView, calendar_of

from . import facts, presenting_words, workflow
from .enums import Side, State
from .models import Referral

ARRIVAL_ALARM = timedelta(hours=1)
DRAFT_KEPT = timedelta(days=30)
"""How long a draft is kept that nobody changes (mechanism, DRAFT)."""
DRAFT_END_TOLD = timedelta(days=5)
"""How long before its end its author is told, at the least."""


def responsible(referral: Referral) -> int:
    """The organisation whose calendar the present clock follows; the receiver's where both must act."""
    return referral.sender_id if workflow.turn(referral) == {Side.SENDER} else referral.receiver_id


def due_at(referral: Referral, terms: TermsView | None, start: datetime) -> datetime | None:
    """When the present turn ends; None where no clock runs."""
    if not workflow.turn(referral) or terms is None:
        return None
    if referral.state == State.HANDOVER:
        return (referral.eta or start) + ARRIVAL_ALARM
    if referral.state == State.UNDER_REVIEW and referral.decide_due_at is not None:
        return referral.decide_due_at
    length = terms.clock(referral.state, referral.urgency)
    return None if length is None else _deadline(start, length, responsible(referral))


def decision_due(referral: Referral, start: datetime) -> datetime:
    """When the receiver must have decided, counted from acknowledging."""
    terms = facts.pinned_terms(referral)
    length = terms.clock(State.UNDER_REVIEW, referral.urgency) if terms else None
    if length is None:
        raise ValueError("terms without a decision clock")
    return _deadline(start, length, referral.receiver_id)


def _deadline(start: datetime, length: Duration, organisation_id: int) -> datetime:
    """A length in working time follows the organisation's calendar; the others need none."""
    return deadline(start, length, calendar_of(organisation_id) if length.working else WorkCalendar())


def pause_decision(referral: Referral) -> None:
    """A question pauses a standard referral's decision clock once; the others run on."""
    if referral.urgency == Urgency.STANDARD and referral.pauses == 0 and referral.decide_due_at is not None:
        referral.pauses = 1
        calendar = calendar_of(referral.receiver_id)
        referral.decide_left = working_between(now(), referral.decide_due_at, calendar)


def resume_decision(referral: Referral) -> None:
    """The answer (or taking the question back) lets a paused decision clock go on with what was left."""
    if referral.decide_left is not None:
        referral.decide_due_at = add_working(now(), referral.decide_left, calendar_of(referral.receiver_id))
        referral.decide_left = None


def draft_ends_at(referral: Referral) -> datetime | None:
    """When a draft will be deleted if nobody goes on with it; None for what is none any more."""
    return referral.changed_at + DRAFT_KEPT if referral.state == State.DRAFT else None


def drafts_near_their_end(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """Drafts nobody has changed for so long that their authors must know."""
    return referrals.filter(state=State.DRAFT, changed_at__lte=now() - (DRAFT_KEPT - DRAFT_END_TOLD))


def overdue(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """Those whose present turn should have ended."""
    return referrals.filter(due_at__lt=now())


def awaited(referral: Referral, state: State) -> str:
    """What whoever's turn it is has to do, in words; "" where nothing is awaited."""
    return str(presenting_words.awaited(referral, state))
