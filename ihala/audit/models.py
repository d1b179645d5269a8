"""The log: what happened, who did it, whom it concerns. Rows are added and read, never changed or removed.

Events hold keys and codes, never a survivor's data, so the log needs no sealing to be harmless and no erasure to
be lawful. They have no foreign keys: a log outlives what it speaks of.
"""

import os
import time
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from ihala.core.models import CODE, KEY, WHEN, WHO, Clear, Model

from .verify import SALT_BYTES

PARTY = Clear("a key of an organisation")
COUNT = Clear("a number of events")
HASH = Clear("hashes of salted events")


def event_id() -> UUID:
    """A UUID of version 7 (RFC 9562): ids of one process rise with its clock, so equal moments keep their order."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random)


def new_salt() -> bytes:
    """Random, so that nobody can guess an event from the hash of its leaf."""
    return os.urandom(SALT_BYTES)


class Event(Model):
    """One thing that happened in an organisation, or at its door (then it has no organisation yet)."""

    id = models.UUIDField(primary_key=True, default=event_id)
    at = models.DateTimeField()
    organisation_id = models.BigIntegerField(null=True)
    concerns_organisation_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField()
    membership_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32, blank=True)
    subject_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    referral_id = models.UUIDField(null=True)
    refusal = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)
    salt = models.BinaryField(default=new_salt, max_length=SALT_BYTES)

    sensitivity = {
        "id": KEY,
        "at": WHEN,
        "organisation_id": PARTY,
        "concerns_organisation_id": PARTY,
        "user_id": WHO,
        "membership_id": WHO,
        "name": CODE,
        "subject_kind": CODE,
        "subject_id": KEY,
        "case_id": KEY,
        "referral_id": KEY,
        "refusal": CODE,
        "detail": Clear("codes, keys and numbers; `record` refuses anything else"),
        "salt": Clear("random; who may read the event may check its leaf"),
    }

    class Meta:
        verbose_name = _("event")
        indexes = [
            models.Index(fields=["organisation_id", "-at", "-id"], name="log_of_organisation"),
            models.Index(fields=["concerns_organisation_id", "-at", "-id"], name="log_that_concerns"),
            models.Index(fields=["case_id", "-at"], name="log_of_case"),
            models.Index(fields=["referral_id", "-at"], name="log_of_referral"),
            models.Index(
                fields=["organisation_id", "-at"], name="log_refusals", condition=models.Q(name="log.refused")
            ),
        ]


class Kept(Model):
    """What the tree of the log is made of: rows are added and never changed."""

    open_to_all = ""

    class Meta:
        abstract = True


class Leaf(Kept):
    """The place of an event in the tree, and its numbers in the logs of the organisations it belongs to.

    An event that belongs to no organisation counts for the installation, whose key is 0. `open` events are read by
    everybody: they say which keys are in force.
    """

    index = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField(unique=True)
    organisation_id = models.BigIntegerField()
    number = models.BigIntegerField()
    concerns_organisation_id = models.BigIntegerField(null=True)
    concerns_number = models.BigIntegerField(null=True)
    open = models.BooleanField(default=False)

    sensitivity = {
        "index": KEY,
        "event_id": KEY,
        "organisation_id": PARTY,
        "number": COUNT,
        "concerns_organisation_id": PARTY,
        "concerns_number": COUNT,
        "open": CODE,
    }

    class Meta:
        verbose_name = _("leaf")
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "number"], name="log_numbered_once"),
            models.UniqueConstraint(
                fields=["concerns_organisation_id", "concerns_number"], name="log_concerns_once"
            ),
        ]

    @property
    def numbers(self) -> dict[int, int]:
        """Organisation → number of this event in its log."""
        found = {self.organisation_id: self.number}
        if self.concerns_organisation_id is not None and self.concerns_number is not None:
            found[self.concerns_organisation_id] = self.concerns_number
        return found


class Chunk(Kept):
    """Hashes of leaves that were numbered together, 32 bytes each; never across a multiple of 256."""

    start = models.BigIntegerField(primary_key=True)
    hashes = models.BinaryField()

    open_to_all = "hashes of salted leaves tell nothing, and everybody's proofs are made of them"
    sensitivity = {"start": KEY, "hashes": HASH}

    class Meta:
        verbose_name = _("chunk of the log")


class Tile(Kept):
    """256 hashes that stand side by side (level 0: leaves; level n: roots of tiles below), and their root."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()
    root = models.BinaryField()

    open_to_all = Chunk.open_to_all
    sensitivity = {"id": KEY, "level": KEY, "index": KEY, "hashes": HASH, "root": HASH}

    class Meta:
        verbose_name = _("tile of the log")
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_tile_per_place")]


class Checkpoint(Kept):
    """The operator's signed word of what the log holds (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    open_to_all = "made to be shown: size, root and signature"
    sensitivity = {"size": COUNT, "root": HASH, "note": Clear("public"), "at": WHEN}

    class Meta:
        verbose_name = _("checkpoint")


class Cosignature(Kept):
    """The line an organisation's witness added beneath a checkpoint (C2SP tlog-cosignature)."""

    size = models.BigIntegerField()
    organisation_id = models.BigIntegerField()
    line = models.TextField()
    at = models.DateTimeField()

    open_to_all = "made to be shown beside the checkpoint"
    sensitivity = {"id": KEY, "size": COUNT, "organisation_id": PARTY, "line": Clear("public"), "at": WHEN}

    class Meta:
        verbose_name = _("cosignature")
        constraints = [models.UniqueConstraint(fields=["size", "organisation_id"], name="cosigned_once")]


class LogKey(Kept):
    """A public key that signs the log: the operator's (organisation 0) or a witness's. The newest one counts."""

    organisation_id = models.BigIntegerField()
    name = models.CharField(max_length=64)
    public_key = models.BinaryField()
    at = models.DateTimeField()

    open_to_all = "public keys"
    sensitivity = {
        "id": KEY,
        "organisation_id": PARTY,
        "name": Clear("public"),
        "public_key": Clear("public"),
        "at": WHEN,
    }

    class Meta:
        verbose_name = _("key of the log")
