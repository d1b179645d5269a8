"""Recovery of an organisation's keys when custody is lost: two of its officers together, never one administrator.
The release key, without which packages that wait for an acceptance would be stranded, has two officers of the operator.

A recovery key pair takes the organisation's private keys in (HPKE), the old ones and those to come; its own private
half lies sealed under a random key that exists nowhere but in the officers' parts. For every pair of officers that key
is split anew: one gets random bytes, the other the key XOR those bytes. One part says nothing, whatever else one has;
any two officers have a pair in common. Plain XOR for each pair, because it can be checked with a pencil.
"""

import base64
import hashlib
import os
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from . import wrapping
from .custody import KeyName, KeyNotHeld, custody
from .salts import sync_folder, write_once
from .sealing import NONCE_BYTES, NotOpened, encode

MOST_OFFICERS = 5
CHECK_BYTES = 3
GROUP = 4
BESIDE = ".new"
"""How a file ends until it replaces the one of the same name."""


class NotRecovered(Exception):
    """These parts do not belong together, one is mistyped, or there is nothing to recover; the message says which."""


@dataclass(frozen=True)
class Part:
    """What one officer holds for one pair: numbers from 1, and 32 bytes."""

    organisation: int
    first: int
    second: int
    holder: int
    data: bytes

    def as_text(self) -> str:
        """To be printed and typed: the numbers, then base 32 in groups of four with a checksum inside."""
        text = base64.b32encode(self.data + self._check()).decode()
        groups = "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))
        return f"{self.organisation}/{self.first}{self.second}/{self.holder}/{groups}"

    @classmethod
    def from_text(cls, text: str) -> "Part":
        """`NotRecovered` if anything was mistyped."""
        try:
            organisation, pair, holder, groups = text.strip().upper().split("/")
            data = base64.b32decode(groups.replace("-", "").replace(" ", ""))
            part = cls(int(organisation), int(pair[0]), int(pair[1:]), int(holder), data[:-CHECK_BYTES])
        except (ValueError, IndexError):
            raise NotRecovered("This is no part of a recovery key, or something is missing in it.") from None
        if data[-CHECK_BYTES:] != part._check():
            raise NotRecovered(f"The part of officer {part.holder} is mistyped.")
        return part

    def _check(self) -> bytes:
        numbers = (self.organisation, self.first, self.second, self.holder)
        return hashlib.sha256(encode("ihala part 1", *numbers, self.data)).digest()[:CHECK_BYTES]


def set_up(organisation: int, officers: int) -> dict[int, list[Part]]:
    """A new recovery key; the parts of each officer, by number. Parts made earlier are void from now on.

    What earlier parts recover may be the last copy of a key: nothing of it goes before custody gave every key out and
    all that replaces it is on the disk. `NotRecovered` where custody has lost a key that earlier parts recover.
    """
    if not 2 <= officers <= MOST_OFFICERS:
        raise NotRecovered(f"Recovery takes two to {MOST_OFFICERS} officers.")
    _nothing_lost(organisation)
    key, private = os.urandom(32), wrapping.new_private()
    nonce = os.urandom(NONCE_BYTES)
    public = wrapping.public_of(private)
    new = {
        "sealed": nonce + AESGCM(key).encrypt(nonce, private, _label(organisation)),
        "public": public,
    }
    for version in custody().versions(organisation):
        new |= _wrapped(KeyName(organisation, version), public)
    for what, content in new.items():
        beside = _path(organisation, f"{what}{BESIDE}")
        beside.unlink(missing_ok=True)
        write_once(beside, content)
    for what in new:
        _path(organisation, f"{what}{BESIDE}").replace(_path(organisation, what))
    sync_folder(_folder())
    return _split(organisation, officers, key)


def _nothing_lost(organisation: int) -> None:
    """`NotRecovered` unless custody opens every key that is kept here, and it is the same key."""
    for path in _kept(organisation):
        name = _name_of(organisation, path)
        known = path.with_suffix(".fingerprint")
        try:
            here = _fingerprint(custody().private(name))
        except KeyNotHeld:
            lost = True
        else:
            lost = known.exists() and known.read_bytes() != here
        if lost:
            raise NotRecovered(
                f"Custody has lost version {name.version} of this key, and new parts would destroy its last copy. "
                "Recover it first, with the parts there are: ihala keys recover."
            )


