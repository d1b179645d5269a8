"""The supervisor keeps processes alive, stops them together and gives up in words."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from config import cli, installation, parents, processes
from config.processes import Command, Gone, Supervisor
from tests.architecture.tree import ROOT

SLEEPS = Command("sleeper", (sys.executable, "-c", "import time; time.sleep(60)"))
DIES = Command("dier", (sys.executable, "-c", ""))
DEAF = Command(
    "deaf",
    (
        sys.executable,
        "-c",
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(60)",
    ),
)


class FakeCluster:
    """Counts what happens to it."""

    def __init__(self):
        self.alive, self.events = True, []

    def pid(self):
        return 1 if self.alive else None

    def start(self):
        self.alive = True
        self.events.append("start")

    def stop(self):
        self.events.append("stop")


@pytest.fixture
def supervisor():
    made = Supervisor(say=[].append, env=dict(os.environ))
    made.said = made.say.__self__
    yield made
    made.stop()


def until(condition, seconds=15):
    """Wait for `condition` to become true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_process_that_dies_is_started_again(supervisor):
    supervisor.commands = [SLEEPS]
    thread = threading.Thread(target=supervisor.keep_alive)
    thread.start()
    assert until(lambda: "sleeper" in supervisor._running)
    first = supervisor._running["sleeper"].pid
    os.kill(first, signal.SIGKILL)
    assert until(lambda: supervisor._running["sleeper"].pid != first)
    supervisor._stop.set()
    thread.join(10)
    assert supervisor.said == ["The sleeper died and is started again."]
    running = supervisor._running["sleeper"]
    supervisor.stop()
    assert running.poll() is not None


def test_a_process_that_keeps_dying_stops_everything(supervisor):
    supervisor.commands = [DIES]
    with pytest.raises(Gone, match="dier died 4 times"):
        supervisor.keep_alive()
    assert supervisor.died("dier")
    assert not supervisor.died("nobody")


def test_postgresql_is_started_again_and_stopped_last(supervisor):
    supervisor.cluster = FakeCluster()
    supervisor.cluster.alive = False
    thread = threading.Thread(target=supervisor.keep_alive)
    thread.start()
    assert until(lambda: supervisor.cluster.events)
    supervisor._stop.set()
    thread.join(10)
    supervisor.stop()
    assert supervisor.cluster.events == ["start", "stop"]


def test_a_process_that_does_not_listen_is_killed(supervisor, monkeypatch):
    supervisor.start(DEAF)
    process = supervisor._running["deaf"]
    time.sleep(0.5)
    original = subprocess.Popen.wait

    def impatient(self, timeout=None):
        return original(self, 0.2 if timeout == 10 else timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", impatient)
    supervisor.stop()
    assert process.returncode == -signal.SIGKILL


def test_asking_to_stop_interrupts_and_a_second_ctrl_c_changes_nothing(supervisor):
    with pytest.raises(KeyboardInterrupt):
        supervisor._asked(signal.SIGTERM, None)
    supervisor._asked(signal.SIGINT, None)


def test_children_never_see_the_owners_address(monkeypatch):
    monkeypatch.setenv("IHALA_OWNER_DATABASE_URL", "postgresql://ihala_owner:secret@localhost/x")
    monkeypatch.setenv("IHALA_DATABASE_URL", "postgresql://ihala_owner:secret@localhost/x")
    monkeypatch.setenv("IHALA_ROLE", "owner")
    found = processes.environment("PRODUCTION", "postgresql://ihala_app@localhost/x")
    assert "ihala_owner" not in "".join(found.values())
    assert found["IHALA_DATABASE_URL"] == "postgresql://ihala_app@localhost/x"
    assert found["IHALA_PRODUCTION"] == "1"
    assert "IHALA_DEMO" not in found


def test_a_taken_port_is_noticed():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not processes.free(taken.getsockname()[1])
    assert processes.free(0)


def test_a_process_leaves_when_its_parent_is_killed():
    """A middle process starts a grandchild that watches; the middle one is killed, the grandchild leaves."""
    grandchild = (
        "from config.parents import leave_with_parent; import time; leave_with_parent(0.1); time.sleep(60)"
    )
    middle = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {grandchild!r}])\n"
        "print(child.pid, flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", middle], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pid = int(process.stdout.readline())
    time.sleep(1.5)
    process.kill()
    process.wait()
    process.stdout.close()

    def gone():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"

    assert until(gone)


def test_elsewhere_than_on_linux_nothing_is_asked_of_the_kernel(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(parents.ctypes, "CDLL", lambda *given, **more: pytest.fail("asked the kernel"))
    parents.die_with_parent()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_refuses_the_demos_door(monkeypatch, capsys, command):
    monkeypatch.setenv("IHALA_DEMO", "1")
    assert cli.main([command]) == 1
    assert "IHALA_DEMO cannot be set in production" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "function"),
    [
        (["demo", "--port", "8123"], "config.demo.run"),
        (["migrate"], "config.installation.migrate"),
        (["check"], "config.installation.check"),
        (["intake", "a.json", "--as", "aman.caseworker"], "config.installation.intake"),
        (["messages", "check"], "config.catalogue.run"),
        (["serve"], "config.installation.serve"),
        (["worker"], "config.installation.work"),
    ],
)
def test_each_command_calls_its_function(monkeypatch, arguments, function):
    monkeypatch.setattr(function, lambda *given, **more: 7)
    assert cli.main(arguments) == 7


def test_an_unknown_command_is_refused(capsys):
    with pytest.raises(SystemExit):
        cli.main(["dance"])
    assert "dance" in capsys.readouterr().err


def test_an_interrupted_start_stops_cleanly(monkeypatch):
    said = []
    monkeypatch.delenv("IHALA_DEMO", raising=False)
    monkeypatch.setattr(Supervisor, "listen", lambda self: None)

    def interrupted(supervisor, say, starts):
        raise KeyboardInterrupt

    monkeypatch.setattr(installation, "_embedded", interrupted)
    monkeypatch.delenv("IHALA_DATABASE_URL", raising=False)
    monkeypatch.setenv("IHALA_ORIGIN", "https://ihala.example")
    monkeypatch.delenv("IHALA_AGENT", raising=False)
    assert installation.work(said.append) == 0
    assert said == []
