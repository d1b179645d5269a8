"""The search process as the key agent sees it: started, asked, and started again when it died.

One question at a time. Whoever waits for one that takes long gets `Away` after a while; a process that does not answer
in time is ended, since a late answer must never be taken for the answer to another question.
"""

import logging
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from ihala.matching import bare
from ihala.matching.keeping import Away
from ihala.matching.known import NotHeld

from ..home import ROOT
from . import frames

logger = logging.getLogger("ihala.search")

STARTS_WITHIN = 120.0
"""Seconds until it is ready the first time, when its loops are compiled; a second afterwards."""
ANSWERS_WITHIN = {"find": 10.0}
OTHERWISE = 120.0
"""Seconds for what is asked besides: a million people are read from a snapshot."""
QUEUED = 5.0
"""Seconds that one who asks waits for those before."""
BREATH = 1.0
"""Seconds between two starts of a process that keeps dying."""


class Process:
    """One for the life of an agent; may be asked from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._peer: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        self._started_at = -BREATH

    def ask(self, question: str, blob: bytes = b"", **arguments: Any) -> tuple[Any, bytes]:
        """The answer and the bytes beside it. `NotHeld` as the engine says; `Away` if nobody answers in time."""
        if not self._lock.acquire(timeout=QUEUED if question == "find" else OTHERWISE):
            raise Away(question)
        try:
            return self._exchange(question, blob, arguments)
        except OSError as error:
            self._end()
            raise Away(type(error).__name__) from None
        finally:
            self._lock.release()

    def _exchange(self, question: str, blob: bytes, arguments: dict[str, Any]) -> tuple[Any, bytes]:
        if self._peer is None:
            raise Away("not started")
        self._number += 1
        self._peer.settimeout(ANSWERS_WITHIN.get(question, OTHERWISE))
        frames.send(self._peer, [self._number, question, arguments], blob)
        said, beside = frames.receive(self._peer)
        if said["number"] != self._number:
            raise frames.Broken("another question's answer")
        if "not_held" in said:
            raise NotHeld(question)
        if "failed" in said:
            logger.warning("the search process could not answer %s: %s", question, said["failed"])
            if question != "find":
                raise frames.Broken("what it holds may be half of it")
            raise Away(question)
        return said["answer"], beside

    def tend(self) -> bool:
        """Start it if it does not run; whether it was started now, with nobody in memory."""
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                logger.warning("the search process died and is started again")
                self._end()
            if self._process is not None or time.monotonic() - self._started_at < BREATH:
                return False
            self._start()
            return True

    def _start(self) -> None:
        self._started_at = time.monotonic()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "config.search", str(theirs.fileno())],
                env=environment(),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        ours.settimeout(STARTS_WITHIN)
        try:
            frames.receive(ours)
        except OSError:
            ours.close()
            self._end()
            raise Away("it did not start") from None
        self._peer = ours

    def _end(self) -> None:
        """Whatever it is doing; the next `tend` starts another."""
        if self._peer is not None:
            self._peer.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._peer = self._process = None

    def kill(self) -> None:
        """At once, whoever waits for an answer; what it held is gone with it."""
        process = self._process
        if process is not None:
            process.kill()

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self._process.pid if self._process is not None else None

    def stop(self) -> None:
        """For good."""
        with self._lock:
            self._end()
            self._started_at = float("inf")


def environment() -> dict[str, str]:
    """What every process without keys is told, and that it may use both cores."""
    return bare.environment() | {"NUMBA_NUM_THREADS": "2"}
