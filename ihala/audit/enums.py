"""Names of events and purposes of opening. Steps of a referral add `referral.<step>`, labelled by the mechanism."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Purpose(TextChoices):
    """Why sealed content was opened."""

    WORK = "work", pgettext_lazy("purpose", "Work on the case")
    REFERRAL = "referral", pgettext_lazy("purpose", "Work on a referral")
    CONSENT = "consent", pgettext_lazy("purpose", "Consent")
    INTAKE = "intake", pgettext_lazy("purpose", "Intake")
    RESTORE_DRAFT = "restore_draft", pgettext_lazy("purpose", "Going on with a draft")
    TRANSFER = "transfer", pgettext_lazy("purpose", "Taking over the case")
    LETTER = "letter", pgettext_lazy("purpose", "Printed letter")
    ERASURE = "erasure", pgettext_lazy("purpose", "Erasure")
    AUDIT = "audit", pgettext_lazy("purpose", "Audit")


class EventName(TextChoices):
    """What can have happened, but for the steps of a referral."""

    SEALED_OPENED = "sealed.opened", pgettext_lazy("event", "Sealed content opened")
    SEALED_GRANTED = "sealed.granted", pgettext_lazy("event", "Sealed content shared")
    SEALED_RELEASED = "sealed.released", pgettext_lazy("event", "Sealed content released after acceptance")
    SEALED_ERASED = "sealed.erased", pgettext_lazy("event", "Sealed content erased for good")
    CASE_CREATED = "case.created", pgettext_lazy("event", "Case opened")
    CASE_CHANGED = "case.changed", pgettext_lazy("event", "Case changed")
    CASE_CLOSED = "case.closed", pgettext_lazy("event", "Case closed")
    CASE_REOPENED = "case.reopened", pgettext_lazy("event", "Case reopened")
    CASE_NOTED = "case.noted", pgettext_lazy("event", "Note added to a case")
    CASE_DRAFT_KEPT = "case.draft_kept", pgettext_lazy("event", "Draft of a form kept")
    CASE_EXPECTED = "case.expected", pgettext_lazy("event", "Case expected")
    CASE_FILLED = "case.filled", pgettext_lazy("event", "Expected case filled on arrival")
    CASE_REMOVED = "case.removed", pgettext_lazy("event", "Expected case removed")
    CASE_ACCESS_GIVEN = "case.access_given", pgettext_lazy("event", "Access to a case given")
    CASE_ACCESS_CLOSED = "case.access_closed", pgettext_lazy("event", "Access to a case taken away")
    CONSENT_GIVEN = "consent.given", pgettext_lazy("event", "Consent recorded")
    CONSENT_WITHDRAWN = "consent.withdrawn", pgettext_lazy("event", "Withdrawal of consent recorded")
    LEGAL_BASIS_RECORDED = "legal_basis.recorded", pgettext_lazy("event", "Legal basis recorded")
    LEGAL_BASIS_SIGNED = "legal_basis.signed", pgettext_lazy("event", "Legal basis signed")
    LEGAL_BASIS_ENDED = "legal_basis.ended", pgettext_lazy("event", "Legal basis ended")
    REFERRAL_CREATED = "referral.created", pgettext_lazy("event", "Referral begun")
    REFERRAL_REVISED = "referral.revised", pgettext_lazy("event", "Draft of a referral changed")
    LETTER_PRINTED = "letter.printed", pgettext_lazy("event", "Referral letter printed")
    INTAKE_IMPORTED = "intake.imported", pgettext_lazy("event", "Form imported")
    INTAKE_REFUSED = "intake.refused", pgettext_lazy("event", "Form refused")
    AGREEMENT_PROPOSED = "agreement.proposed", pgettext_lazy("event", "Terms proposed")
    AGREEMENT_COUNTERSIGNED = "agreement.countersigned", pgettext_lazy("event", "Terms countersigned")
    AGREEMENT_ENDED = "agreement.ended", pgettext_lazy("event", "Terms ended")
    MEMBERSHIP_ADDED = "membership.added", pgettext_lazy("event", "Staff member added")
    MEMBERSHIP_CHANGED = "membership.changed", pgettext_lazy("event", "Roles of a staff member changed")
    MEMBERSHIP_ENDED = "membership.ended", pgettext_lazy("event", "Staff member left")
    KEY_CREATED = "key.created", pgettext_lazy("event", "Key of the organisation made")
    KEY_ROTATED = "key.rotated", pgettext_lazy("event", "Key of the organisation renewed")
    ORGANISATION_CHANGED = "organisation.changed", pgettext_lazy("event", "Organisation changed")
    SIGN_IN_SUCCEEDED = "sign_in.succeeded", pgettext_lazy("event", "Signed in")
    SIGN_IN_FAILED = "sign_in.failed", pgettext_lazy("event", "Sign-in failed")
    SIGN_OUT = "sign_out", pgettext_lazy("event", "Signed out")
    QUICK_EXIT = "quick_exit", pgettext_lazy("event", "Quick exit")


class Group(TextChoices):
    """What events are looked for by: the first word of their names."""

    SEALED = "sealed", pgettext_lazy("events", "Sealed content")
    REFERRAL = "referral", pgettext_lazy("events", "Referrals")
    CASE = "case", pgettext_lazy("events", "Cases")
    CONSENT = "consent", pgettext_lazy("events", "Consent")
    LEGAL_BASIS = "legal_basis", pgettext_lazy("events", "Legal bases")
    LETTER = "letter", pgettext_lazy("events", "Letters")
    INTAKE = "intake", pgettext_lazy("events", "Imported forms")
    AGREEMENT = "agreement", pgettext_lazy("events", "Agreements")
    MEMBERSHIP = "membership", pgettext_lazy("events", "Staff")
    KEY = "key", pgettext_lazy("events", "Keys")
    SIGN_IN = "sign", pgettext_lazy("events", "Signing in and out")
