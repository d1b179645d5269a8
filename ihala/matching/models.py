"""Questions of colleagues about a case they may not open, and whether an organisation lets them be told of one.

Ids, codes and moments only: whom it is about stands in the case, what was typed stands nowhere.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sensitivity

from .enums import Answer
from .models_joint import JointCount
from .models_known import KnownQuestion, KnownSide
from .models_pairs import Pair, PairsLook

__all__ = ["JointCount", "KnownQuestion", "KnownSide", "Pair", "PairsLook", "Question", "SearchRule"]


class SearchRule(Model):
    """What an organisation lets its people be told. Without a row nobody is told of a case they may not open."""

    organisation = models.OneToOneField(
        "organisations.Organisation", models.CASCADE, primary_key=True, related_name="+"
    )
    tells_colleagues = models.BooleanField(default=False)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("organisations.Membership", models.PROTECT, related_name="+")

    sensitivity: ClassVar[Sensitivity] = {
        "organisation": KEY,
        "tells_colleagues": Clear("a rule of the organisation"),
        "set_at": WHEN,
        "set_by": WHO,
    }


class Question(Model):
    """A colleague asks those who work on a case whether there is something to know."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    asked_by = models.ForeignKey("organisations.Membership", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, default="", blank=True)
    answered_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "case"), KEY),
        **dict.fromkeys(("asked_by", "answered_by"), WHO),
        **dict.fromkeys(("asked_at", "answered_at"), WHEN),
        "answer": CODE,
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["case", "asked_by"], condition=Q(answer=""), name="question_open_once"),
            CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="question_answered_by_when",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "-asked_at"], name="questions_newest")]
