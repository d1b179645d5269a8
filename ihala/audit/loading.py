"""The door through which an organisation's identities go into the memory of the search process.

One leaf for each load, on record and committed before anything is opened (`beginnings`), and one for
each portion of changes that is read; never one for each row. It runs in the key agent alone: whoever else calls it has
no keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from ihala.core.acting import acting
from ihala.vault import snapshots
from ihala.vault.wire import Who

from .actions import Opening, prepared
from .beginnings import begin
from .enums import EventName
from .opening import opened_on_record


class Source(models.TextChoices):
    """From where people came into memory, or for what else they are read."""

    ROWS = "rows"
    SNAPSHOT = "snapshot"
    CHANGES = "changes"
    PAIRS = "pairs"
    """Not into memory: to be compared with each other."""


@dataclass(frozen=True)
class Load:
    """A load that is on record; only it opens."""

    organisation: int

    @classmethod
    def begun(cls, organisation: int, source: Source, cases: int) -> "Load":
        """Put it on record, as the organisation's own system; committed before anything is opened."""
        detail = {"source": str(source), "cases": cases}
        system = Who(organisation, 0, 0)
        with acting(system):
            begin([prepared(system, EventName.SEALED_LOADED, detail=detail)])
        return cls(organisation)

    def open(self, openings: Sequence[Opening]) -> list[list[Any]]:
        """The values of each opening; None for what was erased and for what has no live grant."""
        return opened_on_record(self.organisation, openings)

    def snapshot(self) -> bytes | None:
        """What was kept of an earlier load, if it opens."""
        return snapshots.read(self.organisation)


def keep(organisation: int, people: bytes) -> None:
    """Seal what is in memory, to start from it the next time. Nothing is read, so no event."""
    snapshots.write(organisation, people)


def shred(organisation: int) -> None:
    """What was kept opens for nobody any more."""
    snapshots.shred(organisation)


def kept() -> list[int]:
    """The organisations of which something is kept."""
    return snapshots.lying()
