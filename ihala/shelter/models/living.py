"""The life of a family in the house: the arrival worked through, nights away, and who is kept apart from whom."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sealed, SealedField, Sensitivity
from ihala.core.vocabulary import DisclosureClass

from ..enums import AbsenceKind, ArrivalItem
from .claims import FAMILY, Stay


class ArrivalCheck(Model):
    """One item of the arrival checklist is done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    stay = models.ForeignKey(Stay, models.PROTECT, related_name="checks")
    item = models.CharField(max_length=16, choices=ArrivalItem.choices)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "stay"), KEY),
        "item": CODE,
        "done_at": WHEN,
        "done_by": WHO,
    }

    class Meta:
        constraints: ClassVar = [UniqueConstraint(fields=["stay", "item"], name="arrival_item_once")]


class Absence(Model):
    """Away for some nights; `person` is null if the whole family is. The beds stay theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    stay = models.ForeignKey(Stay, models.PROTECT, related_name="absences")
    person = models.UUIDField(null=True)
    kind = models.CharField(max_length=16, choices=AbsenceKind.choices)
    left_at = models.DateTimeField()
    left_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    expected_on = models.DateField(null=True, blank=True)
    back_at = models.DateTimeField(null=True)
    back_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation", "stay"), KEY),
        "person": Clear("the key of a person in the organisation's own case"),
        "kind": CODE,
        **dict.fromkeys(("left_at", "expected_on", "back_at"), WHEN),
        **dict.fromkeys(("left_by", "back_by"), WHO),
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["stay", "person"],
                condition=Q(back_at=None),
                nulls_distinct=False,
                name="absence_one_open_per_person",
                violation_error_message=_("They are away already."),
            ),
            CheckConstraint(
                condition=Q(back_at=None, back_by=None) | Q(back_at__gte=F("left_at")),
                name="absence_back_after_left",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "expected_on"], condition=Q(back_at=None), name="absence_open"
            )
        ]


class KeepApartQuerySet(models.QuerySet["KeepApart"]):
    """Reads of the marks."""

    def of(self, family: uuid.UUID) -> "KeepApartQuerySet":
        """The marks in force that name this family."""
        return self.filter(Q(one=family) | Q(other=family), lifted_at=None).order_by("marked_at", "id")


class KeepApart(Model):
    """Two families must not live in the same house; why stands sealed. `one` is the smaller key, so a pair is one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    one = models.UUIDField()
    other = models.UUIDField()
    reason = SealedField()
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")

    objects = KeepApartQuerySet.as_manager()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "organisation"), KEY),
        **dict.fromkeys(("one", "other"), FAMILY),
        "reason": Sealed(DisclosureClass.SAFETY),
        **dict.fromkeys(("marked_at", "lifted_at"), WHEN),
        **dict.fromkeys(("marked_by", "lifted_by"), WHO),
    }

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(
                fields=["one", "other"],
                condition=Q(lifted_at=None),
                name="keep_apart_once",
                violation_error_message=_("These two are kept apart already."),
            ),
            CheckConstraint(condition=Q(one__lt=F("other")), name="keep_apart_pair_in_order"),
            CheckConstraint(
                condition=Q(lifted_by=None) | Q(lifted_at__isnull=False), name="keep_apart_lifted_by_when"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["other"], condition=Q(lifted_at=None), name="keep_apart_other")
        ]