def _split(organisation: int, officers: int, key: bytes) -> dict[int, list[Part]]:
    parts: dict[int, list[Part]] = {number: [] for number in range(1, officers + 1)}
    for first, second in combinations(parts, 2):
        one = os.urandom(32)
        parts[first].append(Part(organisation, first, second, first, one))
        parts[second].append(Part(organisation, first, second, second, _xor(key, one)))
    return parts


def keep(organisation: int) -> None:
    """Take in every private key that recovery does not have yet; nothing where it is not set up."""
    if not is_set_up(organisation):
        return
    public = _path(organisation, "public").read_bytes()
    for version in custody().versions(organisation):
        if not _path(organisation, f"{version}.wrapped").exists():
            for what, content in _wrapped(KeyName(organisation, version), public).items():
                _path(organisation, what).unlink(missing_ok=True)
                write_once(_path(organisation, what), content)


def _wrapped(name: KeyName, public: bytes) -> dict[str, bytes]:
    """What is kept of a key: which one it is, and itself, wrapped to the recovery key."""
    private = custody().private(name)
    return {
        f"{name.version}.fingerprint": _fingerprint(private),
        f"{name.version}.wrapped": wrapping.wrapper(public).encrypt(private, name.label),
    }


def _fingerprint(private: bytes) -> bytes:
    return hashlib.sha256(wrapping.public_of(private)).digest()


def drop(organisation: int, version: int) -> None:
    """A key that was destroyed is not kept for recovery either."""
    for what in ("wrapped", "fingerprint"):
        _path(organisation, f"{version}.{what}").unlink(missing_ok=True)
    sync_folder(_folder())


def is_set_up(organisation: int) -> bool:
    """Whether officers hold parts."""
    return _path(organisation, "public").exists()


def recover(texts: tuple[str, str]) -> tuple[int, list[int]]:
    """Put the private keys back into custody with the parts of two officers; the organisation and the versions."""
    one, other = (Part.from_text(text) for text in texts)
    if (one.organisation, one.first, one.second) != (other.organisation, other.first, other.second):
        raise NotRecovered(
            "These two parts are not of the same pair. Each sheet says for which pair a part is."
        )
    if {one.holder, other.holder} != {one.first, one.second}:
        raise NotRecovered("Both parts are of the same officer; two officers are needed.")
    organisation = one.organisation
    if not is_set_up(organisation):
        raise NotRecovered("Nothing is kept for recovery of this organisation in the folder of keys.")
    sealed = _path(organisation, "sealed").read_bytes()
    try:
        private = AESGCM(_xor(one.data, other.data)).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _label(organisation)
        )
    except InvalidTag:
        raise NotRecovered(
            "These parts are of an earlier recovery key; newer ones were made since."
        ) from None
    return organisation, [_restored(organisation, path, private) for path in sorted(_kept(organisation))]


def _restored(organisation: int, path: Path, private: bytes) -> int:
    name = _name_of(organisation, path)
    try:
        kept = wrapping.unwrap(wrapping.unwrapper(private), path.read_bytes(), name.label)
    except NotOpened:
        raise NotRecovered(f"{path.name} does not open: it was changed or belongs to another key.") from None
    custody().restore(name, kept)
    return name.version


def _kept(organisation: int) -> list[Path]:
    return list(_folder().glob(f"recovery-{organisation}.*.wrapped"))


def _name_of(organisation: int, path: Path) -> KeyName:
    return KeyName(organisation, int(path.name.split(".")[1]))


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _label(organisation: int) -> bytes:
    return encode("ihala recovery key 1", organisation)


def _path(organisation: int, what: str) -> Path:
    return _folder() / f"recovery-{organisation}.{what}"


def _folder() -> Path:
    return Path(settings.VAULT_DIR)
