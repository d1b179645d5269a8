"""The commands of an installation on the embedded server, each in a home of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from config import machine, postgres
from tests.architecture.tree import ROOT
from tests.journeys.site import free_port


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An empty home; its cluster is stopped and taken away in the end."""
    place = tmp_path_factory.mktemp("home")
    yield place
    data, account = machine.place(place)
    left = postgres.Cluster(
        machine.binaries("pginstall18", account), data / "postgres", machine.socket_folder(place), account, ""
    )
    left.stop()
    postgres.remove(left)


def environment(home, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IHALA_", "DJANGO_"))}
    return kept | {"IHALA_HOME": str(home)} | more


def ihala(home, *arguments, **more):
    """Run a command to its end; its exit status and what it said."""
    command = [sys.executable, "-m", "config.cli", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(home, **more),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout + done.stderr


class Running:
    """A command that goes on: `wait_for` reads until a text appears."""

    def __init__(self, home, *arguments, python=sys.executable, **more):
        self.said = ""
        self.process = subprocess.Popen(
            [python, "-m", "config.cli", *arguments],
            cwd=ROOT,
            env=environment(home, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def wait_for(self, text):
        for line in self.process.stdout:
            self.said += line
            if text in line:
                return
        raise AssertionError(f"{text!r} was never said:\n{self.said}")

    def end(self, number):
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.said += rest or ""
        return self.process.returncode


def processes_of(home):
    """Command lines of processes whose environment names this home."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if f"IHALA_HOME={home}".encode() in Path(entry.path, "environ").read_bytes():
                    found.append(Path(entry.path, "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
    return [line for line in found if line]


def answers(port, path):
    request = urllib.request.Request(f"http://localhost:{port}{path}", headers={"X-Forwarded-Proto": "https"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_migrate_then_check_finds_a_sound_installation(home):
    status, said = ihala(home, "migrate")
    assert status == 0, said
    status, said = ihala(home, "check")
    assert (status, said.strip().splitlines()[-1]) == (0, "Sound."), said
    status, said = ihala(home, "audit", "check")
    assert (status, said.strip().splitlines()[-1]) == (0, "Sound."), said
    (home / "keys").chmod(0o755)
    status, said = ihala(home, "check")
    assert status == 1
    assert "is open to others: chmod 700" in said
    (home / "keys").chmod(0o700)
    assert processes_of(home) == []


@pytest.mark.parametrize(
    "command",
    [["check"], ["backup", "backups"], ["intake", "form.json", "--as", "anyone"], ["keys", "status"]],
)
def test_a_home_without_an_installation_is_told_what_to_run_first(tmp_path, command):
    status, said = ihala(tmp_path, *command)
    assert (status, said.count("\n")) == (1, 1), said
    assert "first" in said
    assert processes_of(tmp_path) == []


def test_the_worker_alone_needs_the_database(home):
    status, said = ihala(home, "worker", IHALA_ORIGIN="https://localhost")
    assert status == 1
    assert "start `ihala serve` first" in said


def test_serve_runs_in_production_settings_and_stops_on_sigterm(home):
    port = free_port()
    running = Running(home, "serve", "--port", str(port), IHALA_ORIGIN="https://localhost")
    running.wait_for("Static files and catalogue: done")
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            assert answers(port, "/demo/") == 404  # the demo's door does not exist
            break
        except OSError:
            time.sleep(0.2)
    worker = Running(home, "worker", IHALA_ORIGIN="https://localhost")
    time.sleep(3)
    assert worker.process.poll() is None
    assert worker.end(signal.SIGTERM) == 0
    assert running.end(signal.SIGTERM) == 0
    assert processes_of(home) == []


def test_a_drill_from_the_key_to_the_restored_installation(home, tmp_path):
    """What docs/backup.md says, command by command."""
    stick, place = tmp_path / "stick", tmp_path / "backups"
    assert ihala(home, "migrate")[0] == 0
    assert ihala(home, "backup", str(place))[0] == 1, "there is no key yet"
    status, said = ihala(home, "backup-key", str(stick))
    assert status == 0, said
    assert ihala(home, "backup-key", str(stick))[0] == 1, "a key is never overwritten"
    assert "never on the machine" in stick.read_text()
    status, said = ihala(home, "backup", str(place))
    assert status == 0, said
    assert "Restored and compared" in said
    (backup,) = place.iterdir()
    status, said = ihala(home, "restore", str(backup), "--key", str(stick))
    assert status == 1
    assert "--replace" in said
    status, said = ihala(home, "restore", str(backup), "--key", str(stick), "--replace")
    assert status == 0, said
    assert "shred salts" in said
    status, said = ihala(home, "check")
    assert status == 0, said
    (home / "salts").mkdir(exist_ok=True)
    assert ihala(home, "salts", "copy", str(tmp_path / "copies"))[0] == 0
    (copy,) = (tmp_path / "copies").iterdir()
    assert ihala(home, "salts", "restore", str(copy))[0] == 1
    assert ihala(home, "salts", "restore", str(copy), "--key", str(stick))[0] == 0
    assert processes_of(home) == []


def test_without_an_origin_production_says_what_it_needs(home):
    status, said = ihala(home, "serve", "--port", str(free_port()))
    assert status == 1
    assert "IHALA_ORIGIN" in said


def test_the_demo_survives_kill_nine_and_ctrl_c_stops_all_of_it(tmp_path):
    """First start; the supervisor is killed hard; the second start finds everything; Ctrl-C."""
    try:
        port = free_port()
        first = Running(tmp_path, "demo", "--empty", "--port", str(port))
        first.wait_for("Ctrl-C stops everything")
        assert answers(port, "/demo/") == 200
        taken = Running(tmp_path, "demo", "--empty", "--port", str(port))
        taken.wait_for("is taken")
        assert taken.process.wait(10) == 1
        taken.process.stdout.close()
        first.end(signal.SIGKILL)
        until = time.monotonic() + 30
        while processes_of(tmp_path) and time.monotonic() < until:
            time.sleep(0.5)
        assert processes_of(tmp_path) == []
        second = Running(tmp_path, "demo", "--empty", "--port", str(port))
        second.wait_for("Ctrl-C stops everything")
        assert "The demo story" not in second.said
        assert answers(port, "/demo/") == 200
        assert second.end(signal.SIGINT) == 0
        assert "Stopped" in second.said
        assert processes_of(tmp_path) == []
    finally:
        data, account = machine.place(tmp_path)
        left = postgres.Cluster(
            machine.binaries("pginstall18", account),
            data / "postgres",
            machine.socket_folder(tmp_path),
            account,
            "",
        )
        left.stop()
        postgres.remove(left)
