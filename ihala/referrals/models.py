"""The one shared row between two private cases, seen by the receiver once `sent_at` is set, and what hangs on it.

What one side keeps to itself stands in `SideRecord` and `ReferralSide`, rows of that side. All content is sealed.
"""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ihala.cases import references
from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sealed, SealedField, Sensitivity
from ihala.core.vocabulary import Category, DisclosureClass, Kind, LegalBasis, Urgency
from ihala.organisations.models import Organisation, Terms

from . import enums, models_apart  # noqa: F401 — its models are this app's too
from .packages import PackageFile as PackageFile
from .packages import Receipt as Receipt
from .querysets import ReferralQuerySet


def new_reference() -> str:
    """An opaque reference that is easy to read out on the telephone."""
    return references.new_reference("R")


def _codes(choices: type[models.TextChoices], **kwargs: Any) -> ArrayField:
    code = models.CharField(max_length=32, choices=choices.choices)
    return ArrayField(code, default=list, blank=True, **kwargs)


class Referral(Model):
    """One organisation asks another to take or share the care of a survivor."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    sender = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    urgency = models.CharField(max_length=16, choices=Urgency.choices)
    category = models.CharField(max_length=24, choices=Category.choices)
    services = ArrayField(models.CharField(max_length=32), default=list)
    services_given = ArrayField(models.CharField(max_length=32), default=list)
    household = models.JSONField(default=list)
    classes = _codes(DisclosureClass)
    basis_kind = models.CharField(max_length=32, choices=LegalBasis.choices, blank=True)
    basis_id = models.UUIDField(null=True)
    basis_until = models.DateTimeField(null=True)
    signature_pending = models.BooleanField(default=False)

    state = models.CharField(max_length=24, choices=enums.State.choices, default=enums.State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    package_version = models.PositiveIntegerField(default=0)
    send_key = models.UUIDField(null=True, unique=True)
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    link = models.CharField(max_length=16, choices=enums.Link.choices, blank=True)

    waits_for_sender = models.BooleanField(default=True)
    waits_for_receiver = models.BooleanField(default=False)
    state_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    decide_due_at = models.DateTimeField(null=True)
    decide_left = models.DurationField(null=True)
    pauses = models.PositiveSmallIntegerField(default=0)
    review_due_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    plan_version = models.PositiveSmallIntegerField(default=0)
    eta = models.DateTimeField(null=True)
    plan_sender_at = models.DateTimeField(null=True)
    plan_receiver_at = models.DateTimeField(null=True)
    arrival_sender_at = models.DateTimeField(null=True)
    arrival_receiver_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    next_step_at = models.DateTimeField(null=True)
    check_closed_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    consent_withdrawn_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ReferralQuerySet.as_manager()
    only_read = False
    """Who asked reaches it through what they opened in an emergency alone (`ReferralQuerySet.telling_reach`)."""

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "reference", "sender", "receiver", "terms", "send_key", "origin", "basis_id"), KEY),
        **dict.fromkeys(
            ("kind", "urgency", "category", "services", "services_given", "classes", "basis_kind", "state", "link"),
            CODE,
        ),
        "household": Clear("counts, sexes and age bands of who is to be housed"),
        **dict.fromkeys(("version", "package_version", "plan_version", "pauses", "decide_left"), Clear("a counter")),
        **dict.fromkeys(("waits_for_sender", "waits_for_receiver", "signature_pending"), Clear("whose turn it is")),
        **dict.fromkeys(
            (
                "basis_until", "state_since", "due_at", "decide_due_at", "review_due_at", "created_at", "changed_at",
                "sent_at", "acknowledged_at", "accepted_at", "eta", "plan_sender_at", "plan_receiver_at",
                "arrival_sender_at", "arrival_receiver_at", "arrived_at", "next_step_at", "check_closed_at",
                "reviewed_at", "consent_withdrawn_at", "ended_at",
            ),
            WHEN,
        ),
    }  # fmt: skip

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(sender=F("receiver")),
                name="referral_two_organisations",
                violation_error_message=_("A referral goes to another organisation."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "awaiting_approval"], sent_at=None)
                | Q(state__in=["withdrawn", "entered_in_error", "consent_withdrawn"])
                | Q(sent_at__isnull=False),
                name="referral_sent_at_matches_state",
                violation_error_message=_("A sent referral carries the moment it was sent."),
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(terms__isnull=False),
                name="referral_pins_terms",
                violation_error_message=_("A referral is sent under the terms of an agreement."),
            ),
            models.CheckConstraint(
                condition=~Q(state="arrived")
                | Q(arrival_sender_at__isnull=False, arrival_receiver_at__isnull=False),
                name="referral_arrival_is_confirmed_twice",
                violation_error_message=_("An arrival is confirmed by both sides."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["receiver", "due_at", "id"], condition=Q(waits_for_receiver=True), name="ref_in_turn"
            ),
            models.Index(
                fields=["sender", "due_at", "id"], condition=Q(waits_for_sender=True), name="ref_out_turn"
            ),
            models.Index(fields=["receiver", "-changed_at", "id"], name="ref_in_changed"),
            models.Index(fields=["sender", "-changed_at", "id"], name="ref_out_changed"),
            models.Index(fields=["receiver", "due_at", "id"], condition=Q(ended_at=None), name="ref_in_open"),
            models.Index(fields=["sender", "due_at", "id"], condition=Q(ended_at=None), name="ref_out_open"),
        ]

    def __str__(self) -> str:
        return self.reference

    def side_of(self, organisation_id: int) -> enums.Side | None:
        """Which side the organisation is on; None for anybody else."""
        if organisation_id == self.sender_id:
            return enums.Side.SENDER
        return enums.Side.RECEIVER if organisation_id == self.receiver_id else None

    def other(self, organisation_id: int) -> int:
        """The id of the organisation across."""
        return self.receiver_id if organisation_id == self.sender_id else self.sender_id

    def across(self, organisation_id: int) -> Organisation:
        """That organisation itself."""
        return self.receiver if organisation_id == self.sender_id else self.sender


class ReferralSide(Model):
    """What one side keeps about the referral: its case, its author, whom it was given to, what it withheld."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="sides")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", models.SET_NULL, null=True, related_name="referral_sides")
    author_id = models.BigIntegerField(null=True)
    assigned_id = models.BigIntegerField(null=True)
    withheld = ArrayField(models.CharField(max_length=80), default=list)

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation", "case"), KEY),
        **dict.fromkeys(("author_id", "assigned_id"), WHO),
        "withheld": Clear("names of questions, never answers"),
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "organisation"], name="one_side_per_organisation")
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "assigned_id"], name="ref_side_assigned")]


