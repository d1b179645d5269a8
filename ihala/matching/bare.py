"""A process that holds no key and can reach nothing: a question goes in by one pipe, the answer comes out by another.

Comparing loads a large library and reads what people wrote, so it is not done where the keys are. The process is told
nothing by its environment: no address of a database, no way to custody, no socket. Before it reads the first question
it gives up opening anything at all (no descriptor beyond its three), writing files and leaving a core dump; its time
and memory are bounded. If it dies or takes too long, whoever asked hears `Gone` and nothing is left behind.
"""

import json
import os
import resource
import select
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

import ihala_names
from ihala.core.children import packages

ROOT = Path(__file__).resolve().parents[2]
PREFIX = 4
LONGEST = 256 * 1024 * 1024
PATIENCE = 60.0
"""Seconds an answer may take, on a machine that is busy."""
MEMORY = 2 * 1024 * 1024 * 1024
"""Bytes of address space; compiled code reserves far more than it uses."""
CPU_SECONDS = 300
IDLE = 120.0
"""Seconds without a question after which the process ends by itself: what it has loaded takes memory."""
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}
"""Without this the numeric library reserves memory for every processor."""


class Gone(Exception):
    """The process died or did not answer in time; nothing of the question is left anywhere."""


class Bare:
    """One such process, started by the first question; `with` ends it, and with it all it knew."""

    def __init__(self, module: str, patience: float = PATIENCE) -> None:
        self.module, self.patience = module, patience
        self.process: subprocess.Popen[bytes] | None = None
        self.served = False
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> "Bare":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def ask(self, question: Any) -> Any:
        """The answer to one question, both plain JSON. `Gone` if there is none.

        One that served before may just have ended for want of questions; then another one is asked.
        """
        body = json.dumps(question, ensure_ascii=False).encode()
        with self._one_at_a_time:
            served, self.served = self.served, True
            answer = self._asked(body)
            if answer is None and served:
                answer = self._asked(body)
        if answer is None:
            raise Gone(self.module)
        return json.loads(answer)

    def _asked(self, body: bytes) -> bytes | None:
        process = self.start()
        watch = threading.Timer(self.patience, process.kill)
        watch.start()
        try:
            write(process.stdin, body)
            answer = read(process.stdout)
        except OSError:
            answer = None
        finally:
            watch.cancel()
        if answer is None:
            self.end()
        return answer

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it, if it does not run: loading takes a second in which something else can be done."""
        if self.process is None or self.process.poll() is not None:
            self.end()
            self.process = subprocess.Popen(
                [sys.executable, "-s", "-m", self.module], cwd=ROOT, env=environment(), stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return self.process

    def end(self) -> None:
        """End the process, if it runs. What it knew was in its memory alone."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was not written yet goes with it
                    cast("IO[bytes]", pipe).close()


def environment() -> dict[str, str]:
    """All it is told: where our own process finds its packages, how to spare memory, and where compiled code is kept
    if that cannot be beside its source."""
    told = ENVIRONMENT | packages()
    beside = Path(ihala_names.__file__).parent
    if os.access(beside, os.W_OK):
        return told
    from django.conf import settings  # the process itself does without

    compiled = Path(settings.SALTS_DIR).parent / "compiled"
    compiled.mkdir(mode=0o700, exist_ok=True)
    return told | {"NUMBA_CACHE_DIR": str(compiled)}


def write(pipe: "IO[bytes] | None", body: bytes) -> None:
    """A length and so many bytes."""
    assert pipe is not None  # noqa: S101 — opened above
    try:
        pipe.write(len(body).to_bytes(PREFIX, "big") + body)
        pipe.flush()
    except ValueError:  # closed meanwhile
        raise BrokenPipeError from None


def read(pipe: "IO[bytes] | None") -> bytes | None:
    """The next message; None where there is none any more."""
    assert pipe is not None  # noqa: S101 — opened above
    prefix = pipe.read(PREFIX)
    size = int.from_bytes(prefix, "big")
    if len(prefix) < PREFIX or size > LONGEST:
        return None
    body = pipe.read(size)
    return body if len(body) == size else None


def serve(answer: Callable[[Any], Any]) -> None:
    """The process itself: once everything it needs is loaded, give up the rest, then answer until nobody asks."""
    give_up()
    while select.select([sys.stdin.buffer], [], [], IDLE)[0] and (body := read(sys.stdin.buffer)) is not None:
        write(sys.stdout.buffer, json.dumps(answer(json.loads(body))).encode())


def give_up() -> None:
    """From here on: no file, no socket, no core, no more than so much time and memory."""
    for limit, most in (
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
    ):
        resource.setrlimit(limit, (most, most))
