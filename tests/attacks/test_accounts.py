"""Started as root, keys and pages belong to different accounts: who takes the pages over cannot read the keys."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from config.accounts import AGENT, WEB
from ihala.vault import wire
from tests.architecture.tree import ROOT
from tests.config.test_installation import ihala

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
peer.connect(sys.argv[1])
try:
    peer.sendall(bytes.fromhex(sys.argv[2]))
    print(len(peer.recv(4)))
except ConnectionError:
    print(0)
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
    entry = pwd.getpwnam(name)
    who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    command = [a_python(), "-c", code, *map(str, arguments)]
    done = subprocess.run(
        command, **(who if name != "nobody" else NOBODY), cwd="/", capture_output=True, text=True
    )
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
    closed += [f"/proc/{agent}/environ", f"/proc/{agent}/mem", installation.cluster.data]
    assert len(closed) > 15
    assert as_account(WEB, READ, *closed) == []
    assert as_account("nobody", READ, *closed, home / "secrets" / "django-secret-key") == []
    mine = [home / "secrets" / "django-secret-key", home / "static"]
    assert as_account(WEB, READ, *mine) == list(map(str, mine)), "the test sees what can be read"
    assert as_account(AGENT, READ, home / "keys" / "master.key") == [str(home / "keys" / "master.key")]


def test_the_agent_answers_the_pages_account_and_nobody_else_and_keys_only_to_root(installation):
    socket = installation.home / "agent" / "agent.sock"
    any_question = wire.packed(["fingerprints", [["root", None], ["parts", []]]]).hex()
    assert as_account("nobody", KNOCK, socket, any_question) == ["0"]
    assert as_account(WEB, KNOCK, socket, wire.packed(["keys.status", []]).hex()) == ["0"]
    assert as_account(WEB, KNOCK, socket, any_question) == ["4"]
    status, said = ihala(installation.home, "keys", "status", IHALA_DEMO="1")
    assert status == 0, said
    assert "aman: version 1" in said


def test_processes_that_hold_nothing_find_their_packages_under_both_accounts(installation):
    packages = [ROOT, *filter(None, sys.path)]
    assert as_account(WEB, CLEANING, *packages) == ["application/pdf"]
    assert as_account(AGENT, COMPARING, installation.home, *packages) == ["no"]


def test_nothing_is_open_to_others_and_the_installation_is_sound(installation):
    status, said = ihala(installation.home, "check", IHALA_DEMO="1")
    assert (status, said.strip().splitlines()[-1]) == (0, "Sound."), said
