"""Whether a survivor is known to the other organisation: the question, the answer, and who asked and said what.

Nothing of the comparison is kept. Which case is meant stands in a row of each side's own, which the other cannot
read. The database counts how much is asked, and lets each side write its own word alone (`0005_known_walls`).
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sensitivity

from .enums import Result, Says
from .limits import MOST_A_DAY, MOST_A_PERSON


class KnownQuestion(Model):
    """One organisation asked another about one survivor. `slot` counts what the organisation asked that day, `turn`
    what the person did. `result` follows from what both sides say where it was to be looked at closer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asking = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    asked = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    day = models.DateField()
    slot = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField()
    asked_by_id = models.BigIntegerField()
    at = models.DateTimeField()
    result = models.CharField(max_length=8, choices=Result.choices)
    asking_says = models.CharField(max_length=8, choices=Says.choices, blank=True, default="")
    asked_says = models.CharField(max_length=8, choices=Says.choices, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "asking", "asked"), KEY),
        **dict.fromkeys(("slot", "turn"), Clear("a counter")),
        **dict.fromkeys(("result", "asking_says", "asked_says"), CODE),
        **dict.fromkeys(("day", "at", "settled_at"), WHEN),
        "asked_by_id": WHO,
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["asking", "asked", "day", "slot"], name="known_slot_once"),
            UniqueConstraint(
                fields=["asking", "asked", "day", "asked_by_id", "turn"], name="known_turn_once"
            ),
            CheckConstraint(condition=Q(slot__range=(1, MOST_A_DAY)), name="known_few_a_day"),
            CheckConstraint(condition=Q(turn__range=(1, MOST_A_PERSON)), name="known_few_a_person"),
            CheckConstraint(condition=~Q(asked=F("asking")), name="known_somebody_else"),
            CheckConstraint(
                condition=Q(result=Result.CLOSER, settled_at=None)
                | (~Q(result=Result.CLOSER) & Q(settled_at__isnull=False)),
                name="known_settled_with_a_result",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked", "-at"], name="known_asked_newest"),
            models.Index(fields=["asking", "asked_by_id", "-at"], name="known_own_newest"),
        ]


class KnownSide(Model):
    """What is one side's own: which of its cases is meant, and who said what about it."""

    id = models.BigAutoField(primary_key=True)
    question = models.ForeignKey(KnownQuestion, models.CASCADE, related_name="sides")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    said_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "question", "organisation", "case"), KEY),
        "said_by": WHO,
        "said_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["question", "organisation"], name="known_one_case_a_side")
        ]
