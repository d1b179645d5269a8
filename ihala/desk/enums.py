"""The lists of the work page, and what can be done beside the turn of a referral."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class List(TextChoices):
    """A view of the referrals somebody works with."""

    WORK = "work", pgettext_lazy("list", "My work")
    INBOX = "inbox", pgettext_lazy("list", "Inbox")
    OUTBOX = "outbox", pgettext_lazy("list", "Outbox")
    DRAFTS = "drafts", pgettext_lazy("list", "Drafts")
    OVERDUE = "overdue", pgettext_lazy("list", "Overdue")


class Part(TextChoices):
    """Why a referral stands on the work page: whose turn it is, or something beside the turn."""

    INCOMING = "incoming", pgettext_lazy("part", "Received, and waits for this side")
    OUTGOING = "outgoing", pgettext_lazy("part", "Sent or drafted here, and waits for this side")
    REVIEW = "review", pgettext_lazy("part", "Sent at once, to be reviewed")
    SIGNATURE = "signature", pgettext_lazy("part", "Second signature missing")
    CONSENT = "consent", pgettext_lazy("part", "Consent ends soon")
    DESTRUCTION = "destruction", pgettext_lazy("part", "Destruction to be attested")
    LISTED = "listed", pgettext_lazy("part", "In the list")
