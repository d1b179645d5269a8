"""Who has which bed from when until when.

A *claim* is one family's (or a void's) hold on some beds of one unit for one period; its beds stand in `ClaimedBed`
with the same period, copied by a foreign key that follows every change. Three constraints of the database make a
double booking impossible, whatever the code does:

- a bed is in one claim at a time (exclusion on `ClaimedBed`), be it hold, stay or void;
- a unit that is not shared is in one family's claim at a time (exclusion on `Claim`);
- a claimed bed belongs to the claim's unit, and all of it to one organisation (composite foreign keys).

A period is `[starts_at, ends_at)`; what has no end yet ends `FAR` away, so that a person does not vanish from her bed
because a planned day has passed. Claims are never removed: they are the history, the board and the pictures.
"""

import uuid
from datetime import UTC, datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, UniqueConstraint, Value
from django.utils.translation import gettext_lazy as _

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sealed, SealedField, Sensitivity
from ihala.core.vocabulary import DisclosureClass

from ..enums import (
    ClaimKind,
    DepartureType,
    Destination,
    ExtendReason,
    FreeReason,
    HoldEnd,
    MoveReason,
    VoidReason,
)
from .places import Bed, Unit

FAR = datetime(9000, 1, 1, tzinfo=UTC)
"""The end of what has no end yet; a value and not null, since a foreign key does not follow nulls."""

FAMILY = Clear(
    "the key of the organisation's own case; no foreign key, so that a stay is counted after erasure"
)


class Hold(Model):
    """Beds kept for a family until a moment. `backs` is what the hold is for (a referral), as notices name it;
    `tells` is another organisation that is warned too when the hold nears its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    family = models.UUIDField()
    backs = models.UUIDField(null=True)
    tells = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField()
    warn_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    ended_how = models.CharField(max_length=8, choices=HoldEnd.choices, default="", blank=True)
    free_reason = models.CharField(max_length=16, choices=FreeReason.choices, default="", blank=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "tells"), KEY),
        "family": FAMILY,
        "backs": KEY,
        **dict.fromkeys(("made_at", "until", "warn_at", "warned_at", "ended_at"), WHEN),
        **dict.fromkeys(("made_by", "ended_by"), WHO),
        **dict.fromkeys(("ended_how", "free_reason"), CODE),
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["family"], condition=Q(ended_at=None), name="hold_one_live_per_family"),
            CheckConstraint(condition=Q(until__gt=F("made_at")), name="hold_until_after_made"),
            CheckConstraint(
                condition=Q(ended_at=None, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="hold_ended_when_and_how",
            ),
            CheckConstraint(
                condition=(Q(ended_how=HoldEnd.FREED) & ~Q(free_reason=""))
                | (~Q(ended_how=HoldEnd.FREED) & Q(free_reason="")),
                name="hold_freed_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "until"], condition=Q(ended_at=None), name="hold_live"),
            models.Index(fields=["warn_at"], condition=Q(ended_at=None), name="hold_due"),
            models.Index(fields=["backs"], condition=Q(ended_at=None), name="hold_backs"),
        ]


class Stay(Model):
    """A family lives here. `planned_until` is a plan: the beds are hers until she has departed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    family = models.UUIDField()
    hold = models.OneToOneField(Hold, models.PROTECT, null=True, related_name="stay")
    arrived_at = models.DateTimeField()
    admitted_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    planned_until = models.DateField(null=True, blank=True)
    rules_language = models.CharField(max_length=16, default="", blank=True)
    belongings = SealedField()
    belongings_back_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    departed_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    departure = models.CharField(max_length=16, choices=DepartureType.choices, default="", blank=True)
    destination = models.CharField(max_length=20, choices=Destination.choices, default="", blank=True)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "hold"), KEY),
        "family": FAMILY,
        **dict.fromkeys(("arrived_at", "planned_until", "belongings_back_at", "departed_at"), WHEN),
        **dict.fromkeys(("admitted_by", "departed_by"), WHO),
        "rules_language": CODE,
        "belongings": Sealed(DisclosureClass.NARRATIVE),
        **dict.fromkeys(("departure", "destination"), CODE),
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["family"], condition=Q(departed_at=None), name="stay_one_live_per_family"
            ),
            CheckConstraint(
                condition=Q(departed_at=None, departure="", destination="", departed_by=None)
                | (Q(departed_at__gte=F("arrived_at")) & ~Q(departure="") & ~Q(destination="")),
                name="stay_departed_how_and_where_to",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "planned_until"], condition=Q(departed_at=None), name="stay_live"
            ),
            models.Index(fields=["organisation", "arrived_at"], name="stay_arrivals"),
            models.Index(fields=["organisation", "departed_at"], name="stay_departures"),
        ]


