"""Keeps people in the search process's memory as the database has them: loads, follows, forgets. The key agent's part.

What is in memory is compared with the database by stamps (the moment and number of a case's last write); a notification
only tells when to look. So a lost one, a restored database or an old snapshot ends in the same state. Whatever cannot
be brought up to date is dropped and loaded anew; nothing old is ever answered.
"""

import threading
import time
from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from ihala.audit import loading
from ihala.audit.loading import Load, Source
from ihala.cases.comparing import SEARCHED, SealedPerson, identities_of

from .asked import Asked
from .known import DOCUMENT, PHONE, Known, NotHeld, known_of

PORTION = 200
"""Cases read, opened and handed over at once."""
PAUSE = 0.005
"""Between two portions, so that people's questions come first."""
STAMP = 8
STAMPS = "SELECT case_id, stamp FROM ihala_search_stamps(%s)"
ROWS = "SELECT case_id, stamp, person_id, sex, identity, triage FROM ihala_search_rows(%s, %s)"

Stamps = dict[UUID, int]


class Away(Exception):
    """The search process does not answer, or has not yet loaded what is asked for."""


class Search(Protocol):
    """The search process, or the same thing inside this one."""

    def ask(self, question: str, blob: bytes = b"", **arguments: Any) -> tuple[Any, bytes]:
        """See `Engine.ask`. `NotHeld`, or `Away`."""


class Keeper:
    """One for the life of an agent. `keeps`: snapshots are written, so that a restart is quick."""

    def __init__(self, search: Search, *, keeps: bool) -> None:
        self.search, self.keeps = search, keeps
        self._locks: dict[int, threading.RLock] = {}
        self._guard = threading.Lock()
        self.used: dict[int, float] = {}

    def lock(self, organisation: int) -> threading.RLock:
        """Held while an organisation's people are loaded, changed, kept or forgotten."""
        with self._guard:
            return self._locks.setdefault(organisation, threading.RLock())

    def find(self, organisation: int, asked: Asked, top: int) -> list[tuple[UUID, float, list[str]]]:
        """The likeliest people first, as the database has them now. `Away` if that cannot be said within a while."""
        self.ready(organisation)
        return self.found(organisation, asked, top)

    def found(self, organisation: int, asked: Asked, top: int) -> list[tuple[UUID, float, list[str]]]:
        """What the search process answers. `NotHeld` where people must be loaded first."""
        self.used[organisation] = time.monotonic()
        question = {
            "name": asked.name, "year": asked.year, "numbers": asked.numbers, "codes": asked.codes, "sex": asked.sex,
            "nationality": asked.nationality,
        }  # fmt: skip
        found, _none = self.search.ask("find", organisation=organisation, asked=question, top=top)
        return [(UUID(hex=key), score, codes) for key, score, codes in found]

    def load(self, organisation: int) -> None:
        """Bring an organisation's people into memory as they are now: from what was kept, and from the rows."""
        with self.lock(organisation):
            there = self._there(organisation)
            kept = self.keeps and organisation in loading.kept()
            load = Load.begun(organisation, Source.SNAPSHOT if kept else Source.ROWS, len(there))
            data = load.snapshot() if kept else None
            if data is not None and self.search.ask("restore", data, organisation=organisation)[0]:
                changed = _differing(self._held(organisation), there)
                self._read(load, organisation, changed, "change")
                self.search.ask("publish", organisation=organisation)
            else:
                self._from_rows(load, organisation, there)
                self.keep(organisation)

    def follow(self, organisation: int, cases: Collection[UUID]) -> None:
        """These cases were written: read them again, if the organisation is held."""
        with self.lock(organisation):
            if str(organisation) in self.held():
                load = Load.begun(organisation, Source.CHANGES, len(cases))
                self._read(load, organisation, cases, "change")

    def compare(self, organisation: int) -> int:
        """Read again whatever differs from what is held; how many cases. `NotHeld` if nothing is."""
        with self.lock(organisation):
            changed = _differing(self._held(organisation), self._there(organisation))
            if changed:
                load = Load.begun(organisation, Source.CHANGES, len(changed))
                self._read(load, organisation, changed, "change")
            return len(changed)

    def ready(self, organisation: int) -> None:
        """Memory is as the database is now; inside one process nobody tells of changes, so it is compared."""
        try:
            self.compare(organisation)
        except NotHeld:
            self.load(organisation)

    def forget(self, organisation: int, case: UUID) -> None:
        """Something of a case was erased: what was kept opens no more, and memory holds what still opens."""
        with self.lock(organisation):
            loading.shred(organisation)
            self.follow(organisation, {case})

    def keep(self, organisation: int) -> None:
        """Write what is in memory down, sealed."""
        if self.keeps:
            with self.lock(organisation):
                loading.keep(organisation, self.search.ask("snapshot", organisation=organisation)[1])

    def held(self) -> dict[str, int]:
        """How many people of which organisations are in memory."""
        held: dict[str, int] = self.search.ask("held")[0]
        return held

    def drop(self, organisation: int) -> None:
        """Let go of an organisation's people; the next search loads them anew."""
        with self.lock(organisation):
            self.search.ask("drop", organisation=organisation)

    def _there(self, organisation: int) -> Stamps:
        with connection.cursor() as cursor:
            cursor.execute(STAMPS, [organisation])
            return dict(cursor.fetchall())

    def _held(self, organisation: int) -> Stamps:
        _number, data = self.search.ask("stamps", organisation=organisation)
        size = 16 + STAMP
        return {
            UUID(bytes=data[at : at + 16]): int.from_bytes(data[at + 16 : at + size], "big")
            for at in range(0, len(data), size)
        }

    def _from_rows(self, load: Load, organisation: int, there: Stamps) -> None:
        self.search.ask("begin", organisation=organisation)
        self._read(load, organisation, there, "add")
        self.search.ask("finish", organisation=organisation)
        self.search.ask("publish", organisation=organisation)

    def _read(self, load: Load, organisation: int, cases: Collection[UUID], question: str) -> None:
        """Hand these cases over as they are now; one that is not there any more without people."""
        listed = sorted(cases)
        for start in range(0, len(listed), PORTION):
            portion = listed[start : start + PORTION]
            read = {
                key: [key.hex, stamp, people] for key, stamp, people in _opened(load, organisation, portion)
            }
            gone = [[key.hex, 0, []] for key in portion if key not in read]
            self.search.ask(question, organisation=organisation, cases=[*read.values(), *gone])
            if len(listed) > PORTION and self.keeps:
                time.sleep(PAUSE)


