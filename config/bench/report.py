"""The table that is printed: figures, what the machine itself can do, and the aims beside them."""

import os
import platform
from dataclasses import dataclass, field
from datetime import datetime

from . import rows
from .agent import ONE, AgentCost
from .beds import BOARD
from .growth import Growth
from .load import Measured
from .logged import LogCost
from .places import Grown, Places
from .safety import Safety
from .searching import SearchCost

AIMS = {
    (rows.SIGN_IN, 8): "p95 < 400 ms",
    (rows.INBOX, 8): "≥ 150/s",
    (rows.UNCHANGED, 8): "≥ 400/s",
    (rows.OPEN, 8): "≥ 150/s",
    (rows.SEND, 8): "≥ 120/s, p95 < 100 ms, ≤ 20 statements",
    (rows.ACCEPT, 8): "p95 < 150 ms",
}
HEAD = (
    "| What | Users | Per second | p50 ms | p95 ms | CPU ms | Errors | Statements | Of nothing "
    "| Of raw psycopg | Aim |"
)


@dataclass
class Report:
    """Everything that was measured."""

    quick: bool
    counted: dict[str, int] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)
    raw: Measured | None = None
    raw_four: Measured | None = None
    rows_written: dict[str, int] = field(default_factory=dict)
    growth: Growth | None = None
    safety: Safety | None = None
    log: LogCost | None = None
    agent: AgentCost | None = None
    places: Places | None = None
    search: SearchCost | None = None
    memory: list[int] = field(default_factory=list)
    starts: tuple[float, float] = (0.0, 0.0)
    load: tuple[float, float] = (0.0, 0.0)
    paces: list[float] = field(default_factory=list)

    def text(self) -> str:
        """The report in Markdown."""
        parts = [self._head(), HEAD, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|", *self._rows(), ""]
        return "\n".join([*parts, *self._beside(), "", *self._errors(), *self._read()])

    def _head(self) -> str:
        when = datetime.now().astimezone().isoformat(" ", "minutes")
        quick = " (quick: too short to be compared)" if self.quick else ""
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL 18 (fsync on)"
        busy = f"load {self.load[0]:.1f} before, {self.load[1]:.1f} at the end"
        pace = f"a fixed piece of Python in {min(self.paces):.0f} to {max(self.paces):.0f} ms"
        return f"# Ihala, measured{quick}\n\n{when} · {machine} · {busy} · {pace}\n"

    def _rows(self) -> list[str]:
        lines = [self._row(one) for one in self.measured]
        if self.raw is not None:
            one = self.raw
            lines.append(
                _line(_figures(one), str(sum(bool(n) for n in self.rows_written.values())), "", "100 %", "")
            )
        return lines

    def _row(self, one: Measured) -> str:
        empty = next(
            (two for two in self.measured if two.name == rows.NOTHING and two.users == one.users), None
        )
        of_raw = _share(one, self.raw) if one.name in (rows.SEND, rows.ACCEPT) and one.users > 1 else ""
        statements = str(self.counted.get(one.name, ""))
        return _line(
            _figures(one), statements, _share(one, empty), of_raw, AIMS.get((one.name, one.users), "")
        )

    def _beside(self) -> list[str]:
        lines = ["| Beside | Measured | Aim |", "|---|---|---|"]
        story = "people only" if self.quick else "with the story"
        lines.append(f"| First start on an empty home, {story} | {self.starts[0]:.1f} s | < 90 s |")
        lines.append(f"| Second start | {self.starts[1]:.1f} s | < 10 s |")
        memory = ", ".join(f"{size} MB" for size in self.memory) or "not readable here"
        lines.append(f"| Server: granian itself, then its processes | {memory} | each < 200 MB |")
        if self.growth is not None:
            grown = self.growth
            figures = f"{grown.few_ms:.1f} ms with {grown.few:,}, {grown.many_ms:.1f} ms with {grown.many:,}"
            lines.append(f"| Inbox, median of interleaved runs | {figures}: × {grown.ratio:.2f} | ≤ × 1.20 |")
            plan = "; ".join(sorted(set(grown.read_all))) or "none"
            lines.append(f"| Plans that read all referrals | {plan} | none |")
        lines += self._yardstick()
        safe = _safe(self.safety) if self.safety else []
        found = self.search.lines() if self.search else []
        return [*lines, *self._agent(), *found, *self._log(), *safe, *self._places()]

    def _yardstick(self) -> list[str]:
        """The aims were set on a machine whose speed is told by these two; what of them is reached here."""
        four = self._at_most_users(rows.FOUR_ROWS)
        if self.raw_four is None or four is None:
            return []
        found = [self._at_most_users(name) for name in (rows.INBOX, rows.OPEN, rows.SEND)]
        shares = ", ".join(f"{one.name} {_share(one, four)}" for one in found if one is not None)
        return [
            f"| {self.raw_four.name}, 8 connections | {self.raw_four.rate:,.0f}/s | 4,000/s where the aims were set |",
            f"| {four.name}, 8 users | {four.rate:,.0f}/s | 1,500/s where the aims were set |",
            f"| Of that view's rate | {shares} | as there: 10 %, 10 %, 8 % |",
        ]

    def _at_most_users(self, name: str) -> Measured | None:
        return next((one for one in reversed(self.measured) if one.name == name), None)

    def _agent(self) -> list[str]:
        if (found := self.agent) is None:
            return []
        lines = []
        for one in found.openings:
            figures = f"{one.rate:,.0f}/s, p50 {one.percentile(50):.1f} ms, p95 {one.percentile(95):.1f} ms"
            aim = "≥ 600/s, p95 < 15 ms" if one.name == ONE else ""
            lines.append(f"| {one.name}, {one.users} at once, {one.errors} errors | {figures} | {aim} |")
        for two in found.added:
            lines.append(f"| {two.name}: CPU with agent and log, of without | × {two.ratio:.2f} | ≤ × 1.15 |")
        return lines

    def _places(self) -> list[str]:
        if self.places is None:
            return []
        one = self.places.board
        grown = f"{one.few_ms:.1f} ms without, {one.many_ms:.1f} ms with {one.stays:,} past stays"
        size = f"{one.bytes / 1000:.1f} kB compressed"
        return [
            f"| {BOARD}, one user | p95 {one.p95_ms:.1f} ms, {size} | < 150 ms, < 60 kB |",
            f"| {BOARD}, median | {grown}: × {one.ratio:.2f} | ≤ × 1.20 |",
            *_grown(self.places.fit, one.stays, "< 200 ms"),
            *_grown(self.places.accept, one.stays, ""),
        ]

    def _log(self) -> list[str]:
        if (log := self.log) is None:
            return []
        proofs = f"inclusion {log.inclusion_ms:.1f} ms, consistency {log.consistency_ms:.1f} ms"
        cost = f"{log.with_us:.0f} µs, {log.without_us:.0f} µs without"
        return [
            f"| INSERT of an event with what its leaf needs | {cost} | |",
            f"| Leaves sequenced | {log.per_second:,.0f}/s | ≥ 1,000/s |",
            f"| Proof in a tree of {log.leaves:,} leaves | {proofs} | |",
            f"| Verify an export of {log.leaves:,} leaves, every tenth in full | {log.verify_s:.1f} s | ≤ 20 s |",
        ]

    def _errors(self) -> list[str]:
        failed = [one for one in (*self.measured, self.raw) if one is not None and one.errors]
        return [f"First error of “{one.name}”, {one.users} users: {one.first_error}\n" for one in failed]

    def _read(self) -> list[str]:
        written = ", ".join(f"{number} {table}" for table, number in self.rows_written.items())
        return [
            "Statements are counted through Django's test client, without SAVEPOINTs and without the key agent's own.",
            f"Raw psycopg writes what one sending wrote ({written}) in one transaction on 8 connections.",
            "CPU ms: what the server's processes and PostgreSQL worked per request, as the kernel counts it.",
            "Two cores offer 2,000 ms a second: 2,000 / CPU ms is what a quiet machine can do at most.",
            "The worker runs beside the server, as in the demo; the browsers share the machine with both.",
        ]


def _grown(one: Grown, stays: int, aim: str) -> list[str]:
    grown = f"{one.few_ms:.1f} ms without, {one.many_ms:.1f} ms with {stays:,} past stays: × {one.ratio:.2f}"
    return [
        f"| {one.name}, one user | p95 {one.p95_ms:.1f} ms | {aim} |",
        f"| {one.name}, one user, median | {grown} | ≤ × 1.20 |",
    ]


def _safe(one: Safety) -> list[str]:
    referrals, size = f"{one.referrals:,} referrals", f"{one.megabytes:,.1f} MB"
    return [
        f"| Erasing a case, median, from confirmed to done | {one.erase_ms:.1f} ms | |",
        f"| Backup of {referrals}, encrypted | {one.backup_s:.1f} s, {size} | |",
        f"| Restoring and comparing it | {one.restore_s:.1f} s | |",
    ]


def _figures(one: Measured) -> list[str]:
    return [one.name, str(one.users), f"{one.rate:,.0f}", f"{one.percentile(50):.1f}", f"{one.percentile(95):.1f}",
            f"{one.cpu_ms:.1f}" if one.cpu else "", str(one.errors)]  # fmt: skip


def _line(figures: list[str], *others: str) -> str:
    return "| " + " | ".join([*figures, *others]) + " |"


def _share(one: Measured, whole: Measured | None) -> str:
    return f"{100 * one.rate / whole.rate:.0f} %" if whole is not None and whole.rate else ""