class Void(Model):
    """Beds are out of use; `whole_unit` if the unit as such is (a bed added later is then out of use too).

    `ended_at` may lie ahead: the turnaround after a departure ends by itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16, choices=VoidReason.choices)
    whole_unit = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation"), KEY),
        **dict.fromkeys(("reason", "whole_unit"), CODE),
        **dict.fromkeys(("begun_at", "ended_at"), WHEN),
        **dict.fromkeys(("begun_by", "ended_by"), WHO),
    }

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="void_ended_by_when"
            ),
        ]


def _point(field: str) -> Func:
    """A number as a range of one: without the extension btree_gist an exclusion knows ranges only."""
    return Func(F(field), F(field), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def _period() -> Func:
    return Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField())


class Claim(Model):
    """Some beds of one unit are taken for one period, by exactly one of a hold, a stay or a void."""

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="claims")
    shared = models.BooleanField()
    kind = models.CharField(max_length=4, choices=ClaimKind.choices)
    family = models.UUIDField(null=True)
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="claims")
    stay = models.ForeignKey(Stay, models.PROTECT, null=True, related_name="claims")
    void = models.ForeignKey(Void, models.PROTECT, null=True, related_name="claims")
    reason = models.CharField(max_length=16, choices=MoveReason.choices, default="", blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "unit", "hold", "stay", "void"), KEY),
        "shared": Clear("the unit's own mark, kept equal by the database"),
        "kind": CODE,
        "family": FAMILY,
        "reason": CODE,
        **dict.fromkeys(("starts_at", "ends_at"), WHEN),
    }

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(
                    kind=ClaimKind.HOLD, hold__isnull=False, stay=None, void=None, family__isnull=False
                )
                | Q(kind=ClaimKind.STAY, hold=None, stay__isnull=False, void=None, family__isnull=False)
                | Q(kind=ClaimKind.VOID, hold=None, stay=None, void__isnull=False, family=None),
                name="claim_of_one_kind",
            ),
            CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="claim_ends_after_it_starts"),
            ExclusionConstraint(
                name="unit_one_family_at_a_time",
                expressions=[
                    (_point("unit_id"), RangeOperators.OVERLAPS),
                    (_period(), RangeOperators.OVERLAPS),
                ],
                condition=Q(shared=False) & ~Q(kind=ClaimKind.VOID),
                violation_error_message=_("Another family has this unit then."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "ends_at"], name="claim_by_end"),
            models.Index(fields=["unit", "ends_at"], name="claim_of_unit"),
        ]


class ClaimedBed(Model):
    """One bed of a claim; unit, organisation and period are the claim's. `person` is who sleeps in it, once told."""

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="beds")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    bed = models.ForeignKey(Bed, models.PROTECT, related_name="claimed")
    person = models.UUIDField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "claim", "unit", "bed"), KEY),
        "person": Clear("the key of a person in the organisation's own case"),
        **dict.fromkeys(("starts_at", "ends_at"), WHEN),
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["claim", "bed"], name="claimed_bed_once"),
            UniqueConstraint(fields=["claim", "person"], name="claimed_bed_per_person"),
            ExclusionConstraint(
                name="bed_one_claim_at_a_time",
                expressions=[
                    (_point("bed_id"), RangeOperators.OVERLAPS),
                    (_period(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This bed is taken then."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "ends_at"], name="claimed_bed_by_end"),
            models.Index(fields=["bed", "ends_at"], name="claimed_bed_of_bed"),
        ]


class Extension(Model):
    """The end of a hold, or the planned end of a stay, was moved; why, by whom and from when to when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="extensions")
    stay = models.ForeignKey(Stay, models.PROTECT, null=True, related_name="extensions")
    before = models.DateTimeField(null=True)
    after = models.DateTimeField()
    reason = models.CharField(max_length=16, choices=ExtendReason.choices)
    at = models.DateTimeField()
    by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "hold", "stay"), KEY),
        **dict.fromkeys(("before", "after", "at"), WHEN),
        "reason": CODE,
        "by": WHO,
    }

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(condition=Q(hold=None) ^ Q(stay=None), name="extension_of_hold_or_stay"),
        ]
