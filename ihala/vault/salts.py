"""Shred salts: one small file for each case and each referral, outside of the database and of its backups.

Without its salt nothing opens, whatever a backup of the database still holds: destroying the salt is what erases. The
file of a case or a referral (its root) holds one salt for each part that can be erased by itself: a disclosure class,
a person, the exchange of a referral, what one side of it keeps. A line is a part and its salt; lines are only added,
and an erased salt is overwritten with zeros where it stands, so writers and erasers need no lock. The first line of a
part that is not erased counts. A salt is on the disk (file and folder synced) before the row that needs it commits;
one whose row never came is swept. Nothing is kept in memory, so that erasure wins at once in every process.

A file of the first version is one salt of 32 bytes for the whole root: it opens what it opened, and is erased whole.
"""

import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ihala.core.files import as_folder
from ihala.core.refusal import Refusal, Refused

from .sealing import SECRET_BYTES

SWEPT_AFTER = 3600.0
"""Seconds a salt may wait for its row; longer than any transaction lasts."""

LINE = re.compile(rb"^([a-z0-9._-]{1,64}) ([0-9a-f]{64})$", re.MULTILINE)
ZEROS = b"0" * (2 * SECRET_BYTES)


ASKED_AT_ONCE = 1000
FEW_ORPHANS = 200


class WrongDatabase(Exception):
    """The rows that should need the salts are not there: another database, or one that was not restored yet."""


class Erased(Refused):
    """This case or referral was erased whole; nothing can be sealed under it again."""

    def __init__(self) -> None:
        super().__init__(Refusal("erased", _("This was erased; nothing can be added to it.")))


class OnlyWhole(Exception):
    """A file of the first version has one salt for everything: no part of it can be erased by itself."""


@dataclass(frozen=True)
class Salts:
    """The salts of one root: by part, or `whole` of a file of the first version; `erased` parts had one once."""

    parts: Mapping[str, bytes]
    erased: frozenset[str] = frozenset()
    whole: bytes | None = None

    def of(self, part: str) -> bytes | None:
        """The salt of a part, None if it has none."""
        return self.whole or self.parts.get(part)

    def __getitem__(self, part: str) -> bytes:
        """The same where it must be there."""
        return self.whole or self.parts[part]


def folder() -> Path:
    """Where the salts lie: setting SALTS_DIR, which backups of the database must never hold."""
    return Path(settings.SALTS_DIR)


def ensure(root: UUID, parts: Collection[str], at_first: Iterable[str] = ()) -> Salts:
    """The salts of a root with at least these parts, each made and synced to the disk if it is missing.

    `at_first` are made with the file, so that few files are ever added to. `Erased` if the root was erased whole.
    """
    path = _path(root)
    while True:
        found = read(root)
        if found is None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _tombstone(root).exists():
                raise Erased
            write_once(path, _lines(dict.fromkeys([*parts, *at_first])))
        elif missing := [part for part in parts if found.of(part) is None]:
            _add(path, missing)
        else:
            return found


def read(root: UUID) -> Salts | None:
    """The salts of a root, or None if they were destroyed or never made."""
    try:
        with open(f"{settings.SALTS_DIR}/{_name(root)}", "rb") as file:  # noqa: PTH123 (thousands in a load)
            return _parsed(file.read())
    except FileNotFoundError:
        return None


def is_erased(root: UUID) -> bool:
    """Was this root erased whole?"""
    return _tombstone(root).exists()


def erased_roots() -> set[UUID]:
    """Every root that was erased whole. Lists the folder."""
    return {UUID(path.stem) for path in folder().glob("*.erased")}


def fingerprints(root: UUID, parts: Collection[str]) -> dict[str, str]:
    """By part, a hash of the salt it has now: erasing by it can be repeated and never hits a salt made later."""
    found = read(root)
    if found is None:
        return {}
    if found.whole:
        raise OnlyWhole(str(root))
    return {part: _print(salt) for part in parts if (salt := found.parts.get(part))}


