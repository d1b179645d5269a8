"""A command finds what runs, though it was started with another environment: cron has no XDG_RUNTIME_DIR."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from config import postgres
from config.keyagent import places


@pytest.fixture
def far(monkeypatch, tmp_path):
    """A home whose path is too long for a socket, in Arabic letters that take two bytes each."""
    home = tmp_path / ("بيت إحالة " * 8).strip()
    assert len(str(home / "agent" / places.NAME)) < len(str(tmp_path)) + places.LONGEST
    monkeypatch.setenv("IHALA_HOME", str(home))
    monkeypatch.delenv("IHALA_AGENT_SOCKET", raising=False)
    return home


def test_the_agents_socket_stays_where_the_start_put_it(far, monkeypatch):
    chosen = []
    monkeypatch.setattr(places, "socket_folder", lambda home: chosen[-1])
    short = Path(far.anchor, "tmp")
    chosen.append(short / "of-the-start")
    places.choose()
    chosen.append(short / "of-a-command")
    assert places.socket_path() == short / "of-the-start" / places.NAME
    places.choose()  # nobody listens there: another start
    assert places.socket_path() == short / "of-a-command" / places.NAME


def test_while_an_agent_answers_nothing_is_chosen_anew(far, monkeypatch, tmp_path_factory):
    here, other = tmp_path_factory.mktemp("a"), tmp_path_factory.mktemp("b")
    monkeypatch.setattr(places, "socket_folder", lambda home: here)
    places.choose()
    with socket.socket(socket.AF_UNIX) as agent:
        agent.bind(str(places.socket_path()))
        agent.listen()
        monkeypatch.setattr(places, "socket_folder", lambda home: other)
        places.choose()
        assert places.listens() and places.socket_path().parent == here
    monkeypatch.setenv("IHALA_AGENT_SOCKET", "given.sock")
    places.choose()
    assert places.socket_path() == Path("given.sock")


def test_a_running_database_says_itself_where_it_listens(tmp_path):
    cluster = postgres.Cluster(tmp_path, tmp_path, tmp_path / "expected", None, "")
    lines = ["1", str(tmp_path), "0", "5432", str(tmp_path / "really"), "", "0 0", "ready"]
    (tmp_path / "postmaster.pid").write_text("\n".join(lines))
    assert cluster.listens_in() == tmp_path / "really"
    (tmp_path / "postmaster.pid").write_text("1\n")
    assert replace(cluster).listens_in() == tmp_path / "expected"
