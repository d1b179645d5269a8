"""The product as one command starts it, with its own processes and a durable database, to be attacked from outside."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config import machine, postgres
from config.databases import DATABASE
from tests.architecture.tree import ROOT
from tests.config.test_installation import Running, environment, processes_of
from tests.journeys.site import free_port

MARKS = {
    "key agent": "config.keyagent",
    "sequencer": "config.sequencer",
    "worker": "config.worker",
    "server": "granian",
}
POSTGRES = "PostgreSQL"


@dataclass(frozen=True)
class Installation:
    """Where it is, and its processes."""

    home: Path
    port: int
    cluster: postgres.Cluster
    said: str

    def pids_of(self, name: str) -> list[int]:
        """Processes by the name the supervisor gives them; of PostgreSQL the one that rules the others."""
        if name == POSTGRES:
            return [pid] if (pid := self.cluster.pid()) else []
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                ours = f"IHALA_HOME={self.home}".encode() in told(entry)
                if ours and MARKS[name] in (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode():
                    found.append(int(entry.name))
            except OSError:
                continue
        return sorted(found)

    def asked(self, statement: str) -> list[tuple[object, ...]]:
        """The database's answer to its superuser."""
        with self.cluster.connect(DATABASE) as raw:
            return raw.execute(statement).fetchall()  # type: ignore[arg-type]

    def start(self, module: str, *arguments: str) -> "subprocess.Popen[str]":
        """A process beside the product's own, with the same environment."""
        env = environment(self.home, IHALA_DEMO="1", DJANGO_SETTINGS_MODULE="config.settings")
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=ROOT, env=env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip


def told(process: Path) -> bytes:
    """A process's environment; of one whose memory is closed to us, that of the process that started it."""
    try:
        return (process / "environ").read_bytes()
    except PermissionError:
        parent = (process / "status").read_text().partition("PPid:")[2].split()[0]
        return (process.parent / parent / "environ").read_bytes()


NOBODY: Any = {"user": 65534, "group": 65534, "extra_groups": []}


def a_python() -> str:
    """One that every account can start: ours, or the system's of the same version, with our packages."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        version = [candidate, "-c", f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"]
        try:
            if (
                subprocess.run(
                    version, **(NOBODY if os.geteuid() == 0 else {}), cwd="/", check=False
                ).returncode
                == 0
            ):
                return candidate
        except OSError:
            continue
    return sys.executable


@pytest.fixture(scope="package")
def installation() -> Iterator[Installation]:
    """The demo with its cast and no story; as root each of its parts under the account it belongs to."""
    home, port, python = Path(tempfile.mkdtemp(prefix="ihala-attacked-")), free_port(), a_python()
    packages = os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])
    running = Running(home, "demo", "--empty", "--port", str(port), python=python, PYTHONPATH=packages)
    running.wait_for("Ctrl-C stops everything")
    listener = threading.Thread(target=lambda: list(running.process.stdout))
    listener.start()
    data, account = machine.place(home)
    password = (home / "secrets" / "postgres.password").read_text().strip()
    binaries, socket = machine.binaries("pginstall18", account), machine.socket_folder(home)
    cluster = postgres.Cluster(binaries, data / "postgres", socket, account, password)
    yield Installation(home, port, cluster, running.said)
    running.process.send_signal(signal.SIGINT)
    running.process.wait(60)
    listener.join()
    running.process.stdout.close()
    assert processes_of(home) == []
    cluster.stop()
    postgres.remove(cluster)
    shutil.rmtree(home)