class PackagePart(Model):
    """One class of one version of the disclosure package: a sealed snapshot, and each field's keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="parts")
    version = models.PositiveIntegerField()
    disclosure_class = models.CharField(max_length=16, choices=DisclosureClass.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    document = SealedField()
    fields = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation"), KEY),
        "version": Clear("a counter"),
        "disclosure_class": CODE,
        "document": Sealed(DisclosureClass.IDENTITY),
        "fields": Clear("names of questions with hashes keyed by the sealed document's own random key"),
        "created_at": WHEN,
        "created_by_id": WHO,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["referral", "version", "disclosure_class"], name="one_part_per_class"
            )
        ]


class StepTaken(Model):
    """One line of the timeline. `private_to` is set where a step concerns one side only."""

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="timeline")
    step = models.CharField(max_length=32, choices=enums.Step.choices)
    from_state = models.CharField(max_length=24, choices=enums.State.choices)
    to_state = models.CharField(max_length=24, choices=enums.State.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    private_to = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    membership_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=32, blank=True)
    note = SealedField()
    note_id = models.UUIDField(default=uuid4)
    at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation", "private_to", "note_id"), KEY),
        **dict.fromkeys(("step", "from_state", "to_state", "reason"), CODE),
        "membership_id": WHO,
        "note": Sealed(DisclosureClass.TRIAGE),
        "at": WHEN,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["referral", "id"], name="ref_timeline")]


class Message(Model):
    """A question or an answer; readable by both sides from sending on."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=16, choices=enums.MessageKind.choices)
    codes = _codes(enums.Question)
    text = SealedField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    membership_id = models.BigIntegerField()
    at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation"), KEY),
        **dict.fromkeys(("kind", "codes"), CODE),
        "text": Sealed(DisclosureClass.TRIAGE),
        "membership_id": WHO,
        "at": WHEN,
    }


class HandoverPlan(Model):
    """One version of the planned move; the last one counts and both sides confirm it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="plans")
    version = models.PositiveSmallIntegerField()
    eta = models.DateTimeField()
    details = SealedField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    membership_id = models.BigIntegerField()
    at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation"), KEY),
        "version": Clear("a counter"),
        **dict.fromkeys(("eta", "at"), WHEN),
        "details": Sealed(DisclosureClass.SAFETY),
        "membership_id": WHO,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "version"], name="one_plan_per_version")
        ]


class Report(Model):
    """Progress, outcome or safety check: what one side tells the other after acceptance."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=16, choices=enums.ReportKind.choices)
    codes = ArrayField(models.CharField(max_length=32), default=list)
    text = SealedField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    membership_id = models.BigIntegerField()
    at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation"), KEY),
        **dict.fromkeys(("kind", "codes"), CODE),
        "text": Sealed(DisclosureClass.TRIAGE),
        "membership_id": WHO,
        "at": WHEN,
    }


class SideRecord(Model):
    """What one side keeps to itself: return reasons, proposed declines, attestations, notes, next steps."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="records")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=enums.RecordKind.choices)
    code = models.CharField(max_length=32, blank=True)
    refused_by = models.CharField(max_length=16, choices=enums.RefusedBy.choices, blank=True)
    text = SealedField()
    linked = models.ForeignKey(Referral, models.SET_NULL, null=True, related_name="+")
    membership_id = models.BigIntegerField()
    at = models.DateTimeField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation", "linked"), KEY),
        **dict.fromkeys(("kind", "code", "refused_by"), CODE),
        "text": Sealed(DisclosureClass.NARRATIVE),
        "membership_id": WHO,
        "at": WHEN,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["referral", "kind", "at"], name="ref_side_record")]


class DestructionTask(Model):
    """After a withdrawal of consent the receiver attests what was destroyed or must be kept by law."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="destruction_tasks")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(null=True)
    kept_by_law = models.BooleanField(default=False)
    text = SealedField()

    sensitivity: ClassVar[Sensitivity] = {
        **dict.fromkeys(("id", "referral", "organisation"), KEY),
        **dict.fromkeys(("created_at", "done_at"), WHEN),
        "done_by_id": WHO,
        "kept_by_law": CODE,
        "text": Sealed(DisclosureClass.NARRATIVE),
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "organisation"], name="one_destruction_task"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by_id=None)
                | Q(done_at__isnull=False, done_by_id__isnull=False),
                name="destruction_task_who_and_when",
                violation_error_message=_("An attestation names who gave it and when."),
            ),
        ]
