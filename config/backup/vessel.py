"""A folder of encrypted files that is whole or not there, and the key it is encrypted to.

Each vessel has a key of its own (Tink streaming AEAD, AES-256-GCM in segments of 1 MB), wrapped (HPKE) to the public
half of the backup key. The private half lies off the machine, so a thief of the machine and of every backup reads none.
The manifest names each file with size and SHA-256 of its encrypted bytes and is written last: without it, or under its
working name, a vessel is half-written and refused. Hashes find damage; against forgery stands the log (docs/backup.md).
"""

import base64
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import tink
from tink import hybrid, proto_keyset_format, secret_key_access, streaming_aead

from ihala.core.files import as_folder

from ..home import folder, home

hybrid.register()
streaming_aead.register()

FORMAT = 1
MANIFEST = "manifest.json"
PARTIAL = ".partial"
PUBLIC = "backup-public-key"
CHUNK = 1 << 20
HPKE = hybrid.hybrid_key_templates.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM
STREAM = streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB
ACCESS = secret_key_access.TOKEN

ON_PAPER = """Ihala: private half of the backup key, made {day}.

Without this file no backup of this installation can be read, by anybody. With it and a backup, everything but the
shred salts can. So: two copies, in two places that lock, never on the machine that is backed up and never beside the
backups. It may be printed: the long line below is all that counts.

To restore: ihala restore DIR --key THIS-FILE   (docs/backup.md; بالعربية: docs/backup.ar.md)

"""


class Damaged(Exception):
    """A vessel is half-written, changed, or not for this key; the message says which."""


# ---------------------------------------------------------------------------------------------------------- the key


def make_key(file: Path) -> None:
    """Make the key pair: the private half into the new `file`, the public half into the home's secrets."""
    handle = tink.new_keyset_handle(HPKE)
    private = base64.b64encode(proto_keyset_format.serialize(handle, ACCESS)).decode()
    public = proto_keyset_format.serialize_without_secret(handle.public_keyset_handle())
    text = ON_PAPER.format(day=datetime.now(UTC).date().isoformat()) + private + "\n"
    _write(file, text.encode())
    kept = folder(home() / "secrets") / PUBLIC
    kept.unlink(missing_ok=True)
    _write(kept, base64.b64encode(public) + b"\n")


def public_key() -> bytes:
    """The public half. `Damaged` if there is none yet."""
    kept = home() / "secrets" / PUBLIC
    if not kept.exists():
        raise Damaged(
            "there is no backup key yet. Make it, onto a stick that leaves this machine: ihala backup-key FILE"
        )
    return base64.b64decode(kept.read_bytes())


def _private(file: Path) -> "tink.KeysetHandle":
    try:
        last = file.read_text().split()[-1]
        return proto_keyset_format.parse(base64.b64decode(last, validate=True), ACCESS)
    except (OSError, ValueError, IndexError, tink.TinkError):
        raise Damaged(f"{file} is not the private half of a backup key.") from None


# ------------------------------------------------------------------------------------------------------------ writing


@dataclass
class Vessel:
    """One being written, or open to be read."""

    path: Path
    id: str
    primitive: Any
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def put(self, name: str, source: BinaryIO) -> int:
        """Encrypt all that `source` gives into the file `name`; how many clear bytes. Nothing clear touches a disk."""
        target, total = _Hashed(self.path / name), 0
        with self.primitive.new_encrypting_stream(target, self._bound(name)) as sink:
            while chunk := source.read(CHUNK):
                sink.write(chunk)
                total += len(chunk)
        self.files[name] = {"bytes": target.size, "sha256": target.digest}
        return total

    def check(self) -> None:
        """Every file is there with its size and hash. `Damaged` otherwise."""
        for name, said in self.files.items():
            digest, size = hashlib.sha256(), 0
            try:
                with (self.path / name).open("rb") as file:
                    while chunk := file.read(CHUNK):
                        digest.update(chunk)
                        size += len(chunk)
            except FileNotFoundError:
                raise Damaged(f"{self.path / name} is missing.") from None
            if (size, digest.hexdigest()) != (said["bytes"], said["sha256"]):
                raise Damaged(f"{self.path / name} is not what was written: it is damaged or cut short.")

    @contextmanager
    def get(self, name: str) -> Iterator[BinaryIO]:
        """The clear bytes of a file, as a stream. `Damaged` where they were changed."""
        try:
            with (
                (self.path / name).open("rb") as source,
                self.primitive.new_decrypting_stream(source, self._bound(name)) as stream,
            ):
                yield stream
        except tink.TinkError:
            raise Damaged(
                f"{self.path / name} does not open: it was changed, or the key is another one."
            ) from None

    def _bound(self, name: str) -> bytes:
        return f"ihala {self.about['kind']} {self.id} {name}".encode()


