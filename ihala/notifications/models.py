"""The outbox: that something waits for an organisation, and who of it has seen that.

A row is addressed to an organisation and written by either side; only the addressed organisation reads it. It holds a
code and a key, nothing else.
"""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ihala.accounts.roles import Role
from ihala.core.models import CODE, KEY, WHEN, WHO, Model, Sensitivity
from ihala.organisations.models import Membership, Organisation

from .enums import Kind


class Notification(Model):
    """Something waits for members of an organisation: those with one of `roles`, or the one named."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+", null=True)
    subject_id = models.UUIDField(null=True)
    author = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    author_membership_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "subject_id", "author"), KEY),
        **dict.fromkeys(("kind", "roles"), CODE),
        **dict.fromkeys(("membership", "author_membership_id"), WHO),
        **dict.fromkeys(("created_at", "delivered_at"), WHEN),
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-created_at", "id"], name="notification_newest"),
            models.Index(
                fields=["created_at"],
                name="notification_undelivered",
                condition=models.Q(delivered_at=None),
            ),
        ]


class Seen(Model):
    """A member has seen a notification."""

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="seen")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "notification", "organisation"), KEY),
        "membership": WHO,
        "seen_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notification", "membership"], name="seen_once_per_member")
        ]
