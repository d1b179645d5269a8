"""A case: one organisation's own file about a survivor, her companions and the persons of concern.

No other organisation ever reads these rows. Who inside the organisation may, stands in `Access` (need to know). What
describes a person is sealed, one column per disclosure class holding a JSON object of field key → value.
"""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, UniqueConstraint

from ihala.accounts.roles import Permission, Role
from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model, Sealed, SealedField, Sensitivity
from ihala.core.vocabulary import AgeBand, Category, DisclosureClass, Sex

from .enums import AccessReason, CaseState, CloseReason, EmergencyFinding, EmergencyReason, PersonRole

if TYPE_CHECKING:
    from ihala.organisations.models import Actor

TRIAGE = Sealed(DisclosureClass.TRIAGE)
IDENTITY = Sealed(DisclosureClass.IDENTITY)
NARRATIVE = Sealed(DisclosureClass.NARRATIVE)
SAFETY = Sealed(DisclosureClass.SAFETY)
CLINICAL = Sealed(DisclosureClass.CLINICAL)
ATTACHMENTS = Sealed(DisclosureClass.ATTACHMENTS)
LASTS = timedelta(hours=4)
"""How long what is opened in an emergency stays open, at the most (decision 33)."""


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads that start from who may see."""

    def visible_to(self, actor: "Actor") -> "CaseQuerySet":
        """The cases `actor` may read: has access to, as a person or through a role, for good or in an emergency."""
        return self._with(Access.objects.open_to(actor))

    def worked_on_by(self, actor: "Actor") -> "CaseQuerySet":
        """The cases `actor` has access to for good: what is opened in an emergency is read and noted, nothing more."""
        return self._with(Access.objects.open_to(actor).filter(until=None))

    def _with(self, accesses: "AccessQuerySet") -> "CaseQuerySet":
        return self.filter(Exists(accesses.filter(case=OuterRef("pk"))))


class Case(Model):
    """One organisation's file. `version` counts writes of its content; a stale write is refused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    reference = models.CharField(max_length=11, unique=True)
    category = models.CharField(max_length=20, choices=Category)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    paper_reference = models.CharField(max_length=60, null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    close_reason = models.CharField(max_length=20, choices=CloseReason, default="", blank=True)
    version = models.PositiveIntegerField(default=0)
    files = models.PositiveSmallIntegerField(default=0)
    triage = SealedField()
    identity = SealedField()
    narrative = SealedField()
    safety = SealedField()
    clinical = SealedField()

    objects = CaseQuerySet.as_manager()

    sensitivity: ClassVar[Sensitivity] = {
        "id": KEY,
        "organisation": KEY,
        "reference": KEY,
        "category": CODE,
        "state": CODE,
        "paper_reference": Clear("the organisation's own file number, so that a paper form is imported once"),
        "opened_at": WHEN,
        "opened_by": WHO,
        "changed_at": WHEN,
        "changed_by": WHO,
        "closed_at": WHEN,
        "closed_by": WHO,
        "close_reason": CODE,
        "version": CODE,
        "files": Clear("how many attachments it was ever given: the number of the last"),
        "triage": TRIAGE,
        "identity": IDENTITY,
        "narrative": NARRATIVE,
        "safety": SAFETY,
        "clinical": CLINICAL,
    }

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organisation", "paper_reference"], name="case_paper_reference_once"),
            CheckConstraint(
                condition=(Q(state=CaseState.CLOSED) & Q(closed_at__isnull=False) & ~Q(close_reason=""))
                | (~Q(state=CaseState.CLOSED) & Q(closed_at__isnull=True) & Q(close_reason=""))
                | Q(state=CaseState.ERASED),
                name="case_closed_when_and_why",
            ),
            CheckConstraint(
                condition=Q(closed_by__isnull=True) | Q(closed_at__isnull=False), name="case_closed_by_when"
            ),
            CheckConstraint(
                condition=~Q(state=CaseState.EXPECTED) | Q(version=0), name="case_expected_is_empty"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-changed_at", "-id"], name="case_list")]


class Person(Model):
    """Someone in a case. The survivor is position 0 of her role; a person of concern has class *safety* only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="people")
    role = models.CharField(max_length=20, choices=PersonRole)
    position = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=10, choices=Sex, default=Sex.UNKNOWN)
    age_band = models.CharField(max_length=10, choices=AgeBand, default=AgeBand.UNKNOWN)
    triage = SealedField()
    identity = SealedField()
    safety = SealedField()
    clinical = SealedField()

    sensitivity: ClassVar[Sensitivity] = {
        "id": KEY,
        "case": KEY,
        "role": CODE,
        "position": CODE,
        "sex": CODE,
        "age_band": CODE,
        "triage": TRIAGE,
        "identity": IDENTITY,
        "safety": SAFETY,
        "clinical": CLINICAL,
    }

    class Meta:
        constraints = [
            UniqueConstraint(fields=["case", "role", "position"], name="person_place_in_case"),
            CheckConstraint(
                condition=~Q(role=PersonRole.SURVIVOR) | Q(position=0), name="person_one_survivor_per_case"
            ),
            CheckConstraint(
                condition=~Q(role=PersonRole.PERSON_OF_CONCERN)
                | Q(triage__isnull=True, identity__isnull=True, clinical__isnull=True),
                name="person_of_concern_is_safety",
            ),
        ]


class AccessQuerySet(models.QuerySet["Access"]):
    """Reads of the need-to-know table."""

    def open_to(self, actor: "Actor") -> "AccessQuerySet":
        """Entries that let `actor` in now: their own, or one for a role they hold."""
        return self.given_to(actor) if actor.has(Permission.READ_CASE) else self.none()

    def given_to(self, actor: "Actor") -> "AccessQuerySet":
        """The same whatever their roles permit. An emergency's entry ends on the second, whenever it is closed."""
        mine = Q(membership_id=actor.membership_id) | Q(role__in=[str(role) for role in actor.roles])
        lasting = Q(until=None) | Q(until__gt=actor.moment)
        return self.filter(mine, lasting, closed_at__isnull=True)


class Access(Model):
    """Who inside the organisation may open a case: one staff member, or everyone in a role; opened and closed by
    actions, never deleted, so that it can be told later who could look."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="accesses")
    membership = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role, null=True)
    reason = models.CharField(max_length=20, choices=AccessReason)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField(null=True)

    objects = AccessQuerySet.as_manager()

    sensitivity: ClassVar[Sensitivity] = {
        "id": KEY,
        "case": KEY,
        "membership": WHO,
        "role": CODE,
        "reason": CODE,
        "opened_at": WHEN,
        "opened_by": WHO,
        "closed_at": WHEN,
        "closed_by": WHO,
        "until": WHEN,
    }

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(reason=AccessReason.EMERGENCY, until__isnull=False, membership__isnull=False)
                | (~Q(reason=AccessReason.EMERGENCY) & Q(until__isnull=True)),
                name="access_until_emergency",
            ),
            CheckConstraint(condition=Q(until__lte=F("opened_at") + LASTS), name="access_ends_in_time"),
            CheckConstraint(
                condition=Q(membership__isnull=True) ^ Q(role__isnull=True), name="access_person_or_role"
            ),
            CheckConstraint(
                condition=Q(closed_by__isnull=True) | Q(closed_at__isnull=False), name="access_closed_by_when"
            ),
            UniqueConstraint(
                fields=["case", "membership"], condition=Q(closed_at__isnull=True), name="access_person_once"
            ),
            UniqueConstraint(
                fields=["case", "role"], condition=Q(closed_at__isnull=True), name="access_role_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["membership"], condition=Q(closed_at__isnull=True), name="access_open_person"
            ),
            models.Index(fields=["role"], condition=Q(closed_at__isnull=True), name="access_open_role"),
        ]


class EmergencyAccess(Model):
    """That somebody broke the glass: why, for how long, and what somebody else found who looked at it afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="emergencies")
    access = models.OneToOneField(Access, models.CASCADE, related_name="emergency")
    membership = models.ForeignKey("organisations.Membership", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=EmergencyReason)
    words = SealedField()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    finding = models.CharField(max_length=20, choices=EmergencyFinding, default="", blank=True)

    sensitivity: ClassVar[Sensitivity] = {
        "id": KEY,
        "case": KEY,
        "access": KEY,
        "membership": WHO,
        "reason": CODE,
        "words": NARRATIVE,
        "opened_at": WHEN,
        "until": WHEN,
        "reviewed_at": WHEN,
        "reviewed_by": WHO,
        "finding": CODE,
    }

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(until__gt=F("opened_at")), name="emergency_ends"),
            CheckConstraint(condition=Q(until__lte=F("opened_at") + LASTS), name="emergency_ends_in_time"),
            CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, finding="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(finding="")),
                name="emergency_reviewed",
            ),
            CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("membership")),
                name="emergency_second_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"], condition=Q(reviewed_at__isnull=True), name="emergency_unreviewed"
            )
        ]


