"""The shortest way to each state, from a draft on."""

from ihala.core.vocabulary import Kind, Urgency
from ihala.referrals.enums import State as S

ACCEPTED = "ack conflict accept"
HANDOVER = f"{ACCEPTED} plan ok_s ok_r"
ARRIVED = f"{HANDOVER} arrived_s arrived_r"
AFTER_SENDING: dict[S, str] = {
    S.SENT: "",
    S.UNDER_REVIEW: "ack",
    S.INFO_REQUESTED: "ack ask",
    S.WAITLISTED: "ack waitlist",
    S.DECLINE_PROPOSED: "ack propose",
    S.ACCEPTED: ACCEPTED,
    S.HANDOVER: HANDOVER,
    S.ARRIVED: ARRIVED,
    S.COMPLETED: f"{ARRIVED} complete",
    S.DECLINED: "ack propose confirm",
    S.WITHDRAWN: "withdraw",
    S.CONSENT_WITHDRAWN: "ack unconsent_s",
    S.SURVIVOR_DECLINED: "ack declines",
    S.NOT_ARRIVED: f"{HANDOVER} lost",
    S.ENDED_EARLY: f"{ARRIVED} early",
    S.NO_RESPONSE: "silence",
    S.ENTERED_IN_ERROR: "error",
}


def path_to(state: S, urgency: str = Urgency.EMERGENCY, kind: str = Kind.TRANSFER) -> str:
    """The script that brings a new referral to `state`. ValueError where no way leads."""
    begin = "case consent draft"
    if state == S.DRAFT:
        return begin
    if state == S.AWAITING_APPROVAL:
        return f"{begin} submit"
    sending = "send" if urgency == Urgency.EMERGENCY else "submit approve"
    then = AFTER_SENDING[state]
    if kind == Kind.PULL_REQUEST and "accept" in then:
        if state != S.COMPLETED:
            raise ValueError(f"no pull request is ever {state}")
        then = "ack held conflict accept"
    return f"{begin} {sending} {then}".strip()
