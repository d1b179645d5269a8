"""A throwaway home on which the demo is started twice and the measured server runs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from config import accounts, databases, postgres, processes
from config.home import ROOT

Say = processes.Say
PATIENCE = 600.0
WORKER = processes.worker().name


LATER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, scheduled_at)
VALUES ('matching', 'matching.pairs', 'matching.pairs', now() + interval '1 day') ON CONFLICT DO NOTHING
"""
"""A dozen families come here a hundred times each: looking for two cases of one person, every ten minutes, would keep a
core busy with pairs that no installation has."""


@dataclass
class Stage:
    """The home's cluster and the processes that run on it, by the accounts the demo would use."""

    say: Say
    cluster: postgres.Cluster
    supervisor: processes.Supervisor
    accounts: accounts.Accounts
    servers: dict[int, int] = field(default_factory=dict)

    def serve(self, database: str = databases.DATABASE, **settings: str) -> int:
        """Start the demo's server, with the benchmark's and these settings, on that database; its port.

        One that has the keys inside (`IHALA_AGENT="inside"`) runs as the account that may read them.
        """
        port = free_port()
        has_keys = settings.get("IHALA_AGENT") == "inside"
        placing = replace(self.accounts, web=self.accounts.agent) if has_keys else self.accounts
        [command] = placing.placed([processes.server(port)])
        self.supervisor.env = self.environment(database) | settings
        self.supervisor.start(replace(command, name=f"server on {port}"))
        self.servers[port] = self.supervisor._running[f"server on {port}"].pid
        answers_within(port, 60)
        return port

    def worked(self, without: Collection[str] = ()) -> float:
        """Seconds of a core that everything which answers has used so far: all processes but the worker and these."""
        left_out = {WORKER, *without}
        answering = [
            process.pid for name, process in self.supervisor._running.items() if name not in left_out
        ]
        postgres_pid = self.cluster.pid()
        parents = answering if postgres_pid is None else [*answering, postgres_pid]
        return sum(_worked(pid) for parent in parents for pid in (parent, *_children(parent)))

    def work(self) -> None:
        """Start the key agent, the sequencer and the worker, as the demo does."""
        self.supervisor.env = self.environment(databases.DATABASE)
        with self.cluster.connect(databases.DATABASE) as connection:
            connection.execute(LATER)
        commands = [processes.key_agent(), processes.sequencer(), processes.worker()]
        for command in self.accounts.placed(commands):
            self.supervisor.start(command)

    def environment(self, database: str) -> dict[str, str]:
        """What the processes see: the runtime role on that database, and the benchmark's settings."""
        address = databases.embedded_url(databases.RUNTIME_ROLE, database)
        return processes.environment("DEMO", address) | {"DJANGO_SETTINGS_MODULE": "config.bench.settings"}

    def rest(self) -> None:
        """Stop the servers and the worker; PostgreSQL goes on."""
        self.supervisor.cluster = None
        self.supervisor.stop()
        self.supervisor = processes.Supervisor(self.say, self.cluster)
        self.servers.clear()


@contextmanager
def throwaway_home() -> Iterator[Path]:
    """A home of this run's own in the environment; nothing of the caller's installation is seen."""
    before = dict(os.environ)
    for name in [
        name for name in os.environ if name.startswith("IHALA_") or name == "DJANGO_SETTINGS_MODULE"
    ]:
        del os.environ[name]
    home = Path(tempfile.mkdtemp(prefix="ihala-bench-"))
    os.environ["IHALA_HOME"] = str(home)
    try:
        yield home
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def stage(say: Say) -> Iterator[Stage]:
    """PostgreSQL of the home runs inside the block and is gone after it, with its data."""
    cluster = postgres.embedded()
    cluster.start(say)
    made = Stage(say, cluster, processes.Supervisor(say, cluster), accounts.separated(say))
    try:
        yield made
    finally:
        made.rest()
        cluster.stop()
        postgres.remove(cluster)


def demo_starts_in(home: Path, *options: str) -> float:
    """Seconds from `ihala demo` to its first answer; then it is stopped."""
    port = free_port()
    command = [sys.executable, "-m", "config.cli", "demo", "--port", str(port), *options]
    began = time.monotonic()
    with (home / "demo.log").open("ab") as log:
        demo = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        return answers_within(port, PATIENCE, demo) - began
    finally:
        demo.send_signal(signal.SIGINT)
        try:
            demo.wait(60)
        except subprocess.TimeoutExpired:
            demo.kill()
            demo.wait()


def answers_within(port: int, seconds: float, process: "subprocess.Popen[bytes] | None" = None) -> float:
    """When the server first answered anything."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and (process is None or process.poll() is None):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as asked:
                asked.sendall(b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if asked.recv(12).startswith(b"HTTP/1.1"):
                    return time.monotonic()
        except OSError:
            pass
        time.sleep(0.05)
    raise processes.Gone(f"Nothing answered on port {port}.")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def memory_of(parent: int) -> list[int]:
    """Megabytes each process of a server holds (resident), its own first; empty where /proc cannot be read."""
    found = []
    for pid in [parent, *_children(parent)]:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return []
        lines = [line for line in status.splitlines() if line.startswith("VmRSS")]
        found += [int(line.split()[1]) // 1024 for line in lines]
    return found


def _worked(pid: int) -> float:
    """Seconds of a core that a process has used; 0 where /proc cannot be read."""
    try:
        threads = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    except OSError:
        return 0.0
    return sum(int(text.split()[0]) for text in threads) / 1e9


def _children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == parent:
            found.append(int(path.parent.name))
    return sorted(found)