@contextmanager
def writing(place: Path, kind: str, stamp: str) -> Iterator[Vessel]:
    """A new vessel below `place`; it appears under its name once the block has ended well and all is on the disk."""
    public = proto_keyset_format.parse_without_secret(public_key())
    draft, final = folder(place) / f"{kind}-{stamp}{PARTIAL}", place / f"{kind}-{stamp}"
    draft.mkdir(mode=0o700)
    handle, key = tink.new_keyset_handle(STREAM), str(uuid4())
    vessel = Vessel(draft, key, handle.primitive(streaming_aead.StreamingAead), about={"kind": kind})
    try:
        yield vessel
        wrapped = public.primitive(hybrid.HybridEncrypt).encrypt(
            proto_keyset_format.serialize(handle, ACCESS), key.encode()
        )
        said = {
            "format": FORMAT, "id": key, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), **vessel.about,
            "key": base64.b64encode(wrapped).decode(), "files": vessel.files,
        }  # fmt: skip
        _write(draft / MANIFEST, json.dumps(said, indent=1, sort_keys=True).encode() + b"\n")
        draft.rename(final)
        _sync(place)
        vessel.path = final
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def reading(path: Path, kind: str, key: Path) -> Vessel:
    """The vessel in `path`. `Damaged` if it is half-written, of another kind or format, or for another key."""
    said = manifest(path)
    if (said.get("format"), said.get("kind")) != (FORMAT, kind):
        raise Damaged(f"{path} is no {kind} of this version.")
    opener = _private(key).primitive(hybrid.HybridDecrypt)
    try:
        inner = opener.decrypt(base64.b64decode(said["key"]), said["id"].encode())
        primitive = proto_keyset_format.parse(inner, ACCESS).primitive(streaming_aead.StreamingAead)
    except tink.TinkError:
        raise Damaged(f"{path} was made for another key than {key}.") from None
    about = {name: value for name, value in said.items() if name not in ("format", "id", "key", "files")}
    return Vessel(path, said["id"], primitive, said["files"], about)


def manifest(path: Path) -> dict[str, Any]:
    """What a vessel says about itself. `Damaged` if it is half-written."""
    if path.name.endswith(PARTIAL) or not (path / MANIFEST).exists():
        raise Damaged(f"{path} is no finished backup: it was interrupted, or it is another folder.")
    try:
        said: dict[str, Any] = json.loads((path / MANIFEST).read_bytes())
    except ValueError:
        raise Damaged(f"{path / MANIFEST} cannot be read.") from None
    return said


class _Hashed(io.RawIOBase):
    """A new file of mode 0600 that counts and hashes what is written, and is on the disk when closed."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._sha = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        return self._sha.hexdigest()

    def fileno(self) -> int:
        return self._file.fileno()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._file.write(piece)
        self._sha.update(piece)
        self.size += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        super().close()


def _write(path: Path, content: bytes) -> None:
    with _Hashed(path) as file:
        file.write(content)
    _sync(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """A file of mode 0600 that appears whole or not at all, in place of one of its name."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    with _Hashed(draft) as file:
        as_folder(file.fileno(), path.parent)
        file.write(content)
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
