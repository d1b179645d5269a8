"""What moves a referral. Every function takes the referral and `by`; most take the version the page was based on."""

from .deciding import (
    accept,
    acknowledge,
    add_note,
    answer,
    ask,
    assign,
    attest_conflict_check,
    confirm_decline,
    hold_beds,
    propose_decline,
    return_proposal,
    take_back,
    waitlist,
)
from .ending import (
    attest_destruction,
    enter_in_error,
    no_answer,
    record_next_step,
    survivor_declines,
    withdraw,
    withdraw_consent,
    withdraw_given_consent,
)
from .moving import (
    close_safety_check,
    complete,
    confirm_arrival,
    confirm_plan,
    end_early,
    plan_handover,
    record_progress,
    refer_onward,
    report_not_arrived,
)
from .sending import (
    amend,
    approve,
    discard,
    draft,
    release,
    return_to_author,
    review_sending,
    revise,
    send_at_once,
    submit,
)
from .take import take_up

__all__ = [
    "accept", "acknowledge", "add_note", "amend", "answer", "approve", "ask", "assign", "attest_conflict_check",
    "attest_destruction", "close_safety_check", "complete", "confirm_arrival", "confirm_decline", "confirm_plan",
    "discard", "draft", "end_early", "enter_in_error", "hold_beds", "no_answer", "plan_handover", "propose_decline",
    "record_next_step", "record_progress", "refer_onward", "release", "report_not_arrived", "return_proposal",
    "return_to_author", "review_sending", "revise", "send_at_once", "submit", "survivor_declines", "take_back",
    "take_up", "waitlist", "withdraw", "withdraw_consent", "withdraw_given_consent",
]  # fmt: skip
