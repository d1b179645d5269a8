"""The words of organisations, agreements and terms."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Emirate(TextChoices):
    """Where an organisation sits."""

    ABU_DHABI = "abu_dhabi", _("Abu Dhabi")
    DUBAI = "dubai", _("Dubai")
    SHARJAH = "sharjah", _("Sharjah")
    AJMAN = "ajman", _("Ajman")
    UMM_AL_QUWAIN = "umm_al_quwain", _("Umm Al Quwain")
    RAS_AL_KHAIMAH = "ras_al_khaimah", _("Ras Al Khaimah")
    FUJAIRAH = "fujairah", _("Fujairah")


class Release(TextChoices):
    """When a disclosure class opens to the receiver."""

    SENDING = "sending", _("On sending")
    ACCEPTANCE = "acceptance", _("On acceptance")
    NEVER = "never", _("Never")


class ClockName(TextChoices):
    """The clocks that terms set. The code of a state is the clock that runs while a referral stands in it."""

    AWAITING_APPROVAL = "awaiting_approval", _("The sender's supervisor approves")
    REVIEW_SENDING = "review_sending", _("The sender's supervisor reviews an emergency that was sent at once")
    SECOND_SIGNATURE = "second_signature", _("The second signature under a legal basis follows an emergency")
    SENT = "sent", _("The receiver acknowledges")
    LADDER = "ladder", _("Each rung of the ladder when nobody acknowledges")
    UNDER_REVIEW = "under_review", _("The receiver decides")
    INFO_REQUESTED = "info_requested", _("The sender answers a question")
    WAITLISTED = "waitlisted", _("The receiver reviews the waiting list")
    DECLINE_PROPOSED = "decline_proposed", _("A second person confirms a decline")
    DECLINED = "declined", _("The sender records the next step after a decline")
    ACCEPTED = "accepted", _("Both plan the handover and confirm the plan")
    HANDOVER = "handover", _("Alarm when the arrival is not confirmed, counted from the expected time")
    NOT_ARRIVED = "not_arrived", _("The safety check when the survivor has not arrived")
    ARRIVED = "arrived", _("The receiver reports progress")
    OUTCOME = "outcome", _("The receiver reports the outcome, counted from the end of the service")


class Enquiries(TextChoices):
    """How an organisation answers when the other asks whether it could take a family, before anybody is named."""

    AUTOMATIC = "automatic", _("At once, from the beds as they stand")
    BY_HAND = "by_hand", _("By hand: the duty officer answers")
    NONE = "none", _("Not at all")


class KnownThere(TextChoices):
    """How an organisation answers when the other asks, with her consent, whether a survivor is known to it."""

    AT_ONCE = "at_once", _("At once; where it is not clear, people on both sides")
    BY_PEOPLE = "by_people", _("A “no” at once; everything else by people on both sides")
    NONE = "none", _("Not at all")


class Rung(TextChoices):
    """Who is told when nobody acknowledges, in the order of the ladder."""

    DUTY_OFFICER = "duty_officer", _("The duty officer again")
    SUPERVISOR = "supervisor", _("The supervisors")
    DIRECTOR = "director", _("The director")


class ConfirmedBy(TextChoices):
    """How it was made sure that somebody who lost the second factor is who they say."""

    IN_PERSON = "in_person", _("Seen in person, with a document")
    CALLED_BACK = "called_back", _("Called back on the number on file and recognised")
    VIDEO = "video", _("Recognised in a video call")


class SecondPersonStep(TextChoices):
    """Steps for which terms ask for a second person."""

    APPROVE = "approve", _("Approval of a referral: not by its author")
    CONFIRM_DECLINE = "confirm_decline", _("Confirmation of a decline: not by whoever proposed it")
    LEGAL_BASIS = "legal_basis", _("A legal basis without consent: signed by two people")
    ACCEPT = "accept", _("Acceptance, emergencies apart: not by whoever attested the conflict check")


class Weekday(TextChoices):
    """Days of the week by Python's number, Monday = 0."""

    MONDAY = "0", _("Monday")
    TUESDAY = "1", _("Tuesday")
    WEDNESDAY = "2", _("Wednesday")
    THURSDAY = "3", _("Thursday")
    FRIDAY = "4", _("Friday")
    SATURDAY = "5", _("Saturday")
    SUNDAY = "6", _("Sunday")


class TermsStatus(TextChoices):
    """Where a version of the terms stands."""

    PROPOSED = "proposed", pgettext_lazy("terms", "Proposed")
    ACTIVE = "active", pgettext_lazy("terms", "In force")
    ENDED = "ended", pgettext_lazy("terms", "Ended")


class TermsEnd(TextChoices):
    """Why a version of the terms is not in force any more, or never was."""

    SUPERSEDED = "superseded", pgettext_lazy("terms", "Replaced by a later version")
    WITHDRAWN = "withdrawn", pgettext_lazy("terms", "Proposal taken back or refused")
    AGREEMENT_ENDED = "agreement_ended", pgettext_lazy("terms", "The agreement was ended")


class Unit(TextChoices):
    """Units of a clock. Working units count only the organisation's working time."""

    MINUTES = "minutes", pgettext_lazy("unit", "minutes")
    HOURS = "hours", pgettext_lazy("unit", "hours")
    DAYS = "days", pgettext_lazy("unit", "days")
    WORKING_HOURS = "working_hours", pgettext_lazy("unit", "working hours")
    WORKING_DAYS = "working_days", pgettext_lazy("unit", "working days")
