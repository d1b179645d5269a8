"""Erasing a case, and backing up and restoring the database with many referrals."""

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from config import databases
from config.backup import database, making, vessel

from . import growth
from .stage import Say


@dataclass(frozen=True)
class Safety:
    """The median of erasing a whole case (confirmed to done), and of one backup how large and how long."""

    erase_ms: float
    referrals: int
    megabytes: float
    backup_s: float
    restore_s: float


def measure(erased: list[float], referrals: int, say: Say) -> Safety:
    """`erased` are the seconds of each case; the backup is of the database of `growth` with many referrals."""
    say(f"Backup and restore of {referrals:,} referrals …")
    address = databases.embedded_url(databases.OWNER_ROLE, growth.MANY)
    with tempfile.TemporaryDirectory(prefix="ihala-bench-backup-") as folder:
        place = Path(folder)
        vessel.make_key(place / "key")
        began = time.monotonic()
        path = making.make(place / "backups", address, lambda line: None, verify=False)
        made = time.monotonic()
        found = vessel.reading(path, making.KIND, place / "key")
        size = sum(file["bytes"] for file in found.files.values())
        with database.scratch(lambda line: None) as empty:
            ready = time.monotonic()
            with found.get("database") as stream:
                database.load(empty, stream)
            differences = making.contents_of(found).differences(database.read_contents(empty))
            done = time.monotonic()
    if differences:
        raise RuntimeError("; ".join(differences))
    return Safety(
        statistics.median(erased) * 1000, referrals, size / making.MEGABYTE, made - began, done - ready
    )  # fmt: skip
