"""Rows of a disclosure package beside its parts: copies of files, receipts. `models.py` shows them with all others."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from ihala.core.models import CODE, KEY, WHEN, Clear, Model, Sealed, SealedField, Sensitivity
from ihala.core.vocabulary import DisclosureClass, LegalBasis
from ihala.organisations.models import Organisation, Terms


class PackageFile(Model):
    """A piece of a file of the package: a copy, sealed under the package's own secret, so that it stays as sent."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    part = models.ForeignKey("referrals.PackagePart", models.CASCADE, related_name="files")
    attachment = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    body = SealedField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "part"), KEY),
        **dict.fromkeys(("attachment", "number"), Clear("a counter")),
        "body": Sealed(DisclosureClass.ATTACHMENTS),
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "attachment", "number"], name="one_piece_per_place")
        ]


class Receipt(Model):
    """Disclosure receipt: what was released to whom, on which consent or legal basis, under which terms."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.CASCADE, related_name="receipts")
    package_version = models.PositiveIntegerField()
    disclosure_class = models.CharField(max_length=16, choices=DisclosureClass.choices)
    recipient = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+")
    basis_kind = models.CharField(max_length=32, choices=LegalBasis.choices)
    basis_id = models.UUIDField()
    fields = models.JSONField(default=list)
    released_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "recipient", "terms", "basis_id"), KEY),
        "package_version": Clear("a counter"),
        **dict.fromkeys(("disclosure_class", "basis_kind"), CODE),
        "fields": Clear("names of questions with keyed hashes"),
        "released_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["referral", "package_version", "disclosure_class"], name="one_receipt_per_release"
            )
        ]
