"""How the product reaches the key agent: over its socket, or inside this very process.

Functions that need private keys or salts are marked with `through`. In the agent's own process they run as they stand.
Everywhere else they become a question over the unix socket: one frame there, one frame back, on a connection that each
thread keeps, so that a page costs one round trip per question. Asking again is harmless by design (a reading is then
twice in the log), so a connection that breaks is made anew and the question repeated, for as long as `PATIENCE`; then
the answer is a refusal in words, never an error.

`KEY_AGENT = "inside"` keeps the agent in this process: for tests that roll back, and for telling the demo's story. It
cannot be set in production.
"""

import inspect
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings

from ihala.core.refusal import Refused

from . import refusals, salts, wire
from .sealing import NotOpened

INSIDE = "inside"
PATIENCE = 6.0
"""Seconds a question waits for an agent that is being started again; a killed one is back within three."""
RESTING = 15.0
"""For so many seconds after somebody waited in vain nobody else does: a page asks several times, and its transaction
does not live as long as waiting each time would take."""
BRIEF, HASTE = 0.15, 2.0
"""Seconds in which an agent that is back is found then, and in which it answers."""
ANSWER_WITHIN = 20.0
REMEMBERED = 60.0
"""Seconds the agent remembers, for each connection, secrets whose rows are not committed yet."""
MAKES = ("make", "regrant")

TRAVELLING: dict[str, type[Exception]] = {}
"""Errors that are raised here as they were raised in the agent."""

Function = TypeVar("Function", bound=Callable[..., Any])
VERBS: dict[str, Callable[..., Any]] = {}
"""What the agent can be asked, by name."""
SIGNATURES: dict[str, inspect.Signature] = {}
"""Their arguments."""
ADMINISTRATION: set[str] = set()
"""Of these, what only processes of the agent's own account and root may ask: the command line."""

WITHIN: dict[str, float] = {}
"""Seconds for an answer that may take longer than others: other processes work for it."""

_mine = threading.local()
_away: dict[str, float] = {}
"""By socket, until when this process takes the agent to be away, on the monotonic clock."""
last_opened: dict[str, float] = {}
"""When this process was last answered sealed content, on the monotonic clock: what it held stays in its memory."""


def inside() -> bool:
    """Whether the agent is an object of this process."""
    return bool(settings.KEY_AGENT == INSIDE)


@contextmanager
def _answering() -> Iterator[None]:
    """What happens in here is the agent's work, though it is done in this process."""
    _mine.answering = getattr(_mine, "answering", 0) + 1
    try:
        yield
    finally:
        _mine.answering -= 1


def answering() -> bool:
    """Whether this thread does the work of an agent inside this process: its statements are not the request's own."""
    return bool(getattr(_mine, "answering", 0))


def through(
    verb: str, *, administration: bool = False, within: float = ANSWER_WITHIN
) -> Callable[[Function], Function]:
    """Mark a function as one that only the agent can carry out, `within` so many seconds."""

    def marked(function: Function) -> Function:
        VERBS[verb] = function
        WITHIN[verb] = within
        if administration:
            ADMINISTRATION.add(verb)
        signature = SIGNATURES[verb] = inspect.signature(function)

        @wraps(function)
        def asked(*arguments: Any, **named: Any) -> Any:
            if inside():
                with _answering():
                    return function(*arguments, **named)
            return ask(verb, signature.bind(*arguments, **named).arguments)

        return cast("Function", asked)

    return marked


def travels(error: type[Exception]) -> type[Exception]:
    """Let an error of the agent's reach who asked. Its text holds names of things, never what was sealed."""
    TRAVELLING[error.__name__] = error
    return error


for _error in (NotOpened, salts.Erased, salts.OnlyWhole):
    travels(_error)


def ask(verb: str, arguments: dict[str, Any]) -> Any:
    """The agent's answer. `Refused` as the agent says, and `agent_away` when nobody answers."""
    if "actor" in arguments:
        arguments["actor"] = wire.who(arguments["actor"])
    frame = wire.packed([verb, list(arguments.items())])
    patient = time.monotonic() >= _away.get(settings.KEY_AGENT, 0.0)
    until = time.monotonic() + (PATIENCE if patient else min(BRIEF, PATIENCE))
    within = WITHIN.get(verb, ANSWER_WITHIN)
    while True:
        try:
            body = _exchange(frame, within if patient else min(within, HASTE))
            _away.pop(settings.KEY_AGENT, None)
            if verb in MAKES:
                _mine.made_at = time.monotonic()
            elif verb == "open":
                last_opened["at"] = time.monotonic()
            return _answer(body)
        except (OSError, wire.Malformed):
            forget()
        if time.monotonic() > until:
            if patient:
                _away[settings.KEY_AGENT] = time.monotonic() + RESTING
            raise Refused(refusals.AWAY)
        time.sleep(0.1)


def _exchange(frame: bytes, within: float) -> bytes:
    peer = _connection()
    peer.settimeout(within)
    wire.send(peer, frame)
    body = wire.receive(peer)
    if body is None:
        raise ConnectionResetError
    return body


def _answer(body: bytes) -> Any:
    said = wire.unpacked(body)
    if "refused" in said:
        raise refusals.refused("agent_away" if _forgot(said["refused"]) else said["refused"])
    if "raised" in said:
        raise TRAVELLING[said["raised"]](said["text"])
    return said["answer"]


def _forgot(code: str) -> bool:
    """Whether the agent only lacks what an earlier one knew: a secret of this very transaction, when it was killed."""
    made_at, connected_at = getattr(_mine, "made_at", 0.0), getattr(_mine, "connected_at", 0.0)
    return code == refusals.NO_LIVE_BASIS.code and connected_at - REMEMBERED < made_at < connected_at


class _Line(socket.socket):
    """A thread's connection, hung up when the thread that kept it has ended."""

    def __del__(self) -> None:
        self.close()


def _connection() -> socket.socket:
    """This thread's connection; a process that was forked makes its own."""
    kept: tuple[int, str, socket.socket] | None = getattr(_mine, "kept", None)
    if kept is not None and kept[:2] == (os.getpid(), settings.KEY_AGENT):
        return kept[2]
    forget()  # of the process this one was forked from, or to another agent: it is nobody's any more
    peer = _Line(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(ANSWER_WITHIN)
    try:
        peer.connect(settings.KEY_AGENT)
    except OSError:
        peer.close()
        raise
    _mine.kept = (os.getpid(), settings.KEY_AGENT, peer)
    _mine.connected_at = time.monotonic()
    return peer


def forget() -> None:
    """Hang up this thread's connection, if there is one."""
    kept = getattr(_mine, "kept", None)
    _mine.kept = None
    if kept is not None:
        kept[2].close()
