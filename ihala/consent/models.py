"""What a survivor allowed: to whom, which classes, for what, until when, and how she said so.

A consent row is written once and never changed: renewing writes another one, withdrawing writes a row of its own, so
that nothing can stand in its way. A legal basis other than consent rests on two different people's signatures.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sealed, SealedField, Sensitivity
from ihala.core.vocabulary import CONSENTED, DisclosureClass, LegalBasis

from .enums import GivenBy, How, Purpose

DAY = Clear("a day: work lists show what expires")


def _codes(choices: type[models.TextChoices]) -> ArrayField:
    return ArrayField(models.CharField(max_length=32, choices=choices.choices), default=list)


class Consent(Model):
    """One consent, held by `organisation` for one case and one recipient. `details` is sealed with the case's
    *identity*: {"language", "interpreter", "witness", "guardian", "relation", "words"}."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="consents")
    recipient = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    basis = models.CharField(max_length=32, choices=[(b.value, b.label) for b in CONSENTED])
    classes = _codes(DisclosureClass)
    purposes = _codes(Purpose)
    given_by = models.CharField(max_length=16, choices=GivenBy)
    how = models.CharField(max_length=16, choices=How)
    given_on = models.DateField()
    until = models.DateField()
    renews = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    details = SealedField()
    recorded_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "case", "recipient", "renews"), KEY),
        **dict.fromkeys(("basis", "classes", "purposes", "given_by", "how"), CODE),
        **dict.fromkeys(("given_on", "until"), DAY),
        "details": Sealed(DisclosureClass.IDENTITY),
        "recorded_by": WHO,
        "recorded_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=~Q(recipient=F("organisation")),
                name="consent_for_another_organisation",
                violation_error_message=_("Consent is given for another organisation."),
            ),
            CheckConstraint(
                condition=Q(until__gte=F("given_on")),
                name="consent_ends_after_it_begins",
                violation_error_message=_(
                    "The last day of a consent cannot lie before the day it was given."
                ),
            ),
            CheckConstraint(
                condition=Q(basis=LegalBasis.CONSENT, given_by=GivenBy.SURVIVOR)
                | Q(basis=LegalBasis.GUARDIAN_CONSENT, given_by=GivenBy.GUARDIAN),
                name="consent_basis_fits_who_gave_it",
                violation_error_message=_("A guardian's consent is given by a guardian."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "recipient", "-recorded_at"], name="consent_newest")
        ]


class Withdrawal(Model):
    """She took a consent back. Either party records it; `organisation` is the consent's holder."""

    id = models.BigAutoField(primary_key=True)
    consent = models.OneToOneField(Consent, models.CASCADE, related_name="withdrawal")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    recorded_by_organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+"
    )
    recorded_by_membership = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()
    how = models.CharField(max_length=16, choices=How)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "consent", "organisation", "recorded_by_organisation"), KEY),
        "recorded_by_membership": WHO,
        "recorded_at": WHEN,
        "how": CODE,
    }


class LegalBasisRecord(Model):
    """A duty or order that allows the minimum set without consent, once two different people have signed.

    `details` is sealed with the case's *identity*: {"source", "note", "statements"}; statements are what a paper
    form says about sign-offs and count for nothing here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="legal_bases")
    recipient = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    type = models.CharField(
        max_length=32, choices=[(b.value, b.label) for b in LegalBasis if b not in CONSENTED]
    )
    classes = _codes(DisclosureClass)
    details = SealedField()
    recorded_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    first_sign_off_by = models.ForeignKey(
        "organisations.Membership", models.PROTECT, null=True, related_name="+"
    )
    first_sign_off_at = models.DateTimeField(null=True)
    second_sign_off_by = models.ForeignKey(
        "organisations.Membership", models.PROTECT, null=True, related_name="+"
    )
    second_sign_off_at = models.DateTimeField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "case", "recipient"), KEY),
        **dict.fromkeys(("type", "classes"), CODE),
        "details": Sealed(DisclosureClass.IDENTITY),
        **dict.fromkeys(("recorded_by", "first_sign_off_by", "second_sign_off_by"), WHO),
        **dict.fromkeys(("recorded_at", "first_sign_off_at", "second_sign_off_at"), WHEN),
    }

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=~Q(recipient=F("organisation")),
                name="legal_basis_for_another_organisation",
                violation_error_message=_("A legal basis allows disclosure to another organisation."),
            ),
            CheckConstraint(
                condition=Q(second_sign_off_by=None) | ~Q(second_sign_off_by=F("first_sign_off_by")),
                name="legal_basis_signed_by_two_people",
                violation_error_message=_("The second signature must be another person's."),
            ),
            CheckConstraint(
                condition=Q(first_sign_off_by=None, first_sign_off_at=None, second_sign_off_by=None)
                | Q(first_sign_off_by__isnull=False, first_sign_off_at__isnull=False),
                name="legal_basis_first_signature_first",
                violation_error_message=_("The first signature comes before the second."),
            ),
            CheckConstraint(
                condition=Q(second_sign_off_by=None, second_sign_off_at=None)
                | Q(second_sign_off_by__isnull=False, second_sign_off_at__isnull=False),
                name="legal_basis_second_signature_who_and_when",
                violation_error_message=_("A signature names who gave it and when."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "recipient", "-recorded_at"], name="legal_basis_newest")
        ]
