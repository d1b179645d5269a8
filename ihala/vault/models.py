"""Public keys, grants and deposits. Only ids: the vault knows nothing of what they belong to.

A live basis is an existing grant that has not expired; withdrawing is deleting it. A deposit is a secret that waits
with the release key until the receiver has accepted (mechanism, "Two stages of disclosure"). Neither is ever changed.
"""

import base64
import hashlib

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ihala.core.models import CODE, KEY, WHEN, Clear, Model
from ihala.core.vocabulary import DisclosureClass

from .enums import BASIS_KINDS, OWN_CONTENT, SubjectKind
from .sealing import Basis, SecretName, Subject

PARTY = Clear("a key of an organisation")
WRAPPED = Clear("a secret encrypted to a public key; it opens only with the private half and the shred salt")


class OrganisationKey(Model):
    """The public half of an organisation's key pair; all may read it, content is wrapped to the newest."""

    organisation_id = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)
    public_key = models.BinaryField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    sensitivity = {
        "id": KEY,
        "organisation_id": PARTY,
        "version": CODE,
        "public_key": Clear("public"),
        "created_at": WHEN,
        "retired_at": WHEN,
    }

    class Meta:
        verbose_name = _("organisation key")
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "version"], name="one_key_per_version"),
        ]

    @property
    def fingerprint(self) -> str:
        """How the log names this key: SHA-256 of the public half, in a form that is a code."""
        digest = hashlib.sha256(bytes(self.public_key)).digest()
        return "sha256:" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Wrapped(Model):
    """What grants and deposits share: which secret, wrapped how, on what basis and until when."""

    subject_kind = models.CharField(max_length=16, choices=SubjectKind.choices)
    subject_id = models.UUIDField()
    root_id = models.UUIDField()
    disclosure_class = models.CharField(max_length=16, choices=DisclosureClass.choices)
    version = models.PositiveIntegerField()
    author_organisation_id = models.BigIntegerField()
    key_version = models.PositiveIntegerField()
    basis_kind = models.CharField(max_length=32, choices=BASIS_KINDS)
    basis_id = models.UUIDField(null=True)
    expires_at = models.DateTimeField(null=True)
    wrapped_secret = models.BinaryField()
    created_at = models.DateTimeField()

    sensitivity = {
        "id": KEY,
        "subject_kind": CODE,
        "subject_id": KEY,
        "root_id": KEY,
        "disclosure_class": CODE,
        "version": CODE,
        "author_organisation_id": PARTY,
        "key_version": CODE,
        "basis_kind": CODE,
        "basis_id": KEY,
        "expires_at": WHEN,
        "wrapped_secret": WRAPPED,
        "created_at": WHEN,
    }

    class Meta:
        abstract = True

    @property
    def name(self) -> SecretName:
        """Which secret this wraps."""
        subject = Subject(SubjectKind(self.subject_kind), self.subject_id, self.root_id)
        return SecretName(subject, self.disclosure_class, self.version, self.author_organisation_id)

    @property
    def basis(self) -> Basis:
        """On what it rests."""
        return Basis(self.basis_kind, self.basis_id, self.expires_at)


class Grant(Wrapped):
    """The secret of one class, wrapped to the public key of the organisation that may open it."""

    organisation_id = models.BigIntegerField()

    sensitivity = {**Wrapped.sensitivity, "organisation_id": PARTY}

    class Meta:
        verbose_name = _("grant")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("subject_id", "organisation_id", "disclosure_class", "version"),
                    *("author_organisation_id", "subject_kind"),
                ],
                name="one_grant_per_holder",
            ),
            models.CheckConstraint(
                condition=Q(basis_kind=OWN_CONTENT, organisation_id=models.F("author_organisation_id"))
                | (~Q(basis_kind=OWN_CONTENT) & Q(basis_id__isnull=False)),
                name="grant_rests_on_a_basis",
            ),
            models.CheckConstraint(  # where a house is never leaves its organisation (design, "Four walls")
                condition=~Q(subject_kind=SubjectKind.HOUSE)
                | Q(organisation_id=models.F("author_organisation_id")),
                name="grant_of_a_house_stays_at_home",
            ),
            models.CheckConstraint(  # whom to keep apart from is compared and opened by nobody
                condition=~Q(subject_kind=SubjectKind.KEEP_APART)
                | Q(organisation_id=models.F("author_organisation_id")),
                name="grant_of_keep_apart_stays_at_home",
            ),
        ]
        indexes = [models.Index(fields=["basis_id"], name="grants_of_a_basis")]


class Deposit(Wrapped):
    """The secret of one class, wrapped to the release key for one receiver until it has accepted."""

    receiver_id = models.BigIntegerField()

    sensitivity = {**Wrapped.sensitivity, "receiver_id": PARTY}

    class Meta:
        verbose_name = _("deposit")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("subject_id", "receiver_id", "disclosure_class", "version"),
                    *("author_organisation_id", "subject_kind"),
                ],
                name="one_deposit_per_receiver",
            ),
            models.CheckConstraint(
                condition=~Q(basis_kind=OWN_CONTENT) & Q(basis_id__isnull=False),
                name="deposit_rests_on_a_basis",
            ),
            models.CheckConstraint(
                condition=~Q(subject_kind=SubjectKind.HOUSE), name="deposit_never_of_a_house"
            ),
        ]
        indexes = [models.Index(fields=["basis_id"], name="deposits_of_a_basis")]
