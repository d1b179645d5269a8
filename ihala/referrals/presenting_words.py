"""What the screens say about states and steps: what is awaited, and what a step will do before it is taken."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from .enums import Side, State, Step
from .models import Referral

S = State

AWAITED: dict[State, Any] = {
    S.DRAFT: _("Completing and sending the draft"),
    S.AWAITING_APPROVAL: _("Approval by a supervisor"),
    S.SENT: _("Acknowledging receipt"),
    S.UNDER_REVIEW: _("Deciding: accept, ask or decline"),
    S.INFO_REQUESTED: _("Answering the question"),
    S.WAITLISTED: _("Reviewing the waiting list"),
    S.DECLINE_PROPOSED: _("Confirming the proposed decline, or returning it to review"),
    S.DECLINED: _("Recording the next step for the survivor"),
    S.SURVIVOR_DECLINED: _("Recording the next step for the survivor"),
    S.NO_RESPONSE: _("Recording the next step for the survivor"),
    S.HANDOVER: _("Confirming the arrival"),
    S.NOT_ARRIVED: _("Working through the safety check"),
    S.ARRIVED: _("Reporting progress and outcome"),
}


def awaited(referral: Referral, state: State) -> Any:
    """What whoever's turn it is has to do; in ACCEPTED the plan comes first, then its confirmations."""
    if state == S.ACCEPTED:
        return _("Planning the handover") if referral.plan_version == 0 else _("Confirming the handover plan")
    return AWAITED.get(state, "")


EXPLAINED: dict[Step, Any] = {
    Step.SUBMIT: _(
        "A supervisor who did not write this referral reads it and sends it. Nothing leaves before that."
    ),
    Step.SEND_AT_ONCE: _("The referral is sent now; a supervisor reviews it within the hour."),
    Step.DISCARD: _("The draft and its content are deleted. The case stays as it is."),
    Step.APPROVE: _("The referral is sent now: the other side sees triage, and the rest once it accepts."),
    Step.RETURN: _("The referral becomes a draft again. The reason stays inside your organisation."),
    Step.REVIEW_SENDING: _("This emergency was sent without approval. Reading it completes the sending."),
    Step.ACKNOWLEDGE: _(
        "The other side learns that somebody has seen the referral. The clock for the decision starts."
    ),
    Step.ASSIGN: _("The colleague sees this referral from now on."),
    Step.ATTEST_CONFLICT_CHECK: _(
        "The two sides speak by telephone about whether anyone at your organisation is tied to the person of concern. "
        "Record who spoke with whom. Never write the name of the person of concern here."
    ),
    Step.ASK: _(
        "The question goes to the other side. Ask for what decides whether the place fits, not for a name."
    ),
    Step.ANSWER: _("Both sides read the answer. It should not name anyone: identity opens with acceptance."),
    Step.TAKE_BACK: _("The question is taken back and the decision is open again."),
    Step.ACCEPT: _(
        "What consent and the agreement allow opens to your organisation, the disclosure is receipted, and an expected "
        "case is opened. The beds chosen are held in the same moment. Both sides then plan the handover."
    ),
    Step.WAITLIST: _("The other side learns that there is no place now. It may refer elsewhere meanwhile."),
    Step.PROPOSE_DECLINE: _("A second person has to confirm. Until then the other side sees nothing of it."),
    Step.CONFIRM_DECLINE: _("The other side receives the reason and records a next step for the survivor."),
    Step.RETURN_PROPOSAL: _("The proposal is not followed; the referral is under review again."),
    Step.RECORD_NEXT_STEP: _("No decline is closed without saying what happens to the survivor now."),
    Step.AMEND: _(
        "The case as it stands now is sent as a new version. What was sent before stays as it was sent."
    ),
    Step.RELEASE: _(
        "The second signature is there: what waited for it opens as far as the referral has come."
    ),
    Step.PLAN_HANDOVER: _(
        "Both sides read the plan and both confirm it. Changing it asks for both confirmations again."
    ),
    Step.CONFIRM_PLAN: _("Once both sides have confirmed, the handover begins."),
    Step.CONFIRM_ARRIVAL: _(
        "Once both sides have confirmed, the move is closed and the receiver's case is filled."
    ),
    Step.REPORT_NOT_ARRIVED: _("Both sides are alerted at once and work through the safety check."),
    Step.CLOSE_SAFETY_CHECK: _("Every point has to be worked through. The referral ends with it."),
    Step.HOLD_BEDS: _(
        "Other beds take the place of those held, or those held are kept longer. The other side learns until when, and "
        "nothing else."
    ),
    Step.RECORD_PROGRESS: _("The other side reads it."),
    Step.COMPLETE: _("The service has ended. The outcome goes to the other side and closes the referral."),
    Step.END_EARLY: _("The service ended before its time. The reason goes to the other side."),
    Step.REFER_ONWARD: _("A new draft to a further organisation is started, linked to this referral."),
    Step.WITHDRAW: _("The referral ends. What was disclosed can no longer be opened by the other side."),
    Step.SURVIVOR_DECLINES: _(
        "She may say no at any moment, without giving a reason. A next step is recorded for her."
    ),
    Step.ENTER_IN_ERROR: _(
        "The referral should never have been. It closes for both sides and stays in the log."
    ),
    Step.WITHDRAW_CONSENT: _(
        "This always succeeds. What rests on consent can no longer be opened by the receiver, who attests what was "
        "destroyed or must be kept by law. A stay and the receiver's own case are not touched; a legal basis other "
        "than consent goes on. Both sides are told."
    ),
}

