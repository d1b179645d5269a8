"""Shred salts: one small file for each case and each referral, outside of the database and of its backups.

Without its salt nothing of a case or a referral opens, whatever a backup of the database still holds: destroying
the file is what erases. A salt is on the disk (file and folder synced) before the row that needs it commits; one
whose row never came is swept. Nothing here is kept in memory, so that erasure wins at once in every process.
"""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from .sealing import SECRET_BYTES

SWEPT_AFTER = 3600.0
"""Seconds a salt may wait for its row; longer than any transaction lasts."""


def folder() -> Path:
    """Where the salts lie: setting SALTS_DIR, which backups of the database must never hold."""
    return Path(settings.SALTS_DIR)


def ensure(root: UUID) -> bytes:
    """The salt of a case or referral (32 bytes), made and synced to the disk if there is none yet."""
    found = read(root)
    if found is not None:
        return found
    path = _path(root)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_once(path, os.urandom(SECRET_BYTES))
    return path.read_bytes()


def read(root: UUID) -> bytes | None:
    """The salt, or None if it was destroyed or never made."""
    try:
        return _path(root).read_bytes()
    except FileNotFoundError:
        return None


def destroy(root: UUID) -> None:
    """Remove the salt for good; nothing sealed under this case or referral opens any more. May be repeated."""
    _path(root).unlink(missing_ok=True)
    sync_folder(folder())


def sweep(known_roots: Collection[UUID]) -> int:
    """Destroy salts no row needs and that are older than an hour; how many. Ages are the disk's, not the story's."""
    swept = 0
    for root, made_at in _lying():
        if root not in known_roots and time.time() - made_at > SWEPT_AFTER:
            destroy(root)
            swept += 1
    return swept


def _lying() -> Iterator[tuple[UUID, float]]:
    for path in sorted(folder().glob("*.salt")):
        yield UUID(path.stem), path.stat().st_mtime


def _path(root: UUID) -> Path:
    return folder() / f"{root}.salt"


def write_once(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 that appears whole or not at all; if another process was first, its file stays.

    Either way the file is durable when this returns.
    """
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
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
