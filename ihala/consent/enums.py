"""The coded words of consent: who gave it, how, and for what."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GivenBy(TextChoices):
    """Whose consent it is."""

    SURVIVOR = "survivor", _("The survivor")
    GUARDIAN = "guardian", _("A guardian")


class How(TextChoices):
    """How the words were said, for consent and for its withdrawal alike."""

    WRITTEN = "written", pgettext_lazy("consent", "In writing")
    VERBAL = "verbal", pgettext_lazy("consent", "In spoken words")
    SIGN = "sign", pgettext_lazy("consent", "In sign language")
    TELEPHONE = "telephone", pgettext_lazy("consent", "By telephone")
    VIDEO = "video", pgettext_lazy("consent", "By video")
    OTHER = "other", pgettext_lazy("consent", "In another way")


class Purpose(TextChoices):
    """What the data may be used for: the kind of referral, and each service asked for, under the same codes."""

    TRANSFER = "transfer", _("The other organisation takes over the care")
    SHARED_CARE = "shared_care", _("Both organisations care together")
    PULL_REQUEST = "pull_request", _("The two organisations agree on a transfer")
    SHELTER = "shelter", _("A safe place to stay")
    PSYCHOLOGICAL = "psychological", _("Psychological support")
    SOCIAL = "social", _("Social support")
    LEGAL = "legal", _("Legal support")
    MEDICAL = "medical", _("Medical care")
    EDUCATION = "education", _("Education")
    INTERPRETATION = "interpretation", _("Interpretation")
    VOLUNTARY_RETURN = "voluntary_return", _("Voluntary return")
    POLICE_REPORT = "police_report", _("Police report")
    CHILD_PROTECTION_REPORT = "child_protection_report", _("Child-protection report")
    KNOWN = "known", _("Asking whether the other organisation knows her, and being told")


class Standing(TextChoices):
    """Where a consent stands today."""

    LIVE = "live", pgettext_lazy("consent", "Live")
    EXPIRED = "expired", pgettext_lazy("consent", "Expired")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "Withdrawn")
