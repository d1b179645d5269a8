"""Requests for erasure, what keeps a case from it, and how long cases are kept.

An erasure is asked for by one person and confirmed by another. From the confirmation on it stands as intent, with the
salts it will destroy named by fingerprints; it is carried out as often as it takes. Its row outlives what it erased:
reference of the case, codes and moments, no name.
"""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from ihala.core.clock import now, today
from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sensitivity
from ihala.core.vocabulary import Category, DisclosureClass

from .enums import AskedBy, Ground, HoldReason, Standing, Unit

COPIES_LIVE = timedelta(days=7)
"""How long a copy of the shred salts lives (security, "Keys"): after that no copy of an erased salt is left."""


class Erasure(Model):
    """One erasure, from the request to the certificate."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="erasures")
    unit = models.CharField(max_length=8, choices=Unit)
    disclosure_class = models.CharField(max_length=16, choices=DisclosureClass, blank=True)
    person_id = models.UUIDField(null=True)
    person_role = models.CharField(max_length=20, blank=True)
    ground = models.CharField(max_length=20, choices=Ground)
    asked_by = models.CharField(max_length=16, choices=AskedBy)
    asked_on = models.DateField()
    ask_receivers = models.BooleanField(default=False)
    requested_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    cancelled_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    carried_out_at = models.DateTimeField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "case", "person_id"), KEY),
        **dict.fromkeys(
            ("unit", "disclosure_class", "person_role", "ground", "asked_by", "ask_receivers"), CODE
        ),
        "asked_on": Clear("a day: the law counts the days from it"),
        **dict.fromkeys(("requested_by", "cancelled_by", "confirmed_by"), WHO),
        **dict.fromkeys(("requested_at", "cancelled_at", "confirmed_at", "carried_out_at"), WHEN),
    }

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(unit=Unit.CASE, disclosure_class="", person_id=None)
                | (Q(unit=Unit.CLASS, person_id=None) & ~Q(disclosure_class=""))
                | Q(unit=Unit.PERSON, disclosure_class="", person_id__isnull=False),
                name="erasure_says_what",
                violation_error_message=_("Say what is to be erased."),
            ),
            CheckConstraint(
                condition=Q(confirmed_by=None) | Q(requested_by=None) | ~Q(confirmed_by=F("requested_by")),
                name="erasure_two_people",
                violation_error_message=_("Another person confirms an erasure."),
            ),
            CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, cancelled_at=None),
                name="erasure_confirmed_who_and_when",
                violation_error_message=_("A confirmation names who gave it and when."),
            ),
            CheckConstraint(
                condition=Q(carried_out_at=None) | Q(confirmed_at__isnull=False),
                name="erasure_carried_out_after_confirmation",
                violation_error_message=_("An erasure is confirmed before it is carried out."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-requested_at"], name="erasure_list"),
            models.Index(
                fields=["organisation"], condition=Q(confirmed_at__isnull=False, carried_out_at=None),
                name="erasure_under_way",
            ),
        ]  # fmt: skip

    @property
    def final_at(self) -> datetime | None:
        """When the last copy of the salts has aged out."""
        return None if self.carried_out_at is None else self.carried_out_at + COPIES_LIVE

    @property
    def standing(self) -> Standing:
        """Where it stands now."""
        if self.cancelled_at is not None:
            return Standing.CANCELLED
        if self.confirmed_at is None:
            return Standing.REQUESTED
        if self.final_at is None:
            return Standing.CONFIRMED
        return Standing.FINAL if self.final_at <= now() else Standing.CARRIED_OUT


class Target(Model):
    """Salts that an erasure destroys: all of a case (`parts` is null), or parts of a case or of a referral."""

    id = models.BigAutoField(primary_key=True)
    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="targets")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    root = models.UUIDField()
    of_case = models.BooleanField()
    parts = ArrayField(models.CharField(max_length=64), null=True)
    prints = ArrayField(models.CharField(max_length=32), null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "erasure", "organisation", "root"), KEY),
        "of_case": CODE,
        "parts": Clear("disclosure classes and keys of persons"),
        "prints": Clear("hashes of random salts"),
    }

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(parts=None, prints=None) | Q(parts__isnull=False, prints__isnull=False),
                name="target_parts_with_prints",
                violation_error_message=_("Parts are named with their fingerprints."),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["root"], name="target_root")]

    @property
    def by_part(self) -> dict[str, str] | None:
        """Part → fingerprint, as the vault takes it; None for all."""
        if self.parts is None or self.prints is None:
            return None
        return dict(zip(self.parts, self.prints, strict=True))


class LegalHold(Model):
    """The law makes the organisation keep a case: nothing of it is erased until the hold is lifted or over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=16, choices=HoldReason)
    until = models.DateField(null=True, blank=True)
    placed_by = models.ForeignKey("organisations.Membership", models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "case"), KEY),
        "reason": CODE,
        "until": WHEN,
        **dict.fromkeys(("placed_by", "lifted_by"), WHO),
        **dict.fromkeys(("placed_at", "lifted_at"), WHEN),
    }

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(lifted_by=None, lifted_at=None)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="hold_lifted_who_and_when",
                violation_error_message=_("Lifting names who did it and when."),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["case"], condition=Q(lifted_at=None), name="hold_of_case")]

    @property
    def is_live(self) -> bool:
        """Does it hold today?"""
        return self.lifted_at is None and (self.until is None or self.until >= today())


class RetentionRule(Model):
    """How long the organisation keeps closed cases of one category: years, and for minors until an age at least."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=Category)
    years = models.PositiveSmallIntegerField()
    minors_until = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey("organisations.Membership", models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation"), KEY),
        "category": CODE,
        **dict.fromkeys(("years", "minors_until"), Clear("a rule of the organisation, about no person")),
        "set_by": WHO,
        "set_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["organisation", "category"], name="retention_once_per_category")
        ]
