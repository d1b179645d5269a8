"""The processes of one installation, kept alive together and stopped together.

The supervisor starts PostgreSQL (when it is the embedded one), the key agent, the server and the worker. One that dies
is started again; one that keeps dying stops everything, in words. Ctrl-C and SIGTERM stop the others first and
PostgreSQL last. If the supervisor itself is killed, the kernel stops the others (`config.parents`).
"""

import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from . import databases
from .home import ROOT
from .parents import die_with_parent, gain_nothing
from .postgres import Cluster

Say = Callable[[str], None]
PATIENCE = 3
"""How often within `WITHIN` seconds a process may die before everything stops."""
WITHIN = 60.0


class Gone(Exception):
    """A process died too often, or cannot start; the message says which and what to do."""


@dataclass(frozen=True)
class Command:
    """A process to keep alive: its name in messages, its command line, and the account that runs it (None: ours)."""

    name: str
    arguments: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None


def key_agent() -> Command:
    """The only holder of the keys; the only one told its database address and how custody is opened."""
    own = {name: value for name, value in os.environ.items() if name.startswith(_OF_AGENT)}
    return Command(
        "key agent",
        (sys.executable, "-m", "config.keyagent"),
        own | {"IHALA_AGENT_DATABASE_URL": databases.agent_url(), "IHALA_ROLE": "agent"},
    )


def server(port: int, host: str = "localhost", workers: int = 2) -> Command:
    """granian with Django in it; each of its two processes answers four people at once."""
    options: tuple[str, ...] = (
        "--interface",
        "wsgi",
        "--host",
        _number(host),
        "--port",
        str(port),
        "--workers",
        str(workers),
    )
    options += (
        "--blocking-threads",
        "4",
        "--no-ws",
        "--http",
        "1",
        "--log-level",
        "warning",
        "--backlog",
        "256",
    )
    options += ("--respawn-failed-workers", "--workers-kill-timeout", "10s")
    command = (sys.executable, "-m", "granian", *options, "config.wsgi:application")
    return Command("server", command, {"IHALA_RENEWED": "1"})


def worker() -> Command:
    """procrastinate: e-mails, clocks and everything else that nobody waits for."""
    return Command("worker", (sys.executable, "-m", "config.worker"))


def sequencer() -> Command:
    """Numbers the log and signs checkpoints."""
    return Command("sequencer", (sys.executable, "-m", "config.sequencer"))


def witness(port: int, name: str, place: Path) -> Command:
    """The demo's stand-in for what runs at an organisation, on a machine of its own."""
    options = ("--server", f"http://127.0.0.1:{port}", "--name", name, "--folder", str(place))
    return Command(name, (sys.executable, "-m", "ihala.audit.witness", *options))


def environment(mode: str, runtime_url: str) -> dict[str, str]:
    """What a child sees: the runtime role's address and never the owner's. `mode` is `DEMO` or `PRODUCTION`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OWNERS and not name.startswith(_OF_AGENT)
    }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "IHALA_DATABASE_URL": runtime_url,
        f"IHALA_{mode}": "1",
        "IHALA_SUPERVISED": "1",
        "PYTHONUNBUFFERED": "1",
        **FRUGAL,
    }


FRUGAL = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1048576"}
"""glibc keeps what hashing passwords used (19 MiB a thread) unless it is told to give large blocks back."""

_OF_AGENT = ("IHALA_CUSTODY", "CREDENTIALS_DIRECTORY", "IHALA_AGENT_DATABASE_URL")
_OWNERS = {"IHALA_OWNER_DATABASE_URL", "IHALA_DATABASE_URL", "IHALA_ROLE", "IHALA_DEMO", "IHALA_PRODUCTION"}


def as_account(account: str | None) -> dict[str, Any]:
    """How a process is started as somebody else; nothing of ours is left to it."""
    if account is None:
        return {}
    entry = pwd.getpwnam(account)
    groups = [pwd.getpwnam(name).pw_gid for name in _ALSO.get(account, ())]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups, "umask": 0o077}


_ALSO = {"ihala-agent": ("ihala-web",)}
"""The agent reads the few secrets that both need (`config.accounts`), never the other way round."""


def _bound() -> None:
    die_with_parent(signal.SIGTERM)


def _bound_and_closed() -> None:
    _bound()
    gain_nothing()


def free(port: int, host: str = "localhost") -> bool:
    """Whether nobody listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_number(host), port))
        except OSError:
            return False
    return True


def _number(host: str) -> str:
    return "127.0.0.1" if host == "localhost" else host


@dataclass
class Supervisor:
    """Keeps `commands` alive with `env`; `cluster` is the embedded server, or None when one was given."""

    say: Say
    cluster: Cluster | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    _running: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    _deaths: dict[str, list[float]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal ask for a clean stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        if self._stop.is_set() and number == signal.SIGINT:
            return
        self._stop.set()
        raise KeyboardInterrupt

    def start(self, command: Command) -> None:
        """Start a process in a session of its own, so that the terminal's Ctrl-C reaches only the supervisor."""
        self._running[command.name] = subprocess.Popen(
            command.arguments,
            env={**self.env, **command.env},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_bound if command.account is None else _bound_and_closed,
            **as_account(command.account),
        )

    def died(self, name: str) -> bool:
        """Whether the process was started and has ended."""
        process = self._running.get(name)
        return process is not None and process.poll() is not None

    def keep_alive(self) -> None:
        """Look at the processes until somebody asks to stop; raises `Gone` when one keeps dying."""
        for command in self.commands:
            if command.name not in self._running:
                self.start(command)
        while not self._stop.wait(0.5):
            if self.cluster is not None and self.cluster.pid() is None:
                self._died("PostgreSQL")
                self.cluster.start()
            for command in self.commands:
                process = self._running[command.name]
                if process.poll() is not None:
                    self._died(command.name)
                    self.start(command)

    def _died(self, name: str) -> None:
        now = time.monotonic()
        recent = [moment for moment in self._deaths.get(name, []) if now - moment < WITHIN] + [now]
        self._deaths[name] = recent
        if len(recent) > PATIENCE:
            raise Gone(
                f"The {name} died {len(recent)} times within a minute; everything stops. Its reason is above."
            )
        self.say(f"The {name} died and is started again.")

    def stop(self) -> None:
        """Stop what runs, PostgreSQL last; whatever does not listen within ten seconds is killed."""
        self._stop.set()
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        for process in self._running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        if self.cluster is not None:
            self.cluster.stop()
