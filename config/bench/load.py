"""Asking again and again, alone or eight at a time, and noting how long each answer took."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .browser import Answer, Broken

Turn = Callable[[], Answer | None]
"""One request of one user; None when there is nothing left to ask."""


@dataclass(frozen=True)
class Visit:
    """A row of the table: its name, and for each user what they do again and again, and the status it must answer."""

    name: str
    turns: Sequence[Turn]
    expected: int = 200


@dataclass
class Measured:
    """How it went: seconds per request, seconds in all, what the server and PostgreSQL worked, and what went wrong."""

    name: str
    users: int
    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0
    errors: int = 0
    first_error: str = ""

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.took) / self.seconds if self.seconds else 0.0

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of a core that a request took, in the server and in PostgreSQL."""
        return 1000 * self.cpu / len(self.took) if self.took else 0.0

    def percentile(self, share: int) -> float:
        """Milliseconds within which `share` percent were answered."""
        if len(self.took) < 2:
            return 1000 * sum(self.took)
        return 1000 * statistics.quantiles(self.took, n=100, method="inclusive")[share - 1]

    def failed(self, why: str) -> None:
        """Count an error; the first one is told below the table."""
        self.errors += 1
        self.first_error = self.first_error or why


def run(visit: Visit, seconds: float) -> Measured:
    """All users at once for `seconds`, or until they have nothing left to ask."""
    measured = Measured(visit.name, len(visit.turns))
    start = threading.Barrier(len(visit.turns) + 1)
    ends = [0.0] * len(visit.turns)

    def user(number: int) -> None:
        turn = visit.turns[number]
        start.wait()
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until and _once(turn, visit.expected, began, measured):
            ends[number] = time.perf_counter()

    threads = [threading.Thread(target=user, args=[number]) for number in range(len(visit.turns))]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    measured.seconds = max(max(ends) - began, 1e-9)
    return measured


def _once(turn: Turn, expected: int, began: float, measured: Measured) -> bool:
    """One request; False when there is nothing left."""
    try:
        answer = turn()
    except Broken as reason:
        measured.failed(str(reason))
        return True
    if answer is None:
        return False
    measured.took.append(time.perf_counter() - began)
    if answer.status != expected:
        measured.failed(f"{answer.status} {answer.headers.get('location', '')} {answer.body[:200]!r}")
    return True


def timed(ask: Callable[[], Answer]) -> tuple[float, Answer]:
    """One request, and the seconds it took."""
    began = time.perf_counter()
    answer = ask()
    return time.perf_counter() - began, answer


def pace() -> float:
    """Milliseconds of CPU for a fixed piece of Python: how fast cores and interpreter are at this moment.

    What shares the machine, and how Python was built, change it twofold; figures compare where it is the same.
    """
    took = []
    for _again in range(3):
        began = time.process_time()
        counted: dict[str, int] = {}
        for number in range(60_000):
            counted[str(number % 997)] = counted.get(str(number % 991), 0) + number
        took.append(time.process_time() - began)
    return 1000 * min(took)
