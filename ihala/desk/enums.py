"""The lists of the work page, and what can be done beside the turn of a referral."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class List(TextChoices):
    """A view of the referrals somebody works with."""

    WORK = "work", pgettext_lazy("list", "My work")
    INBOX = "inbox", pgettext_lazy("list", "Inbox")
    OUTBOX = "outbox", pgettext_lazy("list", "Outbox")
    DRAFTS = "drafts", pgettext_lazy("list", "Drafts")
    OVERDUE = "overdue", pgettext_lazy("list", "Overdue")


class Part(StrEnum):
    """Why a referral stands on the work page: whose turn it is, or something beside the turn."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    REVIEW = "review"
    SIGNATURE = "signature"
    CONSENT = "consent"
    DESTRUCTION = "destruction"
    LISTED = "listed"