def _differing(held: Stamps, there: Stamps) -> set[UUID]:
    """Cases that are new, written since, or gone."""
    return {key for key in held.keys() | there.keys() if held.get(key) != there.get(key)}


def _opened(load: Load, organisation: int, cases: list[UUID]) -> Iterator[tuple[UUID, int, list[Any]]]:
    """Each case with its people, as the search process takes them."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [organisation, cases])
        rows = cursor.fetchall()
    grouped = [(key, list(of_case)) for key, of_case in groupby(rows, key=lambda row: row[:2])]
    openings, shapes = [], []
    for (case, stamp), of_case in grouped:
        people = [SealedPerson(*row[2:]) for row in of_case if row[2]]
        openings += identities_of(case, organisation, people)
        shapes.append((case, stamp, people))
    values = iter(load.open(openings))
    for case, stamp, people in shapes:
        by_class = [next(values) for _cls in SEARCHED]
        known = [
            known_of({"sex": one.sex}, *said)
            for one, said in zip(people, zip(*by_class, strict=True), strict=True)
        ]
        yield (
            case,
            stamp,
            [_row(one.pk, said) for one, said in zip(people, known, strict=True) if said.findable],
        )


def _row(person: UUID, known: Known) -> list[Any]:
    numbers = [PHONE + number for number in known.phones] + [DOCUMENT + number for number in known.documents]
    return [person.hex, known.names, known.year, known.sex, known.nationality, numbers]


_keeper: Keeper | None = None


def use(keeper: Keeper | None) -> None:
    """The agent's process has a search process as its child; None: back to what works inside one process."""
    global _keeper
    _keeper = keeper


def keeper() -> Keeper:
    """What keeps people for this process's agent."""
    global _keeper
    if _keeper is None:
        from .engine import (
            Engine,
        )  # the letter model with all that it needs is loaded where it is used, and nowhere else

        _keeper = Keeper(Engine(), keeps=False)
    return _keeper
