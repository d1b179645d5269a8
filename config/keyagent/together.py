"""Openings that wait at the same moment are looked up, recorded and committed together, and then answered.

A reading is answered only after its event is on the disk, and the disk takes several events as quickly as one (group
commit). Nobody is waited for: who comes while nothing is under way goes at once, who comes meanwhile goes with the
next group. Each is admitted or refused by itself, and opens its values by itself, after the commit.
"""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection, transaction

from ihala.audit import actions as audit
from ihala.audit.enums import Purpose
from ihala.core.refusal import Refused
from ihala.vault.models import Grant

MOST = 32
"""So many go in one transaction at most."""


class Gate(Protocol):
    """What stands between a question and its answer."""

    def ask(self, verb: str, arguments: dict[str, Any]) -> None:
        """Raises `Refused` if the question may not be answered."""

    def ask_each(self, verb: str, questions: Sequence[dict[str, Any]]) -> list[Refused | None]:
        """For each question why it may not be answered, None if it may."""

    def refused(self, verb: str, arguments: dict[str, Any], refused: Refused) -> None:
        """Is told that it was not."""

    def undo(self) -> None:
        """Is told that the transaction of the last `ask_each` was rolled back, with what it put on record."""


@dataclass
class Asked:
    """One question that waits: `turn` is given when it is settled, or when it is to lead the next group."""

    arguments: dict[str, Any]
    question: audit.Question
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    settled: audit.Answer | Exception | None = None


class Together:
    """Groups those who ask in different threads; the first of a group leads it."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self._lock = threading.Lock()
        self._waiting: list[Asked] = []
        self._under_way = False

    def open(self, arguments: dict[str, Any], uncommitted: Collection[Grant]) -> list[list[Any]]:
        """The values, on record and committed. Raises what was said instead."""
        purpose = Purpose(arguments["purpose"])
        question = audit.Question(**{**arguments, "purpose": purpose, "uncommitted": uncommitted})
        mine = Asked(arguments, question)
        if not self._leads(mine):
            mine.turn.acquire()
        if mine.settled is None:
            self._lead(mine)
        if isinstance(mine.settled, audit.Answer):
            return mine.settled.values()
        raise mine.settled or RuntimeError("a question was left unsettled")

    def _leads(self, mine: Asked) -> bool:
        with self._lock:
            self._waiting.append(mine)
            leads = not self._under_way
            self._under_way = True
            return leads

    def _lead(self, mine: Asked) -> None:
        """Settle those that wait, wake them, and let the first of those that came meanwhile lead."""
        with self._lock:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            settle(group, self.gate)
        finally:
            with self._lock:
                self._under_way = bool(self._waiting)
                next_one = self._waiting[:1]
            for one in (*group, *next_one):
                if one is not mine:
                    one.turn.release()


def settle(group: Sequence[Asked], gate: Gate) -> None:
    """Record and commit; afterwards each is answered, refused or failed. A group that fails is taken one by one."""
    try:
        with transaction.atomic():
            said = _record(group, gate)
    except Exception as error:
        gate.undo()
        connection.close()  # in whatever state it was left
        if len(group) > 1:
            for one in group:
                settle([one], gate)
        else:
            group[0].settled = error
        return
    for one, settled in zip(group, said, strict=True):
        one.settled = settled


def _record(group: Sequence[Asked], gate: Gate) -> list[audit.Answer | Exception]:
    """What each is told once this is committed; a no is on record too."""
    refusals = gate.ask_each("open", [one.arguments for one in group])
    admitted = [one.question for one, no in zip(group, refusals, strict=True) if no is None]
    answers = iter(audit.open_together(admitted))
    said: list[audit.Answer | Exception] = [no or next(answers) for no in refusals]
    for one, told in zip(group, said, strict=True):
        if isinstance(told, Refused):
            gate.refused("open", one.arguments, told)
    return said
