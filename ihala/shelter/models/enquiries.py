"""Who could take this family tonight, asked before anybody is named: the question, and each organisation asked.

An asking knows a shape, not a family: how many of which sex and age band, and what the place must offer. Each shape is
answered once in a window of some hours, from then on with the same answer; and of different shapes one organisation
can ask another so many a day and no more, which the database counts (`asking_few_a_day`). Both see every asking.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sensitivity
from ihala.core.vocabulary import Category, Urgency

from ..fit_words import Verdict

MOST_A_DAY = 8
"""Shapes one organisation may ask another on one day. Tens of families a year are referred; who counts asks more."""

SHAPE = Clear("counts, sexes and age bands of who is to be housed, and needs of the place")


class Enquiry(Model):
    """One organisation asks those it has agreements with. Only the asker knows from which case, if from one.

    The category decides who may be asked (terms) and is told to nobody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.SET_NULL, null=True, related_name="+")
    shape = models.CharField(max_length=160)
    category = models.CharField(max_length=32, choices=Category.choices, default="")
    urgency = models.CharField(max_length=16, choices=Urgency.choices)
    services = ArrayField(models.CharField(max_length=32), default=list)
    window = models.DateTimeField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "case"), KEY),
        "shape": SHAPE,
        **dict.fromkeys(("category", "urgency", "services"), CODE),
        **dict.fromkeys(("window", "asked_at"), WHEN),
        "asked_by": WHO,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "-asked_at"], name="enquiry_newest")]


class Asking(Model):
    """One organisation was asked by another; written and answered in the name of the one asked, seen by both.

    `verdict` is empty while an answer by hand is awaited. `slot` numbers the shapes of one asker on one day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    asking = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    shape = models.CharField(max_length=160)
    window = models.DateTimeField()
    day = models.DateField()
    slot = models.PositiveSmallIntegerField()
    by_hand = models.BooleanField(default=False)
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    clauses = ArrayField(models.CharField(max_length=16), default=list)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "asked", "asking"), KEY),
        "shape": SHAPE,
        "slot": Clear("a counter"),
        **dict.fromkeys(("by_hand", "verdict", "clauses"), CODE),
        **dict.fromkeys(("window", "day", "at", "answered_at"), WHEN),
        "answered_by_id": WHO,
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["asked", "asking", "day", "slot"], name="asking_slot_once"),
            UniqueConstraint(fields=["asked", "asking", "shape", "window"], name="asking_same_answer"),
            CheckConstraint(condition=Q(slot__range=(1, MOST_A_DAY)), name="asking_few_a_day"),
            CheckConstraint(condition=~Q(asked=F("asking")), name="asking_somebody_else"),
            CheckConstraint(
                condition=Q(verdict="", answered_at=None, by_hand=True)
                | (~Q(verdict="") & Q(answered_at__isnull=False)),
                name="asking_answered_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked", "shape", "window"], name="asking_by_shape"),
            models.Index(fields=["asked", "-at"], name="asking_newest"),
        ]