DONE: dict[Step, Any] = {
    Step.SUBMIT: _("The referral waits for a supervisor's approval."),
    Step.SEND_AT_ONCE: _("The referral is sent."),
    Step.APPROVE: _("The referral is sent."),
    Step.DISCARD: _("The draft is deleted."),
    Step.ACKNOWLEDGE: _("Receipt is acknowledged."),
    Step.ACCEPT: _("The referral is accepted."),
    Step.WITHDRAW_CONSENT: _("The withdrawal of consent is recorded."),
    Step.CONFIRM_ARRIVAL: _("The arrival is confirmed for your side."),
    Step.CONFIRM_PLAN: _("The plan is confirmed for your side."),
}


NOTE_LEFT_OUT = _(
    "The withdrawal is in force. Its note could not be sealed at this moment and was not kept: please add it as an "
    "internal note when sealed content opens again."
)


def done(step: Step) -> str:
    """The message after a step."""
    return str(DONE.get(step, _("Done: %(step)s.") % {"step": step.label}))


def read_by(step: Step, side: Side | None, private: bool) -> Any:
    """Who reads what is written with a step."""
    if step is Step.PROPOSE_DECLINE:
        return _("Only your side reads this until the decline is confirmed; then the other side does too.")
    return _("Only your side reads this.") if private else _("Both sides read this.")


QUIET = (
    Step.RETURN_PROPOSAL,
    Step.PROPOSE_DECLINE,
    Step.RETURN,
    Step.END_EARLY,
    Step.SURVIVOR_DECLINES,
    Step.WITHDRAW,
    Step.WITHDRAW_CONSENT,
    Step.DISCARD,
    Step.ENTER_IN_ERROR,
)
"""Steps that take back, say no or end: they stand apart, below."""

FIRST = (
    Step.APPROVE,
    Step.ACKNOWLEDGE,
    Step.ANSWER,
    Step.RELEASE,
    Step.REVIEW_SENDING,
    Step.CONFIRM_DECLINE,
    Step.RECORD_NEXT_STEP,
    Step.CONFIRM_ARRIVAL,
    Step.CLOSE_SAFETY_CHECK,
    Step.CONFIRM_PLAN,
    Step.PLAN_HANDOVER,
    Step.ACCEPT,
    Step.ATTEST_CONFLICT_CHECK,
    Step.COMPLETE,
    Step.ASK,
)
"""The first of these that is possible is the page's main button."""

AT_ONCE = frozenset(
    {
        Step.ACKNOWLEDGE,
        Step.TAKE_BACK,
        Step.CONFIRM_PLAN,
        Step.CONFIRM_ARRIVAL,
        Step.RELEASE,
        Step.REVIEW_SENDING,
    }
)
"""Steps that ask for nothing: their button takes them from the page itself."""

SIGNS: dict[Step, str] = {
    Step.ACKNOWLEDGE: "check",
    Step.APPROVE: "send",
    Step.ACCEPT: "check",
    Step.ASK: "question",
    Step.ANSWER: "question",
    Step.ATTEST_CONFLICT_CHECK: "shield",
    Step.ASSIGN: "user",
    Step.WAITLIST: "pause",
    Step.PLAN_HANDOVER: "van",
    Step.CONFIRM_PLAN: "check",
    Step.CONFIRM_ARRIVAL: "arrival",
    Step.REPORT_NOT_ARRIVED: "alert",
    Step.HOLD_BEDS: "home",
    Step.RECORD_PROGRESS: "draft",
    Step.COMPLETE: "star",
    Step.REFER_ONWARD: "forward",
    Step.AMEND: "draft",
    Step.WITHDRAW_CONSENT: "hand",
    Step.SURVIVOR_DECLINES: "hand",
    Step.RECORD_NEXT_STEP: "forward",
    Step.RELEASE: "open",
}
