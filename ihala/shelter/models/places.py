"""Houses, their units, and the beds in them.

Where a house is stands sealed (class *safety*) and never leaves its organisation: its only grant is the
organisation's own, and the database refuses any other. In clear is a short neutral code that says nothing.
Who may live in a unit are hints for those who place a family, never a hard stop (mechanism, "Coded reasons").
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sealed, SealedField, Sensitivity
from ihala.core.vocabulary import DisclosureClass, Sex

from ..enums import BedKind, MaintenanceKind, UnitKind

SAFETY = Sealed(DisclosureClass.SAFETY)
NEUTRAL = Clear("a short neutral code of capital letters and digits; it names no place")
HINT = Clear("who a unit suits; a hint for those who place a family")
CODE_PATTERN = r"^[A-Z0-9]{1,4}(-[A-Z0-9]{1,4})?$"


def both_sexes() -> list[str]:
    """Women and men, girls and boys."""
    return [Sex.FEMALE.value, Sex.MALE.value]


class House(Model):
    """A building of one organisation. `turnaround_hours`: how long a bed is made ready after a departure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    code = models.CharField(max_length=9)
    turnaround_hours = models.PositiveSmallIntegerField(default=0)
    name = SealedField()
    address = SealedField()
    created_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation"), KEY),
        "code": NEUTRAL,
        "turnaround_hours": Clear("hours a bed is made ready after a departure"),
        **dict.fromkeys(("name", "address"), SAFETY),
        "created_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["organisation", "code"], name="house_code_once"),
            CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="house_code_is_neutral"),
            CheckConstraint(condition=Q(turnaround_hours__lte=168), name="house_turnaround_within_a_week"),
        ]


class Unit(Model):
    """A flat or a room. Unless `shared`, one family at a time lives in it or has it held; the database sees to it."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    house = models.ForeignKey(House, models.PROTECT, related_name="units")
    code = models.CharField(max_length=9)
    kind = models.CharField(max_length=16, choices=UnitKind.choices)
    shared = models.BooleanField(default=False)
    wheelchair = models.BooleanField(default=False)
    ground_floor = models.BooleanField(default=False)
    sexes = ArrayField(models.CharField(max_length=10, choices=Sex.choices), default=both_sexes)
    ages_from = models.PositiveSmallIntegerField(null=True, blank=True)
    ages_to = models.PositiveSmallIntegerField(null=True, blank=True)
    boys_until = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "key", "organisation", "house"), KEY),
        "code": NEUTRAL,
        "kind": CODE,
        "shared": Clear("whether several families may live in it"),
        **dict.fromkeys(("wheelchair", "ground_floor"), Clear("how the unit is reached")),
        **dict.fromkeys(("sexes", "ages_from", "ages_to", "boys_until"), HINT),
        "version": Clear("a counter"),
        "created_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["house", "code"], name="unit_code_once"),
            CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="unit_code_is_neutral"),
            CheckConstraint(condition=Q(sexes__len__gt=0), name="unit_takes_somebody"),
            CheckConstraint(
                condition=Q(ages_from=None) | Q(ages_to=None) | Q(ages_to__gte=F("ages_from")),
                name="unit_ages_in_order",
                violation_error_message=_("The upper age is not below the lower one."),
            ),
        ]


class Bed(Model):
    """One place to sleep. Beds are never removed: a bed that is gone is out of use for good."""

    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="beds")
    code = models.CharField(max_length=9)
    kind = models.CharField(max_length=4, choices=BedKind.choices, default=BedKind.BED)
    created_at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "unit"), KEY),
        "code": NEUTRAL,
        "kind": CODE,
        "created_at": WHEN,
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["unit", "code"], name="bed_code_once"),
            CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="bed_code_is_neutral"),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "unit"], name="bed_of_organisation")]


class Maintenance(Model):
    """Something is to be repaired in a unit. Whether beds are out of use meanwhile is a `Void` of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="maintenance")
    kind = models.CharField(max_length=16, choices=MaintenanceKind.choices)
    note = SealedField()
    planned_on = models.DateField(null=True, blank=True)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "unit"), KEY),
        "kind": CODE,
        "note": SAFETY,
        **dict.fromkeys(("planned_on", "reported_at", "done_at"), WHEN),
        **dict.fromkeys(("reported_by", "done_by"), WHO),
    }

    class Meta:
        constraints: ClassVar = [
            CheckConstraint(
                condition=Q(done_by=None) | Q(done_at__isnull=False), name="maintenance_done_by_when"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "planned_on"],
                condition=Q(done_at=None),
                name="maintenance_open",
            )
        ]
