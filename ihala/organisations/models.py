"""Organisations, who works for them, when they work, and what two of them have signed.

The directory of organisations is readable by all; everything else stands behind a policy: memberships, calendars and
rotas belong to one organisation (a calendar is also readable by whoever has an agreement with it, since deadlines
follow it, and so are the lines on which it is reached), agreements and terms to their two parties.
"""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from ihala.accounts.models import User
from ihala.accounts.roles import Role
from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sensitivity

from .actor import Actor, Request, in_readers_language
from .enums import Emirate, TermsEnd, TermsStatus
from .resets import SecondFactorReset
from .telephones import Telephones

__all__ = [
    "Actor", "Agreement", "Calendar", "DutyShift", "Holiday", "Membership", "Organisation", "Request",
    "SecondFactorReset", "Telephones", "Terms",
]  # fmt: skip


def usual_weekend() -> list[int]:
    """Saturday and Sunday."""
    return [5, 6]


class Organisation(Model):
    """A party that shelters or serves."""

    code = models.SlugField(max_length=32, unique=True)
    name_ar = models.CharField(_("Name in Arabic"), max_length=200)
    name_en = models.CharField(_("Name in English"), max_length=200)
    emirate = models.CharField(_("Emirate"), max_length=20, choices=Emirate.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        "id": KEY,
        "code": CODE,
        **dict.fromkeys(
            ("name_ar", "name_en", "emirate"), Clear("the public name of an institution and its emirate")
        ),
        "is_active": Clear("whether the organisation takes part"),
        "created_at": WHEN,
    }

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_readers_language(self.name_ar, self.name_en)


class Membership(Model):
    """A person works for an organisation, with roles and under a name."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices))
    name_ar = models.CharField(_("Name in Arabic"), max_length=120)
    name_en = models.CharField(_("Name in English"), max_length=120)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "user", "organisation"), KEY),
        "roles": CODE,
        **dict.fromkeys(
            ("name_ar", "name_en"), Clear("a staff member's name, read by their own organisation only")
        ),
        "active": Clear("whether the person works there now"),
        **dict.fromkeys(("created_at", "ended_at"), WHEN),
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(active=True),
                name="membership_one_active_per_user",
                violation_error_message=_("This person works for an organisation already."),
            ),
            models.CheckConstraint(
                condition=Q(active=True, ended_at=None) | Q(active=False, ended_at__isnull=False),
                name="membership_ended_at_matches_active",
                violation_error_message=_("An ended membership carries the moment it ended."),
            ),
            models.CheckConstraint(
                condition=Q(roles__len__gt=0),
                name="membership_has_a_role",
                violation_error_message=_("Choose at least one role."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "active"], name="membership_of_organisation")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The person's name in the reader's language."""
        return in_readers_language(self.name_ar, self.name_en)

    @property
    def role_labels(self) -> list[str]:
        """The roles in the reader's language, in the order of the roles' table."""
        return [str(role.label) for role in Role if role in self.roles]


class Calendar(Model):
    """When an organisation works; `opens` and `closes` in Dubai's time, `weekend` by Python's numbers, Monday = 0."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, primary_key=True, related_name="calendar"
    )
    opens = models.TimeField(_("Opens"), default=time(8))
    closes = models.TimeField(_("Closes"), default=time(16))
    weekend = ArrayField(models.PositiveSmallIntegerField(), default=usual_weekend, blank=True)

    sensitivity: ClassVar[Sensitivity] = {
        "organisation": KEY,
        **dict.fromkeys(("opens", "closes", "weekend"), Clear("office hours, that deadlines are counted by")),
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="calendar_opens_before_it_closes",
                violation_error_message=_("The working day ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(weekend__len__lt=7) & Q(weekend__contained_by=list(range(7))),
                name="calendar_leaves_a_working_day",
                violation_error_message=_("At least one day of the week is a working day."),
            ),
        ]


class Holiday(Model):
    """A whole day on which an organisation does not work."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="holidays")
    on = models.DateField(_("Day"))
    name_ar = models.CharField(_("Name in Arabic"), max_length=120)
    name_en = models.CharField(_("Name in English"), max_length=120)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation"), KEY),
        "on": WHEN,
        **dict.fromkeys(("name_ar", "name_en"), Clear("the name of a public holiday")),
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "on"],
                name="holiday_once_a_day",
                violation_error_message=_("This day is a holiday already."),
            )
        ]

    @property
    def name(self) -> str:
        """The holiday's name in the reader's language."""
        return in_readers_language(self.name_ar, self.name_en)


