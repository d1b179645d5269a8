"""The key agent: how many openings a second it answers, and what it and the log add to reading and sending.

Openings are asked over its socket by eight clients, each answered after its event is committed. What is added is a
ratio within one run: the same requests to a second server on the same database that has the keys inside of itself.
"""

import base64
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from config.keyagent import places
from config.processes import key_agent, sequencer

from . import load, rows
from .browser import Answer, Broken
from .rows import People, Prepared
from .stage import Stage

ONE, PAGE = "Opening through the key agent, one class", "The same, all of a referral's page"
PREFIX = 4
ROUNDS = 2


@dataclass
class Added:
    """CPU of one kind of request, keys in the server and agent and log as processes: seconds, number of requests."""

    name: str
    inside: list[tuple[float, int]] = field(default_factory=list)
    apart: list[tuple[float, int]] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """How much the one is of the other, per request."""
        (one, other) = (
            sum(cpu for cpu, _n in each) / sum(n for _cpu, n in each) for each in (self.apart, self.inside)
        )
        return one / other


@dataclass
class AgentCost:
    """The openings by kind, and what is added by kind of request."""

    openings: list[load.Measured]
    added: list[Added]


def frames(references: Sequence[str], actor: Any) -> dict[str, list[str]]:
    """Inside the product: by kind of opening, the questions `actor` would ask for these referrals, as they travel."""
    from ihala.core.acting import acting
    from ihala.referrals import questions
    from ihala.referrals.actions import package
    from ihala.vault import wire

    made: dict[str, list[str]] = {ONE: [], PAGE: []}
    with acting(actor):
        for reference in references:
            referral = questions.seen_at(reference, actor)
            if referral is None:
                raise LookupError(reference)
            whole = package.openings(referral, questions.parts(referral))
            for kind, asked in ((ONE, whole[:1]), (PAGE, whole)):
                arguments = {
                    "actor": wire.who(actor),
                    "purpose": "referral",
                    "openings": asked,
                    "missing_ok": True,
                }
                frame = wire.packed(["open", list(arguments.items())])
                made[kind].append(base64.b64encode(frame).decode())
    return made


def openings(made: dict[str, list[str]], users: int, seconds: float) -> list[load.Measured]:
    """Each kind by `users` clients at once."""
    return [
        load.run(
            load.Visit(kind, [_client([base64.b64decode(one) for one in asked]) for _user in range(users)]),
            seconds,
        )
        for kind, asked in made.items()
    ]


def _client(asked: list[bytes]) -> Callable[[], Answer]:
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(str(places.socket_path()))
    waiting = cycle(asked)

    def once() -> Answer:
        peer.sendall(next(waiting))
        body = _exactly(peer, int.from_bytes(_exactly(peer, PREFIX), "big"))
        return Answer(200 if b"values" in body else 500, {}, body)  # a refused one has none

    return once


def _exactly(peer: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        more = peer.recv(size - len(parts))
        if not more:
            raise Broken("the key agent hung up")
        parts += more
    return parts


def added(
    staged: Stage, people: People, stock: list[Prepared], opened: list[str], seconds: float
) -> list[Added]:
    """Reading and sending, in turns with the keys inside and apart; `people` are signed in at the running server."""
    port = staged.serve(IHALA_AGENT="inside")
    within = People.signed_in(port, len(people.senders))
    reading, sending = Added(rows.OPEN), Added(rows.SEND)
    portions = iter(_portions(stock, 2 * (ROUNDS + 1)))
    for number in range(ROUNDS + 1):  # the first warms up
        for some, processes in ((within, (key_agent().name, sequencer().name)), (people, ())):
            for one, visit in (
                (reading, rows.opened(some.receivers, opened)),
                (sending, rows.stepping(rows.SEND, some.senders, next(portions), rows.send)),
            ):
                for browser in (*some.senders, *some.receivers):
                    browser.close()  # the server hangs up on those that were idle
                before = staged.worked(processes)
                measured = load.run(visit, seconds)
                if measured.errors:
                    raise RuntimeError(measured.first_error)
                if number:
                    found = (staged.worked(processes) - before, len(measured.took))
                    (one.inside if some is within else one.apart).append(found)
    return [reading, sending]


def _portions(stock: list[Prepared], number: int) -> list[list[Prepared]]:
    size = len(stock) // number
    return [stock[place * size : (place + 1) * size] for place in range(number)]
