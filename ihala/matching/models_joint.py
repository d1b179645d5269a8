"""How many survivors two organisations both served in a year: who proposed and agreed, and the count as it may be told.

The exact number stands nowhere: the key agent rounds it, or says that it is too small, before it answers.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from ihala.core.models import KEY, WHEN, WHO, Clear, Model, Sensitivity

from .limits import TOLD_FROM


class JointCount(Model):
    """One year of two organisations (`a` has the smaller key). `told` is empty when too few to be told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    a = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    b = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    proposed_by = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    proposer_id = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    answerer_id = models.BigIntegerField(null=True)
    agreed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)
    broke_off_at = models.DateTimeField(null=True)
    told = models.PositiveIntegerField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "a", "b", "proposed_by"), KEY),
        "year": Clear("the period that is counted"),
        **dict.fromkeys(("proposer_id", "answerer_id"), WHO),
        **dict.fromkeys(("proposed_at", "agreed_at", "refused_at", "counted_at", "broke_off_at"), WHEN),
        "told": Clear("a rounded count of many, empty where it is small"),
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["a", "b", "year"],
                condition=Q(refused_at=None, broke_off_at=None),
                name="joint_once_a_year",
            ),
            CheckConstraint(condition=Q(a__lt=F("b")), name="joint_smaller_key_first"),
            CheckConstraint(condition=Q(agreed_at=None) | Q(refused_at=None), name="joint_agreed_or_refused"),
            CheckConstraint(
                condition=Q(counted_at=None) | Q(agreed_at__isnull=False), name="joint_agreed_first"
            ),
            CheckConstraint(
                condition=Q(told=None) | Q(counted_at__isnull=False), name="joint_told_when_counted"
            ),
            CheckConstraint(
                condition=Q(told=None) | Q(told__gte=TOLD_FROM), name="joint_not_told_when_small"
            ),
        ]
