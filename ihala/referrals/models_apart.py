"""Whom the survivor must be kept apart from: what the sender deposits for comparing, and each comparison made of it.

Nobody opens what is deposited: its secret waits under the release key as `KEEP_APART` and is used inside the key agent
only, which answers clear or look closer (mechanism, "Guards": the private match beside the telephone attestation).
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sealed, SealedField, Sensitivity
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Organisation

from .enums import Likeness

MOST_COMPARISONS = 3
"""For one referral: asking again and again, with other people in one's own cases, would find out a name by guessing."""


class PersonsDeposit(Model):
    """Names, telephones and documents of the persons of concern, as they were when the package was sealed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.CASCADE, related_name="persons_deposits")
    version = models.PositiveIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    people = SealedField()
    created_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation"), KEY),
        "version": Clear("a counter"),
        "people": Sealed(DisclosureClass.SAFETY),
        "created_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "version"], name="one_persons_deposit_per_version")
        ]


class Comparison(Model):
    """The receiver's own people were compared with a deposit; the answer is the receiver's alone."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.CASCADE, related_name="comparisons")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    result = models.CharField(max_length=8, choices=Likeness.choices)
    membership_id = models.BigIntegerField()
    at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation"), KEY),
        **dict.fromkeys(("number", "version"), Clear("a counter")),
        "result": CODE,
        "membership_id": WHO,
        "at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "organisation", "number"], name="comparison_once"),
            models.CheckConstraint(
                condition=Q(number__range=(1, MOST_COMPARISONS)), name="comparisons_are_few"
            ),
        ]