def _point_range(field: str) -> Func:
    return Func(F(field), F(field), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class DutyShift(Model):
    """Somebody answers the inbox from a moment until another."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "membership"), KEY),
        **dict.fromkeys(("starts_at", "ends_at"), WHEN),
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="shift_ends_after_it_starts",
                violation_error_message=_("A shift ends after it begins."),
            ),
            # Without the extension btree_gist the member becomes a range of one number.
            ExclusionConstraint(
                name="shift_once_at_a_time",
                expressions=[
                    (_point_range("membership_id"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person is on duty then already."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "starts_at"], name="shift_of_organisation")]


class Agreement(Model):
    """The memorandum between two organisations; `a` is the one with the smaller id, so a pair has one agreement."""

    a = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    b = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {**dict.fromkeys(("id", "a", "b"), KEY), "created_at": WHEN}

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["a", "b"], name="agreement_once_per_pair"),
            models.CheckConstraint(
                condition=Q(a__lt=F("b")),
                name="agreement_pair_in_order",
                violation_error_message=_("An agreement is between two organisations."),
            ),
        ]

    def other(self, organisation_id: int) -> Organisation:
        """The party across."""
        return self.b if organisation_id == self.a_id else self.a

    def parties(self) -> tuple[Organisation, Organisation]:
        """Both parties."""
        return self.a, self.b


class Terms(Model):
    """One version of an agreement's terms, as data (`terms.py` reads it). Never changed once proposed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    data = models.JSONField()
    proposed_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    proposer_id = models.BigIntegerField()
    proposer_ar = models.CharField(max_length=120)
    proposer_en = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    countersigned_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    countersigner_id = models.BigIntegerField(null=True)
    countersigner_ar = models.CharField(max_length=120, blank=True)
    countersigner_en = models.CharField(max_length=120, blank=True)
    active_from = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, choices=TermsEnd.choices, blank=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "agreement", "proposed_by", "countersigned_by"), KEY),
        "version": Clear("a counter"),
        "data": Clear("the clauses of an agreement; nothing about any person"),
        **dict.fromkeys(("proposer_id", "countersigner_id"), WHO),
        **dict.fromkeys(
            ("proposer_ar", "proposer_en", "countersigner_ar", "countersigner_en"),
            Clear("the name under a signature, for both parties to read"),
        ),
        **dict.fromkeys(("proposed_at", "active_from", "ended_at"), WHEN),
        "end_reason": CODE,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "version"], name="terms_version_once"),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(active_from__isnull=False, ended_at=None),
                name="terms_one_active",
                violation_error_message=_("One version of the terms is in force at a time."),
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(active_from=None, ended_at=None),
                name="terms_one_proposal",
                violation_error_message=_("One proposal waits for a signature at a time."),
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by=None, countersigner_id=None, active_from=None)
                | (
                    Q(
                        countersigned_by__isnull=False,
                        countersigner_id__isnull=False,
                        active_from__isnull=False,
                    )
                    & ~Q(countersigned_by=F("proposed_by"))
                ),
                name="terms_countersigned_by_the_other",
                violation_error_message=_("The other party countersigns."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="terms_end_has_a_reason",
                violation_error_message=_("Ended terms say when and why."),
            ),
        ]

    @property
    def status(self) -> TermsStatus:
        """Proposed, in force, or ended."""
        if self.ended_at is not None:
            return TermsStatus.ENDED
        return TermsStatus.PROPOSED if self.active_from is None else TermsStatus.ACTIVE

    @property
    def proposer(self) -> str:
        """The name under the proposer's signature."""
        return in_readers_language(self.proposer_ar, self.proposer_en)

    @property
    def countersigner(self) -> str:
        """The name under the countersignature."""
        return in_readers_language(self.countersigner_ar, self.countersigner_en)
