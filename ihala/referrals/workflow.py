"""The referral mechanism (آلية التحويل), in one file. It queries and never writes.

A caseworker drafts a referral from a case. A supervisor who is not the author approves it, and it is sent; in an
emergency it is sent at once and a supervisor reviews it within the hour. The receiver sees triage only: it
acknowledges, asks, puts on a waiting list, proposes to decline (a second person confirms) or accepts, once the
conflict check is attested. Acceptance releases what consent and the terms allow. Both sides confirm the plan of the
handover, and both confirm the arrival; only that closes the move. The receiver reports progress and the outcome.

No "no" ends without a next step for the survivor. She may decline, and her consent may be withdrawn, at any moment.
"Who may decline, until when, and who is told?": find the step in `STEPS`, the state in `WHOSE_TURN` and `CLOCKS`.
One question is asked by buttons, views and actions alike: `why_not(step, referral, actor)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Role
from ihala.cases.rules import EMERGENCY_READS
from ihala.core.refusal import Refusal, Status
from ihala.core.vocabulary import Kind, Urgency
from ihala.organisations.models import Actor

from . import enums, facts
from .agreed import second_accepts
from .enums import RecordKind, Side, State, Step
from .models import Referral

Guard = Callable[[Referral, Actor], Refusal | None]

S = State
BEFORE_DECISION = frozenset({S.UNDER_REVIEW, S.INFO_REQUESTED, S.WAITLISTED})
SENT_TO_HANDOVER = BEFORE_DECISION | {S.SENT, S.DECLINE_PROPOSED, S.ACCEPTED, S.HANDOVER}
ON_THE_WAY = frozenset({S.ACCEPTED, S.HANDOVER, S.NOT_ARRIVED})
NEEDS_NEXT_STEP = frozenset({S.DECLINED, S.SURVIVOR_DECLINED, S.NO_RESPONSE})
ENDED = frozenset(
    {S.COMPLETED, S.WITHDRAWN, S.CONSENT_WITHDRAWN, S.ENDED_EARLY, S.NO_RESPONSE, S.ENTERED_IN_ERROR}
)
EVERYWHERE = frozenset(State)

# BOTH means: the side that has not confirmed yet (see `turn`).
SENDERS, RECEIVERS, BOTH, EITHER, NOBODY = "sender", "receiver", "both", "either", "nobody"
WHOSE_TURN: dict[State, str] = {
    S.DRAFT: SENDERS,
    S.AWAITING_APPROVAL: SENDERS,
    S.SENT: RECEIVERS,
    S.UNDER_REVIEW: RECEIVERS,
    S.INFO_REQUESTED: SENDERS,
    S.WAITLISTED: RECEIVERS,
    S.DECLINE_PROPOSED: RECEIVERS,
    S.DECLINED: SENDERS,
    S.SURVIVOR_DECLINED: SENDERS,
    S.NO_RESPONSE: SENDERS,
    S.ACCEPTED: BOTH,
    S.HANDOVER: BOTH,
    S.NOT_ARRIVED: BOTH,
    S.ARRIVED: RECEIVERS,
    S.COMPLETED: NOBODY,
    S.WITHDRAWN: NOBODY,
    S.CONSENT_WITHDRAWN: NOBODY,
    S.ENDED_EARLY: NOBODY,
    S.ENTERED_IN_ERROR: NOBODY,
}

WORKERS = frozenset({Role.CASEWORKER, Role.SUPERVISOR})
SUPERVISORS = frozenset({Role.SUPERVISOR})
ANSWERERS = frozenset({Role.DUTY_OFFICER, Role.SUPERVISOR})
ANYONE = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.DUTY_OFFICER, Role.PRACTITIONER})
SYSTEM: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Rule:
    """One step: from which states, to which (None: it stays), which side, who, what must hold, whom it tells.

    `duty`: in an emergency the duty officer may too. `side` None: the side whose turn it is. `private`: the timeline
    line is shown to the acting side only. `tells`: who hears of it, by side.
    """

    frm: frozenset[State]
    to: State | None
    side: Side | str | None
    who: frozenset[Role]
    guards: tuple[Guard, ...] = ()
    reason: type[TextChoices] | None = None
    tells: tuple[Side, ...] = ()
    duty: bool = False
    private: bool = False


def why_not(step: Step, referral: Referral, actor: Actor) -> Refusal | None:
    """Why `actor` may not take `step` now; None if nothing stands in the way. One query per guard at most."""
    rule = STEPS[step]
    side = referral.side_of(actor.organisation_id)
    if side is None or (side is Side.RECEIVER and referral.sent_at is None):
        return NOT_VISIBLE
    if referral.only_read and step is not Step.WITHDRAW_CONSENT:
        return EMERGENCY_READS
    if not _may(rule, referral, actor, side):
        return NOT_YOURS
    if referral.state not in rule.frm or (
        is_final(referral) and rule.frm not in (EVERYWHERE, NEEDS_NEXT_STEP)
    ):
        return Refusal(
            "not_now", _("This step is not possible in the referral's present state. Reload to see it.")
        )
    if rule.side is None and side not in turn(referral):
        return Refusal("not_your_turn", _("It is the other side's turn; nothing is needed from you now."))
    return next((refusal for guard in rule.guards if (refusal := guard(referral, actor))), None)


def _may(rule: Rule, referral: Referral, actor: Actor, side: Side) -> bool:
    """Is the actor on the right side and in a role the step is for?"""
    if rule.who == SYSTEM:
        return actor.system
    on_side = rule.side in (None, EITHER, side)
    roles = rule.who | ({Role.DUTY_OFFICER} if rule.duty and referral.urgency == Urgency.EMERGENCY else set())
    return on_side and bool(actor.roles & roles)


def possible_steps(referral: Referral, actor: Actor) -> list[Step]:
    """The steps `actor` may take now, in the order of the mechanism."""
    return [step for step in STEPS if why_not(step, referral, actor) is None]


def turn(referral: Referral) -> frozenset[Side]:
    """The side or sides that must act now."""
    state = State(referral.state)
    if is_final(referral) and not (state == S.NO_RESPONSE and referral.next_step_at is None):
        return frozenset()
    if state == S.ACCEPTED:
        if referral.plan_version == 0:
            return frozenset({Side.SENDER})
        return _unconfirmed(referral.plan_sender_at, referral.plan_receiver_at)
    if state == S.HANDOVER:
        return _unconfirmed(referral.arrival_sender_at, referral.arrival_receiver_at)
    return {BOTH: frozenset(Side), NOBODY: frozenset()}.get(WHOSE_TURN[state]) or frozenset(
        {Side(WHOSE_TURN[state])}
    )


def _unconfirmed(sender_at: Any, receiver_at: Any) -> frozenset[Side]:
    return frozenset(
        side for side, at in ((Side.SENDER, sender_at), (Side.RECEIVER, receiver_at)) if at is None
    )


def is_final(referral: Referral) -> bool:
    """Final states; a decline is final once the next step is recorded, a failed arrival once its check is closed."""
    if referral.state in (S.DECLINED, S.SURVIVOR_DECLINED):
        return referral.next_step_at is not None
    if referral.state == S.NOT_ARRIVED:
        return referral.check_closed_at is not None
    return referral.state in ENDED


def shown_state(referral: Referral, organisation_id: int) -> State:
    """The state a side is shown: a proposed decline is the receiver's own affair until it is confirmed."""
    hidden = referral.state == S.DECLINE_PROPOSED and organisation_id == referral.sender_id
    return S.UNDER_REVIEW if hidden else State(referral.state)


