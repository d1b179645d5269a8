"""Sealing of single values, and the names of what is sealed.

Each (subject, disclosure class, package version, authoring organisation) has one random secret. The class key is
HKDF(secret ‖ shred salt of the class), so neither the database nor a salt alone opens anything, and destroying the
salt is erasure (security, "Keys"). What is said about one person in a case is sealed under HKDF(class key ‖ shred salt
of that person), so that one person can be erased alone. A value is sealed with AES-256-GCM and bound to the very place
it stands in: moved to another row, column, class, version or author it no longer opens.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .enums import OWN_CONTENT, SubjectKind

SECRET_BYTES = 32
NONCE_BYTES = 12
PADDED_TO = 64
"""Sealed values are padded to a multiple of this, so that their length tells little."""

PIECE_PADDED_TO = 256 * 1024
MARK = b"\0"
LARGEST_PIECE = PIECE_PADDED_TO - len(MARK) - 4
"""Bytes (pieces of files) are padded so far that only the number of pieces tells how long a file is. They begin with a
byte that no JSON text begins with."""


class NotOpened(Exception):
    """A sealed value or a wrapped secret did not open: it was changed, moved, or the key is another one."""


@dataclass(frozen=True)
class Subject:
    """What content belongs to. `root` is the case or the referral that owns the shred salt."""

    kind: SubjectKind
    id: UUID
    root: UUID


@dataclass(frozen=True)
class SecretName:
    """Which secret: one per subject, disclosure class, package version and authoring organisation.

    With `person` it names the key of what is said there about that person; the secret is the same.
    """

    subject: Subject
    disclosure_class: str
    version: int
    author: int
    person: UUID | None = None

    def __hash__(self) -> int:
        """By what tells most secrets apart; a page looks hundreds of them up."""
        return hash(
            (self.subject.id.int, self.disclosure_class, self.version, self.person and self.person.int)
        )

    def about(self, person: UUID | None) -> "SecretName":
        """The same secret, and the key of what it says about `person` (None: about nobody alone)."""
        if person == self.person:
            return self
        return SecretName(self.subject, self.disclosure_class, self.version, self.author, person)

    @property
    def part(self) -> str:
        """Which salt of the root's file the class key takes."""
        match self.subject.kind:
            case SubjectKind.THREAD:
                return "thread"
            case SubjectKind.DRAFT:
                return "draft"
            case SubjectKind.SIDE:
                return f"side.{self.author}"
            case _:
                return str(self.disclosure_class)

    @property
    def parts(self) -> list[str]:
        """Every salt the key takes."""
        return [self.part] if self.person is None else [self.part, str(self.person)]


@dataclass(frozen=True)
class Place:
    """Where a sealed value stands, and which one `person` of the case it speaks of, if it does."""

    table: str
    row: UUID | int
    field: str
    person: UUID | None = None

    @classmethod
    def of(cls, row: Any, field: str, *, person: UUID | None = None) -> "Place":
        """The place of `field` in a model's row; the row must have its key already."""
        if row.pk is None:
            raise ValueError("a row without a key has no place yet")
        return cls(row._meta.db_table, row.pk, field, person)


@dataclass(frozen=True)
class Basis:
    """On what a grant rests: a `LegalBasis` with the id of its record, or an organisation's own content."""

    kind: str
    id: UUID | None = None
    expires_at: datetime | None = None


OWN = Basis(OWN_CONTENT)


def encode(*parts: str | int | bytes | UUID | None) -> bytes:
    """One byte string for a list of parts; two different lists never give the same (each part has type and length)."""
    out = bytearray()
    for part in parts:
        plain = PLAIN.get(type(part))
        kind, data = plain(part) if plain else _plain(part)
        out += kind + len(data).to_bytes(4, "big") + data
    return bytes(out)


def _plain(part: str | int | bytes | UUID | None) -> tuple[bytes, bytes]:
    if part is None:
        return b"n", b""
    if isinstance(part, UUID):
        return b"u", part.bytes
    if isinstance(part, bytes):
        return b"b", part
    if isinstance(part, int):
        return b"i", str(part).encode()
    return b"s", str(part).encode()


PLAIN: dict[type, Callable[[Any], tuple[bytes, bytes]]] = {
    str: lambda part: (b"s", part.encode()),
    UUID: lambda part: (b"u", part.bytes),
    int: lambda part: (b"i", b"%d" % part),
}
"""The same for what most parts are."""


def new_secret() -> bytes:
    """32 random bytes."""
    return os.urandom(SECRET_BYTES)


def class_key(secret: bytes, salt: bytes) -> bytes:
    """The key of one class: HKDF-SHA256 over secret ‖ shred salt (32 bytes each), 32 bytes."""
    return _derived(secret, salt, b"ihala class key 1")


def person_key(key: bytes, salt: bytes) -> bytes:
    """The key of what a class says about one person: HKDF-SHA256 over class key ‖ the person's shred salt, 32 bytes."""
    return _derived(key, salt, b"ihala person key 1")


def _derived(secret: bytes, salt: bytes, use: bytes) -> bytes:
    if len(secret) != SECRET_BYTES or len(salt) != SECRET_BYTES:
        raise ValueError("a secret and a salt have 32 bytes each")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(secret + salt)


def seal(key: bytes, value: Any, place: Place, name: SecretName) -> bytes:
    """Seal one JSON value, or the bytes of a piece: nonce ‖ AES-256-GCM(value, padded).

    ValueError if it is not JSON or not Unicode text.
    """
    nonce = os.urandom(NONCE_BYTES)
    plain = _piece(value) if isinstance(value, bytes) else _padded(_canonical(value))
    return nonce + AESGCM(key).encrypt(nonce, plain, _bound_to(place, name))


def unseal(key: bytes, sealed: bytes | memoryview, place: Place, name: SecretName) -> Any:
    """The value sealed by `seal` at the same place; `NotOpened` if anything differs."""
    data = bytes(sealed)
    try:
        plain = AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _bound_to(place, name))
    except (InvalidTag, ValueError):
        raise NotOpened(f"{place.table}.{place.field}") from None
    if plain.startswith(MARK):
        start = len(MARK) + 4
        return plain[start : start + int.from_bytes(plain[len(MARK) : start], "big")]
    return json.loads(plain)


def _piece(value: bytes) -> bytes:
    plain = MARK + len(value).to_bytes(4, "big") + value
    return plain + b"\0" * (-len(plain) % PIECE_PADDED_TO)


def _canonical(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def _padded(plain: bytes) -> bytes:
    """Spaces after a JSON value mean nothing, so they are the padding."""
    return plain + b" " * (-len(plain) % PADDED_TO)


def _bound_to(place: Place, name: SecretName) -> bytes:
    row = place.row if isinstance(place.row, UUID) else int(place.row)
    where = (place.table, row, place.field)
    return encode("ihala sealed value 1", *where, name.disclosure_class, name.version, name.author)