def erase(root: UUID, prints: Mapping[str, str] | None = None) -> None:
    """Overwrite salts, for good; all of the root, or those with these `fingerprints`. May be repeated.

    A whole root leaves an empty file behind that keeps it from being made again. What a solid-state disk or a
    copying file system still holds of the old bytes is beyond any program: see docs/erasure.md.
    """
    path = _path(root)
    if prints is None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(_tombstone(root), b"")
        destroy(root)
        return
    with suppress(FileNotFoundError), path.open("r+b") as file:
        data = file.read()
        if _is_first_version(data):
            raise OnlyWhole(str(root))
        for line in LINE.finditer(data):
            if prints.get(line[1].decode()) == _print(bytes.fromhex(line[2].decode())):
                file.seek(line.start(2))
                file.write(ZEROS)
        _durable(file)


def destroy(root: UUID) -> None:
    """Overwrite and remove the file of a root that nothing needs (any more). May be repeated."""
    path = _path(root)
    with suppress(FileNotFoundError), path.open("r+b") as file:
        file.write(b"0" * path.stat().st_size)
        _durable(file)
    path.unlink(missing_ok=True)
    if path.parent.exists():
        sync_folder(path.parent)


def sweep(needed: Callable[[list[UUID]], Collection[UUID]]) -> int:
    """Destroy salts no row needs and that are older than an hour; how many. Ages are the disk's, not the story's.

    `needed` says which of some roots a row needs. `WrongDatabase` and nothing destroyed if rows seem to need hardly
    any: then the rows are missing, not the need.
    """
    old = [root for root, made_at in _lying() if time.time() - made_at > SWEPT_AFTER]
    known = {
        root for at in range(0, len(old), ASKED_AT_ONCE) for root in needed(old[at : at + ASKED_AT_ONCE])
    }
    orphans = [root for root in old if root not in known]
    if len(orphans) > max(FEW_ORPHANS, len(old) // 2):
        raise WrongDatabase(f"{len(orphans)} of {len(old)} salts would be swept")
    for root in orphans:
        destroy(root)
    return len(orphans)


def _lying() -> Iterator[tuple[UUID, float]]:
    for path in sorted(folder().glob("*.salt")):
        with suppress(FileNotFoundError):  # swept or erased meanwhile
            yield UUID(path.stem), path.stat().st_mtime


def _path(root: UUID) -> Path:
    return folder() / _name(root)


def _name(root: UUID) -> str:
    return f"{root}.salt"


def _tombstone(root: UUID) -> Path:
    return folder() / f"{root}.erased"


def _is_first_version(data: bytes) -> bool:
    return len(data) == SECRET_BYTES


def _parsed(data: bytes) -> Salts:
    """A line that a power cut tore is no line: the row that needed it never committed."""
    if _is_first_version(data):
        return Salts({}, whole=data)
    parts: dict[str, bytes] = {}
    erased = set()
    for line in LINE.finditer(data):
        part = line[1].decode()
        if line[2] == ZEROS:
            erased.add(part)
        else:
            parts.setdefault(part, bytes.fromhex(line[2].decode()))
    return Salts(parts, frozenset(erased))


def _lines(parts: Iterable[str]) -> bytes:
    return b"".join(f"{part} {os.urandom(SECRET_BYTES).hex()}\n".encode() for part in parts)


def _add(path: Path, parts: Iterable[str]) -> None:
    """One append: of two processes that add the same part the first line counts for both."""
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, b"\n" + _lines(parts))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _print(salt: bytes) -> str:
    return sha256(b"ihala salt 1" + salt).hexdigest()[:32]


def _durable(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def write_once(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 that appears whole or not at all; if another process was first, its file stays.

    Either way the file is durable when this returns.
    """
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            as_folder(descriptor, path.parent)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
