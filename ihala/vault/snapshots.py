"""What the search process starts from, sealed: one file for each organisation, beside the shred salts, in no backup.

It holds names, so it is sealed like content: under HKDF(secret ‖ salt), AES-256-GCM in pieces, the secret wrapped to
the organisation's public key and standing at the head of the file, the salt in a small file of its own. Shredding
overwrites that salt first: whatever copy of the snapshot somebody kept opens for nobody from then on. It is written
whole or not at all. Only `ihala.audit` calls this module, since reading is opening.
"""

import os
import struct
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ihala.core.files import as_folder

from . import keys, salts
from .custody import CustodyAway, KeyName, KeyNotHeld, custody
from .sealing import SECRET_BYTES, NotOpened, class_key, encode, new_secret
from .wrapping import unwrap

MARK = b"ihala search 1\n"
PIECE = 1024 * 1024
_HEAD = struct.Struct(">IHQ")
"""Version of the organisation's key, length of the wrapped secret, length of what is sealed."""


def write(organisation: int, plain: bytes) -> None:
    """Replace the organisation's snapshot by this one."""
    version, wrapper = keys.public_keys([organisation])[organisation]
    secret = new_secret()
    wrapped = wrapper.encrypt(secret, _context(organisation, version))
    key = AESGCM(class_key(secret, _salt(organisation)))
    draft = _path(organisation).with_suffix(f".{os.getpid()}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        as_folder(file.fileno(), draft.parent)
        file.write(MARK + _HEAD.pack(version, len(wrapped), len(plain)) + wrapped)
        for number, start in enumerate(range(0, len(plain), PIECE)):
            nonce = number.to_bytes(12, "big")  # the key is used for this file alone
            file.write(key.encrypt(nonce, plain[start : start + PIECE], _bound(organisation, len(plain))))
        file.flush()
        os.fsync(file.fileno())
    _overwrite(_path(organisation))
    draft.replace(_path(organisation))
    salts.sync_folder(salts.folder())


def read(organisation: int) -> bytes | None:
    """The organisation's snapshot; None if there is none that opens now: an old, foreign or damaged one does not."""
    with suppress(OSError, ValueError, struct.error, InvalidTag, NotOpened, KeyNotHeld, CustodyAway):
        return _opened(organisation, _path(organisation).read_bytes(), _salt_path(organisation).read_bytes())
    return None


def shred(organisation: int) -> None:
    """No snapshot of the organisation made until now opens again, wherever a copy of it lies. May be repeated."""
    for path in (_salt_path(organisation), _path(organisation), *_drafts(organisation)):
        _overwrite(path)
        path.unlink(missing_ok=True)
    if salts.folder().exists():
        salts.sync_folder(salts.folder())


def lying() -> list[int]:
    """The organisations that have one."""
    return sorted(
        int(path.name.removeprefix("search-").partition(".")[0])
        for path in salts.folder().glob("search-*.sealed")
    )


def _opened(organisation: int, data: bytes, salt: bytes) -> bytes:
    version, wrapped_length, length = _HEAD.unpack_from(data, len(MARK))
    start = len(MARK) + _HEAD.size
    if not data.startswith(MARK):
        raise ValueError("no snapshot")
    unwrapper = custody().unwrapper(KeyName(organisation, version))
    secret = unwrap(unwrapper, data[start : start + wrapped_length], _context(organisation, version))
    key = AESGCM(class_key(secret, salt))
    start += wrapped_length
    pieces = []
    for number in range(-(-length // PIECE)):
        end = start + min(PIECE, length - number * PIECE) + 16
        pieces.append(key.decrypt(number.to_bytes(12, "big"), data[start:end], _bound(organisation, length)))
        start = end
    return b"".join(pieces)


def _salt(organisation: int) -> bytes:
    """The salt of the organisation's snapshots, made if it is missing."""
    path = _salt_path(organisation)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        salts.write_once(path, os.urandom(SECRET_BYTES))
    return path.read_bytes()


def _overwrite(path: Path) -> None:
    with suppress(FileNotFoundError), path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())


def _context(organisation: int, version: int) -> bytes:
    return encode("ihala search snapshot 1", organisation, version)


def _bound(organisation: int, length: int) -> bytes:
    return encode("ihala search piece 1", organisation, length)


def _path(organisation: int) -> Path:
    return salts.folder() / f"search-{organisation}.sealed"


def _salt_path(organisation: int) -> Path:
    return salts.folder() / f"search-{organisation}.shred"


def _drafts(organisation: int) -> list[Path]:
    """What a process killed while writing left behind."""
    return list(salts.folder().glob(f"search-{organisation}.*.draft"))
