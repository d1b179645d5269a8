"""Two cases of one organisation that may be of one person, and what was decided.

Ids and codes only: nothing in these rows is made from a name. "The same person" links the two: both files stay as they
are, each shows the other, and one of them is marked as the one to go on with. Taken back, the link is gone.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from ihala.core.models import CODE, KEY, WHEN, WHO, Model, Sensitivity

from .enums import Decision, PairReason


class Pair(Model):
    """`one` has the smaller key, so that a pair stands here once. `primary`: the case to go on with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    one = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    other = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    reasons = ArrayField(models.CharField(max_length=12, choices=PairReason.choices), default=list)
    found_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True, default="")
    primary = models.ForeignKey("cases.Case", models.CASCADE, null=True, related_name="+")
    decided_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "one", "other", "primary"), KEY),
        **dict.fromkeys(("reasons", "decision"), CODE),
        **dict.fromkeys(("found_at", "decided_at"), WHEN),
        "decided_by": WHO,
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["one", "other"], name="pair_once"),
            CheckConstraint(condition=Q(one__lt=F("other")), name="pair_smaller_key_first"),
            CheckConstraint(
                condition=Q(decision=Decision.SAME, primary=F("one"))
                | Q(decision=Decision.SAME, primary=F("other"))
                | (~Q(decision=Decision.SAME) & Q(primary=None)),
                name="pair_primary_is_one_of_both",
            ),
            CheckConstraint(
                condition=Q(decision="", decided_by=None, decided_at=None)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="pair_decided_by_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "decision", "found_at"], name="pairs_in_order"),
            models.Index(fields=["other"], name="pairs_by_other"),
        ]


class PairsLook(Model):
    """Up to which write of a case an organisation's cases were compared with each other."""

    organisation = models.OneToOneField(
        "organisations.Organisation", models.CASCADE, primary_key=True, related_name="+"
    )
    until = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {"organisation": KEY, "until": WHEN}
