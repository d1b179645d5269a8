"""The words of the mechanism: states, steps, sides and coded reasons (mechanism, "Coded reasons")."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where a referral stands."""

    DRAFT = "draft", pgettext_lazy("state", "Draft")
    AWAITING_APPROVAL = "awaiting_approval", pgettext_lazy("state", "Awaiting approval")
    SENT = "sent", pgettext_lazy("state", "Sent")
    UNDER_REVIEW = "under_review", pgettext_lazy("state", "Under review")
    INFO_REQUESTED = "info_requested", pgettext_lazy("state", "Information requested")
    WAITLISTED = "waitlisted", pgettext_lazy("state", "Waitlisted")
    DECLINE_PROPOSED = "decline_proposed", pgettext_lazy("state", "Decline proposed")
    ACCEPTED = "accepted", pgettext_lazy("state", "Accepted")
    HANDOVER = "handover", pgettext_lazy("state", "Handover")
    ARRIVED = "arrived", pgettext_lazy("state", "Arrived")
    COMPLETED = "completed", pgettext_lazy("state", "Completed")
    DECLINED = "declined", pgettext_lazy("state", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("state", "Withdrawn")
    CONSENT_WITHDRAWN = "consent_withdrawn", pgettext_lazy("state", "Consent withdrawn")
    SURVIVOR_DECLINED = "survivor_declined", pgettext_lazy("state", "Survivor declined")
    NOT_ARRIVED = "not_arrived", pgettext_lazy("state", "Not arrived")
    ENDED_EARLY = "ended_early", pgettext_lazy("state", "Ended early")
    NO_RESPONSE = "no_response", pgettext_lazy("state", "No response")
    ENTERED_IN_ERROR = "entered_in_error", pgettext_lazy("state", "Entered in error")


class Step(TextChoices):
    """An act that moves a referral, or leaves its mark on it."""

    SUBMIT = "submit", pgettext_lazy("step", "Submit for approval")
    SEND_AT_ONCE = "send_at_once", pgettext_lazy("step", "Send at once")
    DISCARD = "discard", pgettext_lazy("step", "Discard the draft")
    APPROVE = "approve", pgettext_lazy("step", "Approve and send")
    RETURN = "return", pgettext_lazy("step", "Return to the author")
    REVIEW_SENDING = "review_sending", pgettext_lazy("step", "Review the emergency sending")
    ACKNOWLEDGE = "acknowledge", pgettext_lazy("step", "Acknowledge")
    ASSIGN = "assign", pgettext_lazy("step", "Assign a caseworker")
    ATTEST_CONFLICT_CHECK = "attest_conflict_check", pgettext_lazy("step", "Attest the conflict check")
    ASK = "ask", pgettext_lazy("step", "Ask for information")
    ANSWER = "answer", pgettext_lazy("step", "Answer")
    TAKE_BACK = "take_back", pgettext_lazy("step", "Take the question back")
    ACCEPT = "accept", pgettext_lazy("step", "Accept")
    WAITLIST = "waitlist", pgettext_lazy("step", "Put on the waiting list")
    PROPOSE_DECLINE = "propose_decline", pgettext_lazy("step", "Propose to decline")
    CONFIRM_DECLINE = "confirm_decline", pgettext_lazy("step", "Confirm the decline")
    RETURN_PROPOSAL = "return_proposal", pgettext_lazy("step", "Return to review")
    RECORD_NEXT_STEP = "record_next_step", pgettext_lazy("step", "Record the next step")
    AMEND = "amend", pgettext_lazy("step", "Amend the package")
    RELEASE = "release", pgettext_lazy("step", "Release after the second signature")
    PLAN_HANDOVER = "plan_handover", pgettext_lazy("step", "Plan the handover")
    CONFIRM_PLAN = "confirm_plan", pgettext_lazy("step", "Confirm the plan")
    CONFIRM_ARRIVAL = "confirm_arrival", pgettext_lazy("step", "Confirm the arrival")
    REPORT_NOT_ARRIVED = "report_not_arrived", pgettext_lazy("step", "Report: not arrived")
    CLOSE_SAFETY_CHECK = "close_safety_check", pgettext_lazy("step", "Close the safety check")
    HOLD_BEDS = "hold_beds", pgettext_lazy("step", "Hold beds, or longer")
    RECORD_PROGRESS = "record_progress", pgettext_lazy("step", "Record progress")
    COMPLETE = "complete", pgettext_lazy("step", "Complete with an outcome")
    END_EARLY = "end_early", pgettext_lazy("step", "End early")
    REFER_ONWARD = "refer_onward", pgettext_lazy("step", "Refer onward")
    WITHDRAW = "withdraw", pgettext_lazy("step", "Withdraw the referral")
    SURVIVOR_DECLINES = "survivor_declines", pgettext_lazy("step", "Record that the survivor declines")
    ENTER_IN_ERROR = "enter_in_error", pgettext_lazy("step", "Mark as entered in error")
    WITHDRAW_CONSENT = "withdraw_consent", pgettext_lazy("step", "Record withdrawal of consent")
    NO_ANSWER = "no_answer", pgettext_lazy("step", "No response: close")


class Side(TextChoices):
    """Which of the two parties of a referral."""

    SENDER = "sender", pgettext_lazy("side", "Sender")
    RECEIVER = "receiver", pgettext_lazy("side", "Receiver")


class DeclineReason(TextChoices):
    """Why the receiver cannot take the referral."""

    NO_CAPACITY = "no_capacity", _("No capacity")
    BOYS_AGE = "boys_age", _("No suitable unit: boys' age")
    ACCESSIBILITY = "accessibility", _("No suitable unit: accessibility")
    FAMILY_SIZE = "family_size", _("No suitable unit: family size")
    OUTSIDE_CRITERIA = "outside_criteria", _("Outside admission criteria")
    CONFLICT_OF_INTEREST = "conflict_of_interest", _("Conflict of interest")
    RISK = "risk", _("Risk cannot be managed here")
    SERVICE_NOT_OFFERED = "service_not_offered", _("Service not offered")
    ALREADY_SERVED = "already_served", _("Already served")
    INCOMPLETE = "incomplete", _("Incomplete after asking")
    OTHER = "other", pgettext_lazy("reason", "Other, with text")


class RefusedBy(TextChoices):
    """Who said no."""

    ORGANISATION = "organisation", _("The organisation")
    THIRD_PARTY = "third_party", _("A third party")


class WithdrawReason(TextChoices):
    """Why the sender takes the referral back."""

    NEED_MET = "need_met", _("Need met")
    CHANGED_MIND = "changed_mind", _("The survivor changed her mind")
    SAFER_OPTION = "safer_option", _("Safer option found")
    REFERRED_ELSEWHERE = "referred_elsewhere", _("Referred elsewhere")
    DUPLICATE = "duplicate", _("Duplicate")
    OTHER = "other", pgettext_lazy("reason", "Other, with text")


class EndReason(TextChoices):
    """Why a service ended before its time."""

    LEFT_BY_CHOICE = "left_by_choice", _("Left by choice")
    LEFT_TO_PERSON = "left_to_person", _("Left to the person of concern")
    TRANSFERRED = "transferred", _("Transferred")
    LEGAL_ORDER = "legal_order", _("Legal order")
    HOUSE_RULES = "house_rules", _("Rules of the house")
    DECEASED = "deceased", _("Deceased")
    LOST_CONTACT = "lost_contact", _("Lost contact")
    OTHER = "other", pgettext_lazy("reason", "Other, with text")


class ReturnReason(TextChoices):
    """Why the supervisor gives a referral back to its author; stays inside the sender."""

    INCOMPLETE = "incomplete", _("Something is missing")
    TOO_MUCH = "too_much", _("Discloses more than is needed")
    BASIS = "basis", _("Consent or legal basis to be clarified")
    OTHER = "other", pgettext_lazy("reason", "Other, with text")


class ErrorReason(TextChoices):
    """What was wrong with a referral that should not exist."""

    WRONG_PERSON = "wrong_person", _("Wrong person")
    WRONG_RECEIVER = "wrong_receiver", _("Wrong receiver")
    DUPLICATE = "duplicate", _("Duplicate")
    OTHER = "other", pgettext_lazy("reason", "Other, with text")


class SurvivorReason(TextChoices):
    """What she said when she declined; never a condition of any service."""

    STAYS = "stays", _("She prefers to stay where she is")
    OTHER_PLACE = "other_place", _("She has found another place")
    NO_WISH = "no_wish", _("She does not want this service")
    NOT_SAID = "not_said", _("She gave no reason")
    OTHER = "other", pgettext_lazy("reason", "Other, with text")


class AmendReason(TextChoices):
    """Why the package changes after it was sent."""

    CORRECTION = "correction", _("Correction")
    NEW_INFORMATION = "new_information", _("New information")
    ANSWERS_QUESTION = "answers_question", _("Answers a question")
    DISCLOSE_LESS = "disclose_less", _("Disclose less")


class Question(TextChoices):
    """Coded questions, so that asking does not invite identity before acceptance."""

    HOUSEHOLD = "household", _("Who exactly is to be housed?")
    HEALTH = "health", _("Is urgent medical care needed?")
    MOBILITY = "mobility", _("Which accessibility is needed?")
    DANGER = "danger", _("What is the present danger?")
    LANGUAGE = "language", _("Which language and interpreter?")
    DURATION = "duration", _("For how long is the service needed?")
    TRANSPORT = "transport", _("How could she travel?")
    LEGAL_STATUS = "legal_status", _("Are there orders or proceedings?")
    OTHER = "other", pgettext_lazy("question", "Another question, with text")


class NextStepKind(TextChoices):
    """What happens to her now; no decline without one."""

    REFER_ELSEWHERE = "refer_elsewhere", _("Refer the same need elsewhere")
    KEEP_AND_SUPPORT = "keep_and_support", _("Keep and support")
    OTHER = "other", pgettext_lazy("next step", "Other, with text")


class ConflictResult(TextChoices):
    """Answer of the conflict check between the two sides."""

    CLEAR = "clear", _("No tie found")
    CONFLICT = "conflict", _("A tie exists")


class NoBeds(TextChoices):
    """Why an acceptance holds no beds."""

    FOUND_OTHERWISE = "found_otherwise", _("A place was found otherwise")
    BECOMES_FREE = "becomes_free", _("A place becomes free before she arrives")
    OTHER = "other", pgettext_lazy("reason", "Other, with text")


class Likeness(TextChoices):
    """What comparing the receiver's people with the persons of concern found."""

    CLEAR = "clear", pgettext_lazy("comparison", "Clear")
    CLOSER = "closer", pgettext_lazy("comparison", "Look closer")


class OutcomeCode(TextChoices):
    """How the service ended; reported back to the sender."""

    GOALS_MET = "goals_met", _("Goals met")
    PARTLY_MET = "partly_met", _("Goals partly met")
    SAFE_HOUSING = "safe_housing", _("Moved to safe housing")
    FAMILY_REUNION = "family_reunion", _("Safe return to the family")
    VOLUNTARY_RETURN = "voluntary_return", _("Voluntary return home")
    SERVICE_ENDED = "service_ended", _("Service ended as planned")


class SafetyCheck(TextChoices):
    """What is worked through when she has not arrived."""

    SAFE_NUMBER = "safe_number", _("Called the safe number within its hours")
    ESCORT = "escort", _("Spoke with the escort")
    OTHER_SIDE = "other_side", _("Spoke with the other side's duty officer")
    POLICE = "police", _("Decided whether to inform the police")


class RecordKind(TextChoices):
    """What one side keeps to itself."""

    RETURN_REASON = "return_reason", _("Return reason")
    PROPOSED_DECLINE = "proposed_decline", _("Proposed decline")
    CONFLICT_CHECK = "conflict_check", _("Conflict check")
    INTERNAL_NOTE = "internal_note", _("Internal note")
    NEXT_STEP = "next_step", _("Next step for the survivor")
    NO_BEDS = "no_beds", _("Accepted without beds held")


class ReportKind(TextChoices):
    """What is reported to the other side."""

    PROGRESS = "progress", _("Progress")
    OUTCOME = "outcome", _("Outcome")
    SAFETY_CHECK = "safety_check", _("Safety check")


class MessageKind(TextChoices):
    """A turn in the question-and-answer thread."""

    QUESTION = "question", pgettext_lazy("message", "Question")
    ANSWER = "answer", pgettext_lazy("message", "Answer")


class Link(TextChoices):
    """How a referral follows from another."""

    ELSEWHERE = "elsewhere", _("The same need, referred elsewhere")
    ONWARD = "onward", _("Referred onward")
    PULLED = "pulled", _("Answer to a pull request")
