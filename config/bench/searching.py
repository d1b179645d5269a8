"""Searching for people: loading from rows and from the sealed snapshot, and a search with and without the way to it.

The search process is asked straight through its pipe and through the key agent's socket (admitted, counted, on record
and committed before it is answered), so what the way costs is a ratio within one run.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

QUERIES = (
    "maryem abdel rahmen", "مها سلطان العوضي", "Blessing Adeyemi 1989", "0500017431", "sawsan refat halabi", "3456",
)  # fmt: skip


Times = tuple[float, float, int]


@dataclass(frozen=True)
class SearchCost:
    """Seconds to load so many people each way, and milliseconds of a search: median and p95."""

    people: int
    rows_s: float
    snapshot_s: float
    crowd: int
    crowd_s: float
    straight_ms: float
    straight_p95_ms: float
    agent_ms: float
    agent_p95_ms: float
    errors: int

    def lines(self) -> list[str]:
        """As the report prints them."""
        loads = f"{self.rows_s:.2f} s row by row, {self.snapshot_s:.2f} s from the sealed snapshot"
        straight = f"p50 {self.straight_ms:.1f} ms, p95 {self.straight_p95_ms:.1f} ms"
        way = f"p50 {self.agent_ms:.1f} ms, p95 {self.agent_p95_ms:.1f} ms: × {self.agent_ms / self.straight_ms:.2f}"
        return [
            f"| {self.people:,} people loaded for the search | {loads} | |",
            f"| A search among these, of the search process itself | {straight} | |",
            f"| A search through the key agent, on record, {self.errors} errors | {way} | |",
            f"| {self.crowd:,} made-up people from a sealed snapshot | {self.crowd_s:.2f} s | 1,000,000 in 5 s |",
        ]


def measured(asked: int, crowd: int) -> dict[str, Any]:
    """Inside the product, with an agent running beside: the figures of `SearchCost`."""
    from config.search.process import Process
    from ihala.core.acting import acting
    from ihala.matching.keeping import Keeper
    from ihala.organisations.models import Actor, Organisation
    from ihala.vault import snapshots

    system = Actor.system_of(Organisation.objects.get(code="aman").pk)
    process = Process()
    process.tend()
    try:
        keeper = Keeper(process, keeps=True)
        snapshots.shred(system.organisation_id)  # the agent beside may have written one
        with acting(system):
            rows = _took(lambda: keeper.load(system.organisation_id))
            snapshot = _took(lambda: keeper.load(system.organisation_id))
            found = keeper.held()[str(system.organisation_id)]
        straight = _searches(asked, lambda question: keeper.found(system.organisation_id, question, 10))
        of_crowd = _crowd(keeper, crowd)
    finally:
        process.stop()
    through = _through_the_agent(asked)
    return {
        "people": found, "rows_s": rows, "snapshot_s": snapshot, "crowd": crowd, "crowd_s": of_crowd,
        "straight_ms": straight[0], "straight_p95_ms": straight[1], "agent_ms": through[0], "agent_p95_ms": through[1],
        "errors": straight[2] + through[2],
    }  # fmt: skip


def _crowd(keeper: Any, number: int) -> float:
    """Seconds from the sealed file to people that are found; the names are combined from the story's."""
    from ihala.demo.people import FAMILIES
    from ihala.organisations.models import Organisation
    from ihala.vault import snapshots

    organisation = Organisation.objects.get(code="sharjah").pk
    names = [one.content.survivor["name_latin"].split() for one in FAMILIES.values()]
    cases = [[f"{n:032x}", 1, [_person(n, names)]] for n in range(number)]
    keeper.search.ask("begin", organisation=organisation)
    for start in range(0, number, 5_000):
        keeper.search.ask("add", organisation=organisation, cases=cases[start : start + 5_000])
    keeper.search.ask("finish", organisation=organisation)
    snapshots.write(organisation, keeper.search.ask("snapshot", organisation=organisation)[1])

    def load() -> None:
        keeper.search.ask("restore", snapshots.read(organisation), organisation=organisation)
        keeper.search.ask("publish", organisation=organisation)

    try:
        return _took(load)
    finally:
        snapshots.shred(organisation)


def _person(number: int, names: list[list[str]]) -> list[Any]:
    given, family = names[number % len(names)][0], names[number // len(names) % len(names)][-1]
    numbers = [f"p9715{number:08d}"]
    return [f"{number:032x}", [f"{given} {family}"], 1950 + number % 60, "female", "AE", numbers]


def _through_the_agent(asked: int) -> Times:
    """As a page asks; the first waits for the agent's own process to have loaded."""
    from django.conf import settings

    from config.keyagent import places
    from ihala.core.refusal import Refused
    from ihala.matching import finding

    from .seed import actors_of

    actor = actors_of(0)["aman.caseworker"]
    settings.KEY_AGENT = str(places.socket_path())
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            finding.find(actor, _read(QUERIES[0]), "search", 10)
            break
        except Refused:
            time.sleep(0.5)
    return _searches(asked, lambda question: finding.find(actor, question, "search", 10))


def _searches(asked: int, find: Callable[[Any], Any]) -> Times:
    """Median and p95 in milliseconds, and how many were refused."""
    from ihala.core.refusal import Refused

    times, errors = [], 0
    for turn in range(asked * len(QUERIES)):
        question, began = _read(QUERIES[turn % len(QUERIES)]), time.perf_counter()
        try:
            find(question)
        except Refused:
            errors += 1
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), sorted(times)[int(0.95 * len(times))], errors


def _read(typed: str) -> Any:
    from ihala.core.clock import today
    from ihala.matching.asked import read

    return read(typed, today().year)


def _took(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
