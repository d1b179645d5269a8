"""What can be erased, who asked for it, on what ground, and what keeps it from being erased."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Unit(TextChoices):
    """How much of a case is erased."""

    CASE = "case", pgettext_lazy("erasure", "The whole case")
    CLASS = "class", pgettext_lazy("erasure", "One disclosure class")
    PERSON = "person", pgettext_lazy("erasure", "One person")


class Ground(TextChoices):
    """The legal ground, as the certificate names it."""

    RIGHT = "right_to_erasure", pgettext_lazy("erasure", "Right to erasure")
    CONSENT_WITHDRAWN = "consent_withdrawn", pgettext_lazy("erasure", "Consent withdrawn")
    RETENTION_OVER = "retention_over", pgettext_lazy("erasure", "Retention period over")
    UNLAWFUL = "unlawful", pgettext_lazy("erasure", "Should not have been kept")
    COURT_ORDER = "court_order", pgettext_lazy("erasure", "Court order")


class AskedBy(TextChoices):
    """Who wants it erased."""

    SURVIVOR = "survivor", pgettext_lazy("asked by", "Survivor")
    GUARDIAN = "guardian", pgettext_lazy("asked by", "Guardian")
    PERSON = "person", pgettext_lazy("asked by", "The person concerned")
    ORGANISATION = "organisation", pgettext_lazy("asked by", "The organisation")
    SCHEDULE = "schedule", pgettext_lazy("asked by", "The retention schedule")


class HoldReason(TextChoices):
    """Why the law makes a case be kept."""

    COURT_ORDER = "court_order", pgettext_lazy("legal hold", "Court order")
    PROCEEDINGS = "proceedings", pgettext_lazy("legal hold", "Court proceedings under way")
    PROSECUTION = "prosecution", pgettext_lazy("legal hold", "Request of the public prosecution")
    CLAIM = "claim", pgettext_lazy("legal hold", "A legal claim is being made or answered")


class Standing(TextChoices):
    """Where an erasure stands."""

    REQUESTED = "requested", pgettext_lazy("erasure", "Waits for a second person")
    CANCELLED = "cancelled", pgettext_lazy("erasure", "Cancelled")
    CONFIRMED = "confirmed", pgettext_lazy("erasure", "Being carried out")
    CARRIED_OUT = "carried_out", pgettext_lazy("erasure", "Carried out; copies of the keys still age")
    FINAL = "final", pgettext_lazy("erasure", "Final")


class Outcome(TextChoices):
    """What becomes of a part of what is kept, as the preview and the certificate say it."""

    GOES = "goes", pgettext_lazy("erasure", "Will be erased")
    STAYS = "stays", pgettext_lazy("erasure", "Stays")
