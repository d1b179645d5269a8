"""Checkpoints: the operator signs what the log holds, and the organisations' witnesses sign beneath.

The operator's key lies in a file of the home, beside the last checkpoint it signed: a database that no longer leads
on from there (restored from yesterday, or rewritten) gets no signature, whoever asks. A checkpoint counts when the
operator and enough of the organisations' witnesses have signed (`verify.counts`).
"""

import base64
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg

from ihala.core.acting import at_the_log
from ihala.core.clock import now
from ihala.vault.salts import sync_folder, write_once

from . import hashes
from .actions import ByWhom, record, record_at_door
from .enums import EventName
from .models import Checkpoint, Cosignature, LogKey
from .sequencer import locked
from .verify import OPERATOR, WITNESS, Key, Note, counts

INSTALLATION = 0


class Inconsistent(Exception):
    """The database is not what was signed before; the message says how. Nothing is signed until people have looked."""


@dataclass(frozen=True)
class Signer:
    """A name, its public key and what signs with it."""

    key: Key
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, name: str, type_: int, seed: bytes) -> "Signer":
        """The signer with that name and secret seed (32 bytes)."""
        private = Ed25519PrivateKey.from_private_bytes(seed)
        return cls(Key(name, type_, private.public_key().public_bytes_raw()), private)

    def line(self, signature: bytes) -> str:
        """A line beneath a note."""
        return f"— {self.key.name} {base64.b64encode(self.key.id + signature).decode()}\n"


def operator() -> Signer:
    """The operator's signer; made the first time, with a name that no other log has."""
    path = folder() / "operator.key"
    if not path.exists():
        host = next((host for host in settings.ALLOWED_HOSTS if host[:1].isalpha()), "localhost")
        name, seed = f"log-{uuid4().hex[:8]}.{host}"[:64], base64.b64encode(os.urandom(32)).decode()
        write_once(path, f"{name} {seed}\n".encode())
    name, seed = path.read_text().split()
    return Signer.of(name, OPERATOR, base64.b64decode(seed))