# ── Guards ─────────────────────────────────────────────────────────────────────────────────────────────────────────

NOT_VISIBLE = Refusal(
    "not_visible", _("There is nothing at this address that you can see."), Status.NOT_VISIBLE
)
NOT_YOURS = Refusal(
    "not_permitted", _("This step belongs to another role or to the other side."), Status.FORBIDDEN
)

NO_TERMS = Refusal(
    "no_active_terms", _("There is no active agreement with this organisation. No referral can be sent.")
)


def emergency_only(referral: Referral, actor: Actor) -> Refusal | None:
    """Only an emergency is sent without approval."""
    if referral.urgency != Urgency.EMERGENCY:
        return Refusal(
            "emergency_only", _("Only an emergency is sent at once. Submit this referral for approval.")
        )
    return None


def somebody_else(referral: Referral, actor: Actor) -> Refusal | None:
    """Nobody approves, returns or reviews their own referral."""
    mine = facts.side(referral, actor.organisation_id)
    if mine is not None and mine.author_id == actor.membership_id:
        return Refusal(
            "second_person", _("You wrote this referral; another supervisor has to decide."), Status.FORBIDDEN
        )
    return None


def not_the_proposer(referral: Referral, actor: Actor) -> Refusal | None:
    """A second person confirms a decline."""
    last = referral.records.filter(kind=RecordKind.PROPOSED_DECLINE).order_by("-at").first()
    if last is not None and last.membership_id == actor.membership_id:
        return Refusal(
            "second_person",
            _("You proposed this decline; another supervisor has to confirm it."),
            Status.FORBIDDEN,
        )
    return None


