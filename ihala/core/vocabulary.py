"""The words every part shares (glossary). Codes are stored, labels are shown."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Category(TextChoices):
    """What the case is about: the three of the memorandum."""

    HUMAN_TRAFFICKING = "human_trafficking", _("Human trafficking")
    DOMESTIC_VIOLENCE = "domestic_violence", _("Domestic violence")
    CHILD_ABUSE = "child_abuse", _("Child abuse")


class Urgency(TextChoices):
    """How fast the other side must answer; the clocks of the terms hang on it."""

    EMERGENCY = "emergency", pgettext_lazy("urgency", "Emergency")
    URGENT = "urgent", pgettext_lazy("urgency", "Urgent")
    STANDARD = "standard", pgettext_lazy("urgency", "Standard")


class Kind(TextChoices):
    """What is asked of the other organisation."""

    TRANSFER = "transfer", _("Transfer")
    SHARED_CARE = "shared_care", _("Shared care")
    PULL_REQUEST = "pull_request", _("Pull request")


class DisclosureClass(TextChoices):
    """The classes a disclosure package opens by (mechanism, "Two stages of disclosure")."""

    TRIAGE = "triage", pgettext_lazy("disclosure class", "Triage")
    IDENTITY = "identity", pgettext_lazy("disclosure class", "Identity")
    NARRATIVE = "narrative", pgettext_lazy("disclosure class", "Narrative")
    SAFETY = "safety", pgettext_lazy("disclosure class", "Safety")
    CLINICAL = "clinical", pgettext_lazy("disclosure class", "Clinical")
    ATTACHMENTS = "attachments", pgettext_lazy("disclosure class", "Attachments")


class LegalBasis(TextChoices):
    """On what a disclosure rests."""

    CONSENT = "consent", _("Consent")
    GUARDIAN_CONSENT = "guardian_consent", _("Guardian's consent")
    CHILD_PROTECTION_DUTY = "child_protection_duty", _("Child-protection duty")
    TRAFFICKING_PROTECTION = "trafficking_protection", _("Trafficking protection")
    VITAL_INTEREST = "vital_interest", _("Vital interest")
    COURT_ORDER = "court_order", _("Court order")


CONSENTED = (LegalBasis.CONSENT, LegalBasis.GUARDIAN_CONSENT)


class Service(TextChoices):
    """What can be asked for or has been given."""

    SHELTER = "shelter", _("Shelter")
    PSYCHOLOGICAL = "psychological", _("Psychological support")
    SOCIAL = "social", _("Social support")
    LEGAL = "legal", _("Legal support")
    MEDICAL = "medical", _("Medical care")
    EDUCATION = "education", _("Education")
    INTERPRETATION = "interpretation", _("Interpretation")
    VOLUNTARY_RETURN = "voluntary_return", _("Voluntary return")
    POLICE_REPORT = "police_report", _("Police report")
    CHILD_PROTECTION_REPORT = "child_protection_report", _("Child-protection report")


class Sex(TextChoices):
    """As recorded on documents; not a statement about gender."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    UNKNOWN = "unknown", _("Unknown")


class AgeBand(TextChoices):
    """Ages in clear only as coarse as housing needs them."""

    INFANT = "0-1", _("Under 2")
    TODDLER = "2-4", _("2 to 4")
    CHILD = "5-11", _("5 to 11")
    TEEN = "12-17", _("12 to 17")
    ADULT = "18-59", _("18 to 59")
    OLDER = "60+", _("60 and over")
    UNKNOWN = "unknown", _("Age unknown")


class Absent(TextChoices):
    """Why a value is missing: offered wherever a question may stay open."""

    UNKNOWN = "unknown", _("Unknown")
    NOT_ASKED = "not_asked", _("Not asked")
    DECLINED = "declined", _("Prefers not to say")


class Danger(TextChoices):
    """The caseworker's assessment of present danger."""

    EXTREME = "extreme", _("Extreme")
    HIGH = "high", _("High")
    MODERATE = "moderate", _("Moderate")
    LOW = "low", _("Low")
