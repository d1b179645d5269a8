"""`ihala backup DIR`: database and home into one encrypted vessel, proved by restoring it before it counts.

What is in it: the database, the home's secrets that no new home could make again, and custody's key files, which are
sealed. What is never in it: custody's master key (it opens those files: never both in one place), and the shred salts
(they would bring back what was erased; `ihala salts copy` keeps them, seven days at most).
"""

import io
import json
import tarfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import psycopg

from ..home import home
from . import database, vessel
from .database import Contents, Failed, Say

KIND = "backup"
SECRETS = ("django-secret-key", "installation-key")
"""The first signs cookies, the second opens what belongs to no organisation; all others a new home makes itself."""
MEGABYTE = 1_000_000


def run(place: Path, address: str, say: Say, *, verify: bool = True) -> int:
    """The exit status: 0 a backup stands and restores, 1 none, in words."""
    began = time.monotonic()
    try:
        path = make(place, address, say, verify=verify)
    except (Failed, vessel.Damaged, psycopg.Error, OSError) as reason:
        say(f"No backup was made: {reason}")
        return 1
    say(f"Done in {time.monotonic() - began:.0f} s: {path}")
    say(
        "Not in it, to be kept elsewhere: custody's master key, the shred salts, the private half of the backup key."
    )
    return 0


def make(place: Path, address: str, say: Say, *, verify: bool = True) -> Path:
    """Write one and, unless told otherwise, restore it into a scratch server and compare; where it is."""
    with vessel.writing(place, KIND, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())) as made:
        say("Database")
        with database.dump(address) as (stream, held):
            size = made.put("database", _told(stream, say))
        say(f"Database: {size / MEGABYTE:,.1f} MB; {held.words}")
        count = made.put("home", io.BytesIO(_home()))
        say(f"Home: {count / 1000:,.0f} kB of secrets and sealed key files")
        made.put("contents", io.BytesIO(json.dumps(asdict(held)).encode()))
        if verify:
            prove(made, held, say)
    return made.path


def prove(found: vessel.Vessel, held: Contents, say: Say) -> None:
    """Restore into a scratch server and compare every table and the log. `Failed` if anything differs."""
    found.check()
    with database.scratch(say) as address:
        with found.get("database") as stream:
            database.load(address, _told(stream, say))
        differences = held.differences(database.read_contents(address))
    if differences:
        raise Failed("it does not restore to the same: " + "; ".join(differences))
    say(f"Restored and compared: {held.words}")


def contents_of(found: vessel.Vessel) -> Contents:
    """What the backup says it holds."""
    with found.get("contents") as stream:
        return Contents(**json.loads(stream.read()))


class _Told(io.RawIOBase):
    """A stream that says every 100 MB how far it is."""

    def __init__(self, source: BinaryIO, say: Say) -> None:
        self.source, self.say, self.done, self.next = source, say, 0, 100 * MEGABYTE

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.done += len(piece)
        if self.done >= self.next:
            self.say(f"  {self.done / MEGABYTE:,.0f} MB")
            self.next += 100 * MEGABYTE
        return piece


def _told(source: BinaryIO, say: Say) -> BinaryIO:
    return _Told(source, say)  # type: ignore[return-value]


def _home() -> bytes:
    """A tar of what the home needs; small, so it is made in memory and never on a disk."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, name in kept_files():
            tar.add(path, name, recursive=False)
    return out.getvalue()


def kept_files() -> Iterator[tuple[Path, str]]:
    """The files of the home that go into a backup: named ones only, so that nothing slips in."""
    for name in SECRETS:
        if (path := home() / "secrets" / name).exists():
            yield path, f"secrets/{name}"
    for path in sorted((home() / "keys").glob("*.sealed")):
        yield path, f"keys/{path.name}"


def put_back(found: vessel.Vessel) -> list[str]:
    """Write the home's files from a backup; their names. Only names a backup can hold, never a path that leads away."""
    written = []
    with found.get("home") as stream:
        tar = tarfile.open(fileobj=io.BytesIO(stream.read()))  # noqa: SIM115
    for member in tar.getmembers():
        folder, _slash, name = member.name.partition("/")
        right = (folder == "secrets" and name in SECRETS) or (folder == "keys" and name.endswith(".sealed"))
        content = tar.extractfile(member) if member.isfile() and right and "/" not in name else None
        if content is None:
            raise vessel.Damaged(f"the backup holds a file that none should: {member.name}")
        target = home() / folder / name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        vessel.write_whole(target, content.read())
        written.append(member.name)
    return written
