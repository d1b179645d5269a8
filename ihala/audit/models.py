"""The log: what happened, who did it, whom it concerns. Rows are added and read, never changed or removed.

Events hold keys and codes, never a survivor's data, so the log needs no sealing to be harmless and no erasure to
be lawful. They have no foreign keys: a log outlives what it speaks of.
"""

import os
import time
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model


def event_id() -> UUID:
    """A UUID of version 7 (RFC 9562): ids of one process rise with its clock, so equal moments keep their order."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random)


SALT_BYTES = 16


def new_salt() -> bytes:
    """Random, so that nobody can guess an event from the hash of its leaf."""
    return os.urandom(SALT_BYTES)


class Event(Model):
    """One thing that happened in an organisation, or at its door (then it has no organisation yet)."""

    id = models.UUIDField(primary_key=True, default=event_id)
    at = models.DateTimeField()
    organisation_id = models.BigIntegerField(null=True)
    concerns_organisation_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField()
    membership_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32, blank=True)
    subject_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    referral_id = models.UUIDField(null=True)
    refusal = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)
    salt = models.BinaryField(default=new_salt, max_length=SALT_BYTES)

    sensitivity = {
        "id": KEY,
        "at": WHEN,
        "organisation_id": Clear("a key of an organisation"),
        "concerns_organisation_id": Clear("a key of an organisation"),
        "user_id": WHO,
        "membership_id": WHO,
        "name": CODE,
        "subject_kind": CODE,
        "subject_id": KEY,
        "case_id": KEY,
        "referral_id": KEY,
        "refusal": CODE,
        "detail": Clear("codes, keys and numbers; `record` refuses anything else"),
        "salt": Clear("random; who may read the event may check its leaf"),
    }

    class Meta:
        verbose_name = _("event")
        indexes = [
            models.Index(fields=["organisation_id", "-at", "-id"], name="log_of_organisation"),
            models.Index(fields=["concerns_organisation_id", "-at", "-id"], name="log_that_concerns"),
            models.Index(fields=["case_id", "-at"], name="log_of_case"),
            models.Index(fields=["referral_id", "-at"], name="log_of_referral"),
        ]