class CaseNote(Model):
    """An internal note of the organisation. It is never part of a disclosure package."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    body = SealedField()

    sensitivity: ClassVar[Sensitivity] = {
        "id": KEY,
        "case": KEY,
        "written_at": WHEN,
        "written_by": WHO,
        "body": NARRATIVE,
    }

    class Meta:
        constraints = [CheckConstraint(condition=Q(body__isnull=False), name="note_has_body")]
        indexes = [models.Index(fields=["case", "-written_at"], name="note_list")]


class Attachment(Model):
    """A file of a case; `about` holds its name, kind, length and fingerprint. Numbers are never given twice.

    Removed, the row stays without content: that there was a file, and who took it away when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    number = models.PositiveSmallIntegerField()
    about = SealedField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("organisations.Membership", models.PROTECT, null=True, related_name="+")

    sensitivity: ClassVar[Sensitivity] = {
        "id": KEY,
        "case": KEY,
        "number": CODE,
        "about": ATTACHMENTS,
        "added_at": WHEN,
        "added_by": WHO,
        "removed_at": WHEN,
        "removed_by": WHO,
    }

    class Meta:
        constraints = [
            UniqueConstraint(fields=["case", "number"], name="attachment_number_once"),
            CheckConstraint(
                condition=Q(about__isnull=True, removed_at__isnull=False)
                | Q(about__isnull=False, removed_at__isnull=True, removed_by__isnull=True),
                name="attachment_removed_is_empty",
            ),
        ]