def agreement_covers(referral: Referral, actor: Actor) -> Refusal | None:
    """The agreement is active and covers the category, the services and this direction."""
    terms = facts.terms_in_force(referral)
    if terms is None:
        return NO_TERMS
    # A pull request asks for a transfer in the other direction, so that is the direction to be covered.
    frm = referral.receiver_id if referral.kind == Kind.PULL_REQUEST else referral.sender_id
    if not referral.services:
        return Refusal("no_services", _("Choose at least one service that is asked for."))
    if not terms.covers(referral.category, referral.services, frm):
        return Refusal("not_covered", _("The agreement does not cover this category, service or direction."))
    return None


def basis_is_live(referral: Referral, actor: Actor) -> Refusal | None:
    """A live consent, or a legal basis signed by two people (in an emergency the second may follow)."""
    if referral.kind == Kind.PULL_REQUEST:
        return None
    basis = facts.basis(referral)
    if basis is None:
        return Refusal(
            "no_live_basis", _("There is no live consent or legal basis. Record one before sending.")
        )
    if basis.second_signature_pending and referral.urgency != Urgency.EMERGENCY:
        return Refusal(
            "second_signature", _("The legal basis needs a second person's signature before sending.")
        )
    return None


def conflict_checked(referral: Referral, actor: Actor) -> Refusal | None:
    """The two sides have spoken: nobody at the receiver is tied to the person of concern."""
    last, closer_since = facts.conflict_check(referral)
    if last is None:
        return Refusal(
            "conflict_check", _("Attest the conflict check first: telephone the sender and record who spoke.")
        )
    if last.code == enums.ConflictResult.CONFLICT:
        return Refusal("conflict_found", _("The conflict check found a tie. Decline, or check again."))
    if closer_since is not None and closer_since >= last.at:
        return Refusal("look_closer", _("The comparison says: look closer. Telephone again and attest anew."))
    return second_accepts(referral, actor, last.membership_id)


def plan_waits_for_me(referral: Referral, actor: Actor) -> Refusal | None:
    """There is a plan to confirm."""
    if referral.plan_version == 0:
        return Refusal("no_plan", _("There is no handover plan yet. Write it first."))
    return None


def arrival_waits_for_me(referral: Referral, actor: Actor) -> Refusal | None:
    """This side has not confirmed the arrival yet."""
    mine = referral.side_of(actor.organisation_id)
    if mine not in _unconfirmed(referral.arrival_sender_at, referral.arrival_receiver_at):
        return Refusal("already_confirmed", _("Your side has confirmed the arrival already."))
    return None


def not_reviewed(referral: Referral, actor: Actor) -> Refusal | None:
    """An emergency sent at once waits for a supervisor's review."""
    if referral.review_due_at is None or referral.reviewed_at is not None:
        return Refusal("nothing_to_review", _("This sending needs no review."))
    return None


def signature_waits(referral: Referral, actor: Actor) -> Refusal | None:
    """The second signature was missing at sending and is there now."""
    basis = facts.basis(referral)
    if not referral.signature_pending:
        return Refusal("nothing_to_release", _("Nothing waits for a second signature."))
    if basis is None or basis.second_signature_pending:
        return Refusal(
            "second_signature", _("The legal basis needs a second person's signature before release.")
        )
    return None


