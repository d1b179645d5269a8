"""The whole run, from the throwaway home to the printed table."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config import databases, processes
from config.home import ROOT, folder

from . import agent, growth, load, logged, places, raw, rows, safety, searching, stage
from .browser import Browser
from .report import Report
from .rows import People, Prepared
from .stage import Say, Stage


@dataclass(frozen=True)
class Scale:
    """How long and how much."""

    seconds: float
    users: int
    alone: int
    together: int
    few: int
    many: int
    asked: int
    inserts: int
    events: int
    leaves: int
    stays: int
    both: int
    crowd: int
    demo: tuple[str, ...] = ()
    rounds: int = growth.ROUNDS


FULL = Scale(
    seconds=5.0, users=8, alone=50, together=400, few=1_000, many=100_000, asked=30,
    inserts=2_000, events=20_000, leaves=1_000_000, stays=100_000, both=384, crowd=100_000,
)  # fmt: skip
QUICK = Scale(
    seconds=0.5, users=8, alone=3, together=16, few=60, many=600, asked=3,
    inserts=50, events=300, leaves=1_000, stays=400, both=48, crowd=300, demo=("--empty",), rounds=2
)  # fmt: skip
OPENED = 8
WARM = 16


def run(say: Say, *, quick: bool = False) -> int:
    """Measure and print; the table is also kept in `var/bench.md` unless it was a quick run. Always 0."""
    report = Report(quick)
    before = os.getloadavg()[0]
    with stage.throwaway_home() as home:
        scale = QUICK if quick else FULL
        say("Starting the demo on an empty home, then once more …")
        report.starts = (stage.demo_starts_in(home, *scale.demo), stage.demo_starts_in(home, *scale.demo))
        with stage.stage(say) as staged:
            _measure(staged, scale, report, say)
    report.load = (before, os.getloadavg()[0])
    text = report.text()
    if not quick:
        (folder(ROOT / "var") / "bench.md").write_text(text + "\n")
    say(text)
    return 0


def _measure(staged: Stage, scale: Scale, report: Report, say: Say) -> None:
    say("Preparing people and referrals …")
    ask(staged, "staff", users=scale.users)
    flats = places.furnish(staged.cluster, databases.DATABASE)
    four = raw.four_rows(staged.cluster)
    found = ask(staged, "count")
    report.counted = found["counted"]
    written = raw.rows_of(staged.cluster, found["sent"])
    report.rows_written = {one.table: len(one.rows) for one in written}
    stock = [_drafts(staged, users, count) for users, count in _stock(scale)]
    opened = prepare(
        staged, "drafts", OPENED, 1, script="case consent draft send ack ask answer conflict accept"
    )
    with places.letting_go(staged.cluster, databases.DATABASE):
        _rows(staged, scale, report, stock, [one.reference for one in opened], flats, say)
    say(f"{raw.NAME} …")
    report.raw = raw.measure(staged.cluster, written, scale.users, scale.seconds)
    report.raw_four = raw.measure(staged.cluster, four, scale.users, scale.seconds, raw.FOUR_ROWS)
    say("What the log costs …")
    report.log = _log(staged, scale)
    say("The inbox with few and with many referrals …")
    report.growth = growth.measure(staged, scale.few, scale.many, scale.asked, rounds=scale.rounds)
    report.growth.read_all.extend(
        ask(staged, "plans", database=growth.MANY, username=growth.USER, path="/inbox/")
    )
    report.safety = safety.measure(ask(staged, "erased", count=scale.asked), report.growth.many, say)
    staged.rest()
    report.places = _places(staged, scale, flats, say)


def _places(staged: Stage, scale: Scale, flats: list[str], say: Say) -> places.Places:
    say("The board of beds, fit and acceptances without and with a year of stays …")
    stocks = [
        _answered(staged, prepare(staged, "drafts", scale.alone, 1, script="case consent draft send"))
        for _before_and_after in range(2)
    ]
    found = places.measure(staged, databases.DATABASE, scale.stays, scale.asked, flats, stocks)
    staged.rest()
    return found


def _log(staged: Stage, scale: Scale) -> logged.LogCost:
    with_us, without_us = logged.inserts(staged.cluster, scale.inserts)
    inside = ask(staged, "log", events=scale.events, leaves=scale.leaves)
    return logged.LogCost(with_us, without_us, leaves=scale.leaves, **inside)


def _stock(scale: Scale) -> list[tuple[int, int]]:
    """For how many users, and how many drafts: to warm up, for one user, for all, to compare two ways."""
    return [
        (scale.users, WARM),
        (1, scale.alone),
        (scale.users, scale.together),
        (scale.users, scale.both),
    ]


def _drafts(staged: Stage, users: int, count: int) -> list[Prepared]:
    return prepare(staged, "drafts", count, users, script="case consent draft")


def _rows(
    staged: Stage, scale: Scale, report: Report, stock: list[list[Prepared]], opened: list[str], flats: list[str],
    say: Say,
) -> None:  # fmt: skip
    """Every row of the table at one and at eight users."""
    port = staged.serve()
    staged.work()
    people = People.signed_in(port, scale.users)
    warm, alone, together, both = stock
    _warm(people, port, opened, warm)
    report.memory = stage.memory_of(staged.servers[port])
    for users, share in ((1, alone), (scale.users, together)):
        some = People(people.senders[:users], people.receivers[:users])
        for make in _visits(staged, port, some, share, opened, flats):
            for browser in (*people.senders, *people.receivers):
                browser.close()  # the server hangs up on those that were idle
            visit = make()
            say(f"{visit.name}, {users} at once …")
            report.paces.append(load.pace())
            steps = visit.expected == 302
            before = staged.worked()
            measured = load.run(visit, scale.seconds * (5 if steps else 1))
            measured.cpu = staged.worked() - before
            report.measured.append(measured)
    report.memory = stage.memory_of(staged.servers[port])
    say("The key agent …")
    made = ask(staged, "openings", references=opened)
    report.agent = agent.AgentCost(
        agent.openings(made, scale.users, scale.seconds),
        agent.added(staged, people, both, opened, scale.seconds),
    )
    say("Searching for people …")
    report.search = searching.SearchCost(**ask(staged, "searches", asked=scale.asked, crowd=scale.crowd))
    staged.rest()


def _visits(
    staged: Stage, port: int, people: People, share: list[Prepared], opened: list[str], flats: list[str]
) -> list[Callable[[], load.Visit]]:
    """The rows, each made ready just before it is measured."""
    senders, receivers = people.senders, people.receivers
    strangers = [Browser(port) for _one in senders]
    return [
        lambda: rows.plain(rows.NOTHING, "/bench/nothing/", strangers),
        lambda: rows.plain(rows.ONE_ROW, "/bench/row/", strangers),
        lambda: rows.plain(rows.FOUR_ROWS, "/bench/four/", strangers),
        lambda: rows.sign_in(port, len(senders)),
        lambda: rows.plain(rows.INBOX, "/inbox/", receivers),
        lambda: rows.unchanged(receivers),
        lambda: rows.opened(receivers, opened),
        lambda: rows.stepping(rows.SEND, senders, share, rows.send),
        lambda: rows.stepping(
            rows.ACCEPT, receivers, _answered(staged, share), places.accepting(receivers, flats)
        ),
    ]


def _warm(people: People, port: int, opened: list[str], drafts: list[Prepared]) -> None:
    """Everything once or twice, so that no row pays for what the first request of a process reads."""
    for visit in (
        rows.plain(rows.INBOX, "/inbox/", people.receivers),
        rows.opened(people.receivers, opened),
        rows.sign_in(port, len(people.senders)),
    ):
        load.run(visit, 0.3)
    load.run(rows.stepping(rows.SEND, people.senders, drafts, rows.send), 60)


def _answered(staged: Stage, sent: list[Prepared]) -> list[Prepared]:
    """What was sent becomes what can be accepted; two processes prepare it."""
    halves = [[one.reference for one in sent[part::2]] for part in range(2)]
    answers = _both(staged, "answered", [{"references": half} for half in halves])
    return [Prepared(*one) for answer in answers for one in answer]


def prepare(staged: Stage, what: str, count: int, users: int, **asked: Any) -> list[Prepared]:
    """Referrals prepared by two processes, in the order of the users."""
    half = count // 2 // users * users
    parts = [{"count": half, "first": 0}, {"count": count - half, "first": half}]
    answers = _both(staged, what, [{**part, **asked, "users": users} for part in parts if part["count"]])
    return [Prepared(*one) for answer in answers for one in answer]


def ask(staged: Stage, what: str, database: str = databases.DATABASE, **asked: Any) -> Any:
    """What a process inside the product answers."""
    return _read(what, _start(staged, what, database, asked))


def _both(staged: Stage, what: str, each: list[dict[str, Any]]) -> list[Any]:
    started = [_start(staged, what, databases.DATABASE, asked) for asked in each]
    return [_read(what, process) for process in started]


def _start(staged: Stage, what: str, database: str, asked: dict[str, Any]) -> "subprocess.Popen[str]":
    arguments = (sys.executable, "-m", "config.bench.seed", what, json.dumps(asked))
    inside = processes.Command("seed", arguments, {"IHALA_AGENT": "inside"})
    [command] = staged.accounts.placed([inside])  # it has the keys, so it runs as the agent would
    return subprocess.Popen(
        command.arguments,
        cwd=ROOT,
        env={**staged.environment(database), **command.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        **processes.as_account(command.account),
    )


def _read(what: str, process: "subprocess.Popen[str]") -> Any:
    said, _nothing = process.communicate()
    if process.returncode:
        raise RuntimeError(f"preparing “{what}” failed; its reason is above")
    return json.loads(said.splitlines()[-1])