class AttachmentPiece(Model):
    """A piece of a file, sealed and padded to a full one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="pieces")
    number = models.PositiveSmallIntegerField()
    body = SealedField()

    sensitivity: ClassVar[Sensitivity] = {"id": KEY, "attachment": KEY, "number": CODE, "body": ATTACHMENTS}

    class Meta:
        constraints = [
            UniqueConstraint(fields=["attachment", "number"], name="attachment_piece_once"),
            CheckConstraint(condition=Q(body__isnull=False), name="attachment_piece_has_body"),
        ]


class FormDraft(Model):
    """A form being typed, saved while typing; only its author's own session can read it (policy on the user).

    `case` is null while a new case is written. The whole form is one value under class *safety*, the strictest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+")
    user_id = models.BigIntegerField()
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    based_on = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    payload = SealedField()

    sensitivity: ClassVar[Sensitivity] = {
        "id": KEY,
        "organisation": KEY,
        "user_id": WHO,
        "case": KEY,
        "based_on": CODE,
        "saved_at": WHEN,
        "payload": SAFETY,
    }

    class Meta:
        constraints = [
            UniqueConstraint(fields=["user_id", "case"], nulls_distinct=False, name="draft_one_per_form"),
            CheckConstraint(condition=Q(payload__isnull=False), name="draft_has_payload"),
        ]