def next_step_missing(referral: Referral, actor: Actor) -> Refusal | None:
    """One next step closes a decline."""
    if referral.next_step_at is not None:
        return Refusal("already_recorded", _("The next step is recorded already."))
    return None


# ── The steps ──────────────────────────────────────────────────────────────────────────────────────────────────────

SENDER, RECEIVER = Side.SENDER, Side.RECEIVER
TO_BOTH = (SENDER, RECEIVER)
SENDING = (agreement_covers, basis_is_live)


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


STEPS: dict[Step, Rule] = {
    Step.SUBMIT: Rule(
        _from(S.DRAFT), S.AWAITING_APPROVAL, SENDER, WORKERS, SENDING, tells=(SENDER,), duty=True, private=True
    ),
    Step.SEND_AT_ONCE: Rule(
        _from(S.DRAFT), S.SENT, SENDER, WORKERS, (emergency_only, *SENDING), tells=(RECEIVER,), duty=True
    ),
    Step.DISCARD: Rule(_from(S.DRAFT), None, SENDER, WORKERS, duty=True, private=True),
    Step.APPROVE: Rule(
        _from(S.AWAITING_APPROVAL), S.SENT, SENDER, SUPERVISORS, (somebody_else, *SENDING), tells=(RECEIVER,)
    ),
    Step.RETURN: Rule(
        _from(S.AWAITING_APPROVAL), S.DRAFT, SENDER, SUPERVISORS, reason=enums.ReturnReason,
        tells=(SENDER,), private=True,
    ),
    Step.REVIEW_SENDING: Rule(
        SENT_TO_HANDOVER | {S.ARRIVED, S.DECLINED}, None, SENDER, SUPERVISORS, (somebody_else, not_reviewed),
        private=True,
    ),
    Step.ACKNOWLEDGE: Rule(_from(S.SENT), S.UNDER_REVIEW, RECEIVER, ANSWERERS, tells=(SENDER,)),
    Step.ASSIGN: Rule(SENT_TO_HANDOVER | {S.ARRIVED}, None, RECEIVER, ANSWERERS, tells=(RECEIVER,), private=True),
    Step.ATTEST_CONFLICT_CHECK: Rule(BEFORE_DECISION, None, RECEIVER, ANSWERERS, private=True),
    Step.ASK: Rule(
        _from(S.UNDER_REVIEW), S.INFO_REQUESTED, RECEIVER, WORKERS, reason=enums.Question, tells=(SENDER,), duty=True
    ),
    Step.ANSWER: Rule(_from(S.INFO_REQUESTED), S.UNDER_REVIEW, SENDER, WORKERS, tells=(RECEIVER,), duty=True),
    Step.TAKE_BACK: Rule(_from(S.INFO_REQUESTED), S.UNDER_REVIEW, RECEIVER, WORKERS, tells=(SENDER,), duty=True),
    Step.ACCEPT: Rule(
        BEFORE_DECISION, S.ACCEPTED, RECEIVER, SUPERVISORS, (conflict_checked, agreement_covers),
        tells=(SENDER,), duty=True,
    ),
    Step.WAITLIST: Rule(_from(S.UNDER_REVIEW), S.WAITLISTED, RECEIVER, WORKERS, tells=(SENDER,), duty=True),
    Step.PROPOSE_DECLINE: Rule(
        BEFORE_DECISION, S.DECLINE_PROPOSED, RECEIVER, WORKERS, reason=enums.DeclineReason,
        tells=(RECEIVER,), duty=True, private=True,
    ),
    Step.CONFIRM_DECLINE: Rule(
        _from(S.DECLINE_PROPOSED), S.DECLINED, RECEIVER, SUPERVISORS, (not_the_proposer,), tells=(SENDER,)
    ),
    Step.RETURN_PROPOSAL: Rule(
        _from(S.DECLINE_PROPOSED), S.UNDER_REVIEW, RECEIVER, WORKERS, tells=(RECEIVER,), duty=True, private=True
    ),
    Step.RECORD_NEXT_STEP: Rule(
        NEEDS_NEXT_STEP, None, SENDER, WORKERS, (next_step_missing,), reason=enums.NextStepKind, duty=True, private=True
    ),
    Step.AMEND: Rule(
        SENT_TO_HANDOVER, None, SENDER, WORKERS, SENDING, reason=enums.AmendReason, tells=(RECEIVER,), duty=True
    ),
    Step.RELEASE: Rule(
        SENT_TO_HANDOVER | {S.ARRIVED}, None, SENDER, WORKERS, (signature_waits,), tells=(RECEIVER,), duty=True
    ),
    Step.PLAN_HANDOVER: Rule(_from(S.ACCEPTED), None, None, WORKERS, tells=TO_BOTH, duty=True),
    Step.CONFIRM_PLAN: Rule(
        _from(S.ACCEPTED), S.HANDOVER, None, WORKERS, (plan_waits_for_me,), tells=TO_BOTH, duty=True
    ),
    Step.CONFIRM_ARRIVAL: Rule(
        _from(S.HANDOVER, S.NOT_ARRIVED), S.ARRIVED, EITHER, WORKERS, (arrival_waits_for_me,), tells=TO_BOTH, duty=True
    ),
    Step.REPORT_NOT_ARRIVED: Rule(_from(S.HANDOVER), S.NOT_ARRIVED, EITHER, WORKERS, tells=TO_BOTH, duty=True),
    Step.CLOSE_SAFETY_CHECK: Rule(_from(S.NOT_ARRIVED), None, EITHER, SUPERVISORS, tells=TO_BOTH),
    Step.HOLD_BEDS: Rule(ON_THE_WAY, None, RECEIVER, WORKERS, duty=True, private=True),
    Step.RECORD_PROGRESS: Rule(_from(S.ARRIVED), None, RECEIVER, WORKERS, tells=(SENDER,), duty=True),
    Step.COMPLETE: Rule(
        _from(S.ARRIVED), S.COMPLETED, RECEIVER, WORKERS, reason=enums.OutcomeCode, tells=(SENDER,), duty=True
    ),
    Step.END_EARLY: Rule(
        _from(S.ARRIVED), S.ENDED_EARLY, RECEIVER, WORKERS, reason=enums.EndReason, tells=(SENDER,), duty=True
    ),
    Step.REFER_ONWARD: Rule(_from(S.ARRIVED), None, RECEIVER, WORKERS, duty=True, private=True),
    Step.WITHDRAW: Rule(
        SENT_TO_HANDOVER | {S.AWAITING_APPROVAL}, S.WITHDRAWN, SENDER, WORKERS,
        reason=enums.WithdrawReason, tells=(RECEIVER,), duty=True,
    ),
    Step.SURVIVOR_DECLINES: Rule(
        SENT_TO_HANDOVER, S.SURVIVOR_DECLINED, EITHER, WORKERS, reason=enums.SurvivorReason, tells=TO_BOTH, duty=True
    ),
    Step.ENTER_IN_ERROR: Rule(
        SENT_TO_HANDOVER | {S.DRAFT, S.AWAITING_APPROVAL, S.DECLINED, S.SURVIVOR_DECLINED, S.NOT_ARRIVED},
        S.ENTERED_IN_ERROR, SENDER, SUPERVISORS, reason=enums.ErrorReason, tells=TO_BOTH,
    ),
    Step.WITHDRAW_CONSENT: Rule(EVERYWHERE, S.CONSENT_WITHDRAWN, EITHER, ANYONE, tells=TO_BOTH),
    Step.NO_ANSWER: Rule(_from(S.SENT), S.NO_RESPONSE, RECEIVER, SYSTEM, tells=(SENDER,)),
}  # fmt: skip


def refusing_reason(step: Step, code: str, text: str) -> Refusal | None:
    """Is a coded reason given where the step asks for one, and a text where the code is "other"?"""
    choices = STEPS[step].reason
    if choices is not None and code not in choices.values:
        return Refusal("reason_needed", _("Choose a reason from the list."))
    if code == "other" and not text.strip():
        return Refusal("text_needed", _("Describe in a few words what “other” means here."))
    return None
