"""The key agent as it runs in production: a process of its own, its own database role, its own socket."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from config.databases import AGENT_ROLE
from ihala.vault import keys, link
from tests.architecture.tree import ROOT


@dataclass
class KeyAgent:
    """The process, which a test may kill and start again."""

    path: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    extra: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start it; until somebody listens."""
        command = [sys.executable, "-m", "config.keyagent"]
        env = self.environment | self.extra
        self.process = subprocess.Popen(command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until and not self._listens():
            time.sleep(0.05)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.path)) == 0

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)


def made(tmp: Path, server: Any, **extra: str) -> KeyAgent:
    """An agent for this process's test database, not started yet."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IHALA_", "DJANGO_"))}
    path = tmp / "agent.sock"
    environment = kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "IHALA_HOME": os.environ["IHALA_HOME"],
        "IHALA_DEMO": "1",
        "IHALA_AGENT_SOCKET": str(path),
        "IHALA_DATABASE_URL": "postgresql://ihala_app@127.0.0.1:1/not-the-agents",
        "IHALA_AGENT_DATABASE_URL": server.address(AGENT_ROLE, connection.settings_dict["NAME"]),
        "IHALA_SUPERVISED": "1",
    }
    return KeyAgent(path, environment, extra=extra)


@pytest.fixture(scope="module")
def running(
    server: Any, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeyAgent]:
    """One agent for a module's tests."""
    agent = made(tmp_path_factory.mktemp("agent"), server)
    agent.start()
    yield agent
    agent.stop()


@pytest.fixture
def key_agent(running: KeyAgent, settings: Any, transactional_db: None) -> Iterator[KeyAgent]:
    """The product of this test asks the process, as in production; a killed one is started again first."""
    if running.process is None or running.process.poll() is not None:
        running.start()
    settings.KEY_AGENT = str(running.path)
    settings.VAULT_DIR, settings.SALTS_DIR = Path("/nowhere/keys"), Path("/nowhere/salts")
    keys.forget()
    yield running
    link.forget()
    keys.forget()