def folder() -> Path:
    """Where the operator's key and last word lie: setting LOG_DIR, outside of the database."""
    path = Path(settings.LOG_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def register_operator() -> None:
    """Put the operator's key on record, unless it is the one in force."""
    key = operator().key
    with at_the_log():
        if locked() and in_force().get(INSTALLATION) != key:
            record_at_door(EventName.LOG_KEY_REGISTERED, detail=_of_key(key, "operator"))
            _keep(key, INSTALLATION)


def register_witness(by: ByWhom, key: Key) -> None:
    """The witness of the actor's organisation signs with `key` from now on. ValueError for another kind of key, or
    for a name that another organisation's witness has."""
    taken = LogKey.objects.filter(name=key.name).exclude(organisation_id=by.organisation_id).exists()
    if key.type != WITNESS or taken:
        raise ValueError("not a key for this witness")
    if in_force().get(by.organisation_id) != key:
        record(by, EventName.LOG_KEY_REGISTERED, detail=_of_key(key, "witness"))
        _keep(key, by.organisation_id)


def in_force() -> dict[int, Key]:
    """The newest key of each organisation's witness, and under 0 the operator's."""
    rows = LogKey.objects.order_by("pk")
    return {
        row.organisation_id: Key(
            row.name, WITNESS if row.organisation_id else OPERATOR, bytes(row.public_key)
        )
        for row in rows
    }


def witness_named(name: str) -> tuple[int, Key] | None:
    """Whose witness has that name, and its key in force."""
    return next(((owner, key) for owner, key in in_force().items() if owner and key.name == name), None)


def _of_key(key: Key, role: str) -> dict[str, str]:
    public = base64.urlsafe_b64encode(key.public).decode().rstrip("=")
    return {"role": role, "name": key.name, "key": f"ed25519:{public}"}


def _keep(key: Key, organisation_id: int) -> None:
    LogKey.objects.create(organisation_id=organisation_id, name=key.name, public_key=key.public, at=now())


def sign() -> Checkpoint | None:
    """Sign what the log holds now; None if that is signed already. `Inconsistent` if it is not what was signed before.

    The note is on the disk, outside of the database, before anybody sees it.
    """
    with at_the_log():
        if not locked():
            return None
        size, last = hashes.size(), last_signed()
        if last is not None:
            _leads_on_from(last, size)
        if size == 0 or Checkpoint.objects.filter(size=size).exists():
            return None
        root, signer = hashes.root(size), operator()
        text = f"{signer.key.name}\n{size}\n{base64.b64encode(root).decode()}\n"
        note = f"{text}\n{signer.line(signer.private.sign(text.encode()))}"
        replace(folder() / "last.note", note)
        return Checkpoint.objects.create(size=size, root=root, note=note, at=now())


def last_signed() -> Note | None:
    """The last checkpoint the operator's key signed on this machine."""
    path = folder() / "last.note"
    return Note.read(path.read_text(encoding="utf-8")) if path.exists() else None


def _leads_on_from(last: Note, size: int) -> None:
    if size < last.size:
        raise Inconsistent(f"rolled_back: {last.size} leaves were signed, the database holds {size}")
    if hashes.root(last.size) != last.root:
        raise Inconsistent(f"forked: the first {last.size} leaves are not those that were signed")


def replace(path: Path, text: str) -> None:
    """Put a text into a file, whole or not at all; durable when this returns."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    write_once(draft, text.encode())
    draft.replace(path)
    sync_folder(path.parent)


def cosign(by: ByWhom, size: int, line: str) -> None:
    """Keep the line a witness brings for the checkpoint of that size. May be repeated.

    ValueError if there is no such checkpoint, or the signature is not that of the organisation's witness.
    """
    checkpoint, key = Checkpoint.objects.filter(size=size).first(), in_force().get(by.organisation_id)
    if checkpoint is None or key is None:
        raise ValueError("nothing to sign, or nobody who signs")
    try:
        signed = Note.read(checkpoint.note + line).signed_at(key)
    except InvalidSignature:
        raise ValueError("not a signature of this witness") from None
    if signed is None or line.count("\n") != 1:
        raise ValueError("not a signature of this witness")
    Cosignature.objects.bulk_create(
        [Cosignature(size=size, organisation_id=by.organisation_id, line=line, at=now())],
        ignore_conflicts=True,
    )


def notes(checkpoints: Sequence[Checkpoint]) -> list[str]:
    """Checkpoints as they are shown, with the lines of the witnesses beneath. One query."""
    beneath: dict[int, list[str]] = {}
    sizes = [checkpoint.size for checkpoint in checkpoints]
    for line in Cosignature.objects.filter(size__in=sizes).order_by("organisation_id"):
        beneath.setdefault(line.size, []).append(line.line)
    return [checkpoint.note + "".join(beneath.get(checkpoint.size, [])) for checkpoint in checkpoints]


@dataclass(frozen=True)
class Standing:
    """How far the log is numbered, signed, and signed by those it takes (`verify.counts`) for whom it was asked.

    `missing` have not signed the newest checkpoint yet.
    """

    size: int
    checkpoint: Checkpoint | None
    signed: dict[int, Cosignature]
    missing: list[int]
    complete: Checkpoint | None


def standing(concerned: Collection[int]) -> Standing:
    """Where the log stands now for these organisations. Five queries."""
    parties = [owner for owner in in_force() if owner]
    newest = Checkpoint.objects.order_by("-size").first()
    signed = {
        one.organisation_id: one for one in Cosignature.objects.filter(size=newest.size if newest else 0)
    }
    beneath = Cosignature.objects.filter(organisation_id__in=parties).values("size")
    by_size = beneath.annotate(signed=ArrayAgg("organisation_id")).order_by("-size")
    whole = (
        one["size"] for one in by_size.iterator() if counts({0, *one["signed"]}, parties, set(concerned))
    )
    size = next(whole, None)
    complete = Checkpoint.objects.filter(size=size).first() if size else None
    missing = [party for party in parties if party not in signed]
    return Standing(hashes.size(), newest, signed, missing, complete)
