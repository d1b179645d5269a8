"""`ihala salts copy DIR` and `ihala salts restore COPY`: the shred salts' own copies, which live seven days at most.

A copy of the salts opens nothing by itself and makes a lost disk survivable; but while it lives, what was erased since
could be brought back. So copies are few and short-lived, lie apart from the backups of the database, and each call
destroys those that are older than seven days, the half-written too. Restoring adds what is missing and never what was
erased; what the copy brings back of erased parts the worker destroys again (`ihala.erasure.actions.repeat`).
"""

import io
import shutil
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from .. import accounts
from ..home import home
from . import vessel
from .database import Failed, Say

KIND = "salts"
LIVE = timedelta(days=7)
ENDINGS = (".salt", ".erased")


def copy(place: Path, say: Say) -> int:
    """Make one more copy and destroy what is too old. The exit status."""
    try:
        destroyed = prune(place)
        with vessel.writing(place, KIND, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())) as made:
            number = _put(made)
    except (Failed, vessel.Damaged, OSError) as reason:
        say(f"No copy was made: {reason}")
        return 1
    say(f"{number:,} salts copied to {made.path}; {destroyed} older copies destroyed")
    return 0


def prune(place: Path, now: datetime | None = None) -> int:
    """Destroy copies older than seven days, and half-written ones; how many."""
    oldest = (now or datetime.now(UTC)) - LIVE
    gone = 0
    for path in sorted(place.glob(f"{KIND}-*")) if place.exists() else []:
        try:
            made_at = datetime.fromisoformat(vessel.manifest(path)["made_at"])
        except (vessel.Damaged, KeyError, ValueError):
            made_at = datetime.min.replace(tzinfo=UTC)
        if made_at < oldest:
            for file in path.iterdir():
                with file.open("r+b") as old:
                    old.write(b"\0" * file.stat().st_size)
            shutil.rmtree(path)
            gone += 1
    return gone


def restore(path: Path, key: Path, say: Say) -> int:
    """Add the salts that are missing here. The exit status."""
    try:
        found = vessel.reading(path, KIND, key)
        found.check()
        if datetime.fromisoformat(found.about["made_at"]) < datetime.now(UTC) - LIVE:
            raise Failed("this copy is older than seven days: it could bring back what was erased.")
        added, there = _take(found)
        accounts.settle()
    except (Failed, vessel.Damaged, OSError) as reason:
        say(f"Nothing was restored: {reason}")
        return 1
    say(f"{added:,} salts restored, {there:,} were here already or erased")
    return 0


def _put(made: vessel.Vessel) -> int:
    names = sorted(path.name for path in (home() / "salts").iterdir() if path.suffix in ENDINGS)
    made.put("salts", cast("BinaryIO", _Tar(names)))
    return sum(name.endswith(".salt") for name in names)


class _Tar(io.RawIOBase):
    """The folder as a tar, made while it is read; a salt that goes meanwhile is left out."""

    def __init__(self, names: list[str]) -> None:
        self._pieces, self._rest = self._made(names), b""

    def _made(self, names: list[str]) -> Iterator[bytes]:
        for name in names:
            try:
                content = (home() / "salts" / name).read_bytes()
            except FileNotFoundError:
                continue
            member = tarfile.TarInfo(name)
            member.size = len(content)
            yield member.tobuf() + content + b"\0" * (-len(content) % tarfile.BLOCKSIZE)
        yield b"\0" * (2 * tarfile.BLOCKSIZE)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = [self._rest]
        length = len(self._rest)
        while length < size and (piece := next(self._pieces, b"")):
            found.append(piece)
            length += len(piece)
        whole = b"".join(found)
        self._rest = whole[size:]
        return whole[:size]


def _take(found: vessel.Vessel) -> tuple[int, int]:
    folder = home() / "salts"
    folder.mkdir(mode=0o700, exist_ok=True)
    added = there = 0
    with found.get("salts") as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            stem, _dot, ending = member.name.partition(".")
            if f".{ending}" not in ENDINGS or str(UUID(stem)) != stem:
                raise vessel.Damaged(f"the copy holds a file that none should: {member.name}")
            target, content = folder / member.name, tar.extractfile(member)
            if target.exists() or target.with_suffix(".erased").exists() or content is None:
                there += 1
                continue
            vessel.write_whole(target, content.read())
            added += 1
    return added, there
