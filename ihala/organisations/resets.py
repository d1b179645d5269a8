"""The rows of lost second factors; `models.py` shows them with all others."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from ihala.core.models import CODE, KEY, WHEN, WHO, Model, Sensitivity

from .enums import ConfirmedBy


class SecondFactorReset(Model):
    """Somebody has lost their second factor: an administrator asks, a second person carries it out (decision 16)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    membership = models.ForeignKey("organisations.Membership", models.PROTECT, related_name="+")
    confirmed_how = models.CharField(max_length=16, choices=ConfirmedBy.choices)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("organisations.Membership", models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation"), KEY),
        **dict.fromkeys(("membership", "asked_by", "done_by"), WHO),
        "confirmed_how": CODE,
        **dict.fromkeys(("asked_at", "done_at"), WHEN),
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="reset_done_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("membership"))
                & (Q(done_by=None) | (~Q(done_by=F("asked_by")) & ~Q(done_by=F("membership")))),
                name="reset_by_two_others",
            ),
        ]
