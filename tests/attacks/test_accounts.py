"""Started as root, keys and pages belong to different accounts: who takes the pages over cannot read the keys."""

import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import processes
from config.accounts import AGENT, WEB
from ihala.vault import wire
from tests.architecture.tree import ROOT
from tests.config.test_installation import ihala
from tests.journeys.hands import paper

from .conftest import NOBODY, POSTGRES, a_python

pytestmark = [
    pytest.mark.xdist_group("attacks"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start processes as somebody else"),
]
READ = """
import os, sys
for path in sys.argv[1:]:
    try:
        os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1)
    except OSError:
        continue
    print(path)
"""
KNOCK = """
import socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.settimeout(10)
try:
    peer.connect(sys.argv[1])
    peer.sendall(bytes.fromhex(sys.argv[2]))
    print(len(peer.recv(4)))
except PermissionError:
    print("closed")
except ConnectionError:
    print(0)
"""
LOOK = """
import ctypes, os, sys
for pid in map(int, sys.argv[1:]):
    seized = ctypes.CDLL(None).ptrace(0x4206, pid, 0, 0) == 0  # ends with this process and stops nobody
    try:
        told = open(f"/proc/{pid}/mem", "rb") and True
    except OSError:
        told = False
    print(*[pid] * (seized or told))
"""

CLEANING = """
import io, sys
sys.path[:0] = sys.argv[1:]
from pypdf import PdfWriter
from ihala.cases.files.clean import clean
pages, file = PdfWriter(), io.BytesIO()
pages.add_blank_page(100, 100)
pages.write(file)
print(clean(file.getvalue()).kind)
"""
COMPARING = """
import os, sys
os.environ["IHALA_HOME"], *sys.path[:0] = sys.argv[1:]
from ihala.matching.bare import Bare
nobody = {"bits": "", "owners": [], "marks": []}
with Bare("ihala.matching.unit") as unit:
    print(unit.ask({"of": "nearest", "one": nobody, "others": nobody})[0])
"""


@pytest.fixture(autouse=True)
def _apart(installation):
    if "run as one account" in installation.said:
        pytest.skip("no account but root's can reach a Python of this version here")


def as_account(name, code, *arguments):
    """What a process of that account is able to do: what it prints."""
    command = [a_python(), "-c", code, *map(str, arguments)]
    who = NOBODY if name == "nobody" else processes.as_account(name)
    done = subprocess.run(command, **who, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def account_of(pid):
    uid = next(
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Uid:")
    )
    return pwd.getpwuid(int(uid.split()[2])).pw_name


def test_who_answers_people_is_not_who_holds_keys(installation):
    running = {name: {account_of(pid) for pid in installation.pids_of(name)} for name in ("server", "worker")}
    assert running == {"server": {WEB}, "worker": {WEB}}
    assert {account_of(pid) for pid in installation.pids_of("key agent")} == {AGENT}
    assert {account_of(pid) for pid in installation.pids_of("sequencer")} == {AGENT}
    assert account_of(*installation.pids_of(POSTGRES)) == "ihala-postgres"


def test_the_pages_account_reads_neither_keys_nor_salts_nor_what_else_is_not_its_own(installation):
    home, (agent, *_more) = installation.home, installation.pids_of("key agent")
    closed = [home, *(home / name for name in ("keys", "salts", "log", "secrets"))]
    closed += [path for name in ("keys", "salts", "log") for path in (home / name).iterdir()]
    closed += [home / "secrets" / f"{role}.password" for role in ("postgres", "ihala_owner", "ihala_agent")]
    closed += [home / name for name in ("compiled", "witness", "agent", "cache")]
    closed += [f"/proc/{agent}/environ", f"/proc/{agent}/mem", installation.cluster.data]
    assert len(closed) > 15
    assert as_account(WEB, READ, *closed) == []
    assert as_account("nobody", READ, *closed, home / "secrets" / "django-secret-key", home / "static") == []
    mine = [home / "secrets" / "django-secret-key", home / "static"]
    assert as_account(WEB, READ, *mine) == list(map(str, mine)), "the test sees what can be read"
    assert as_account(AGENT, READ, home / "keys" / "master.key") == [str(home / "keys" / "master.key")]


def test_a_home_that_the_accounts_cannot_pass_through_is_served_by_one(tmp_path):
    """Below a folder that only root enters; started as two accounts, every process would die at once."""
    (tmp_path / "closed").mkdir(mode=0o700)
    packages = os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])
    place = tmp_path / "closed" / "home"
    done = subprocess.run(
        [a_python(), "-c", "from config import accounts; print(accounts.separated(print))"],
        cwd=ROOT,
        env={**os.environ, "IHALA_HOME": str(place), "PYTHONPATH": packages},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "run as one account" in done.stdout and str(place) in done.stdout
    assert "Accounts(agent=None, web=None)" in done.stdout


def test_the_agent_answers_the_pages_account_and_nobody_else_and_keys_only_to_root(installation):
    socket = installation.home / "agent" / "agent.sock"
    any_question = wire.packed(["fingerprints", [["root", None], ["parts", []]]]).hex()
    assert as_account("nobody", KNOCK, socket, any_question) == ["closed"]
    assert as_account("ihala-postgres", KNOCK, socket, any_question) == ["closed"]
    database = installation.cluster.socket / ".s.PGSQL.5432"
    assert as_account("nobody", KNOCK, database, any_question) == ["closed"]
    assert as_account(WEB, KNOCK, socket, wire.packed(["keys.status", []]).hex()) == ["0"]
    assert as_account(WEB, KNOCK, socket, any_question) == ["4"]
    status, said = ihala(installation.home, "keys", "status", IHALA_DEMO="1")
    assert status == 0, said
    assert "aman: version 1" in said


def test_nobody_reads_the_memory_of_a_process_of_the_same_account(installation):
    """What reads a hostile file or compares what people wrote runs as its parent's account: taken over, it would take
    the keys out of the agent's memory, or the pages out of the server's."""
    agents = [*installation.pids_of("key agent"), *installation.pids_of("sequencer")]
    assert as_account(AGENT, LOOK, *agents) == []
    first, *answering = installation.pids_of("server")
    pages = [*answering, *installation.pids_of("worker")]
    assert len(pages) == 3 and as_account(WEB, LOOK, *pages) == []
    assert as_account(WEB, LOOK, first) == [str(first)], "the test sees what can be looked into"
    for pid in (*agents, *pages):
        assert "NoNewPrivs:\t1" in Path(f"/proc/{pid}/status").read_text()


def test_processes_that_hold_nothing_find_their_packages_under_both_accounts(installation):
    packages = [ROOT, *filter(None, sys.path)]
    assert as_account(WEB, CLEANING, *packages) == ["application/pdf"]
    assert as_account(AGENT, COMPARING, installation.home, *packages) == ["no"]


def test_nothing_is_open_to_others_and_the_installation_is_sound(installation):
    status, said = ihala(installation.home, "check", IHALA_DEMO="1")
    assert (status, said.strip().splitlines()[-1]) == (0, "Sound."), said


def test_what_root_imports_while_the_key_agent_is_away_stays_readable_for_it(installation, tmp_path):
    """Found in use: root's command did the agent's part itself and left a salt that was root's alone. Neither that case
    nor any search of its organisation worked until the next start."""
    (agent,) = installation.pids_of("key agent")
    parent = Path(f"/proc/{agent}/status").read_text().partition("PPid:")[2].split()[0]
    os.kill(int(parent), signal.SIGSTOP)  # it would start another one
    try:
        os.kill(agent, signal.SIGKILL)
        time.sleep(0.5)
        forms = []
        for name in ("01-emergency-dv-mother-two-children.json", "04-standard-dv-services-only.json"):
            forms.append(tmp_path / name)
            forms[-1].write_bytes(paper(name)[0])
        status, said = ihala(
            installation.home, "intake", str(forms[0]), "--as", "aman.caseworker", IHALA_DEMO="1"
        )
        assert status == 0, said
        lost = installation.home / "salts" / "00000000-0000-4000-8000-000000000000.salt"
        lost.write_text("")  # what an earlier version left there
        away = tmp_path / "no.sock"
        status, said = ihala(installation.home, "check", IHALA_DEMO="1", IHALA_AGENT_SOCKET=str(away))
        assert status == 1, said
        assert f"No key agent answers at {away}" in said and "1 file(s) of the key agent's" in said
        status, said = ihala(
            installation.home, "intake", str(forms[1]), "--as", "aman.caseworker", IHALA_DEMO="1",
            IHALA_AGENT_SOCKET=str(away),
        )  # fmt: skip
        assert status == 1 and "Traceback" not in said, said
        kept = [*(installation.home / "salts").iterdir(), *(installation.home / "keys").iterdir()]
        assert {pwd.getpwuid(path.stat().st_uid).pw_name for path in kept} == {AGENT}
        lost.unlink()
    finally:
        os.kill(int(parent), signal.SIGCONT)
