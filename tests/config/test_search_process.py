"""The search process as the agent sees it: frames, one that hangs, dies or talks nonsense, and what is let go of."""

import os
import socket
import threading
import time
from uuid import uuid4

import pytest

from config.search import attending, frames, process
from config.search.attending import Attended
from config.search.process import Process
from ihala.audit import loading
from ihala.matching import bare
from ihala.matching.asked import Asked
from ihala.matching.engine import Engine
from ihala.matching.keeping import Away
from ihala.matching.known import NotHeld


@pytest.fixture
def pair():
    one, two = socket.socketpair()
    with one, two:
        one.settimeout(5)
        two.settimeout(5)
        yield one, two


def test_a_frame_comes_out_as_it_went_in_and_anything_else_is_broken(pair):
    one, two = pair
    frames.send(one, [1, "مريم", {"a": None}], b"\0\1")
    assert frames.receive(two) == ([1, "مريم", {"a": None}], b"\0\1")
    for bytes_ in (b"\xff" * 12, (3).to_bytes(4, "big") + bytes(8) + b"{{{"):
        one.sendall(bytes_)
        with pytest.raises(frames.Broken):
            frames.receive(two)
    one.close()
    with pytest.raises(frames.Broken):
        frames.receive(two)


@pytest.fixture
def talking(monkeypatch):
    """A `Process` whose other end this test plays."""
    ours, theirs = socket.socketpair()
    made = Process()
    made._peer = ours
    with ours, theirs:
        yield made, theirs


def replying(theirs, *replies):
    def reply():
        for said in replies:
            number = frames.receive(theirs)[0][0]
            frames.send(theirs, {"number": number} | said)

    thread = threading.Thread(target=reply, daemon=True)
    thread.start()


def test_answers_and_refusals_of_the_process_are_told_apart(talking):
    made, theirs = talking
    replying(theirs, {"answer": 7}, {"not_held": True}, {"failed": "KeyError"}, {"answer": 8})
    assert made.ask("held") == (7, b"")
    with pytest.raises(NotHeld):
        made.ask("find")
    with pytest.raises(Away):
        made.ask("find")
    assert made.ask("held") == (8, b""), "a search that failed leaves the others as they were"


def test_a_late_answer_is_never_taken_for_the_answer_to_another_question(talking, monkeypatch):
    made, _theirs = talking
    monkeypatch.setitem(process.ANSWERS_WITHIN, "find", 0.2)
    with pytest.raises(Away):
        made.ask("find")
    with pytest.raises(Away):
        made.ask("held")  # its pipe is closed: whoever comes next asks a new process
    assert made.pid is None


@pytest.mark.parametrize("said", [{"number": 99, "answer": []}, {"failed": "MemoryError"}])
def test_a_process_that_holds_half_or_answers_something_else_is_ended(talking, said):
    made, theirs = talking
    replying(theirs, said)
    with pytest.raises(Away):
        made.ask("change")
    assert made._peer is None


def test_who_waits_too_long_for_those_before_is_told(talking, monkeypatch):
    made, _theirs = talking
    monkeypatch.setattr(process, "QUEUED", 0.05)
    with made._lock, pytest.raises(Away):
        made.ask("find")


def test_it_is_told_nothing_by_its_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("IHALA_AGENT_DATABASE_URL", "postgresql://…")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(bare.os, "access", lambda *asked: False)
    found = process.environment()
    assert found.keys() <= {*bare.ENVIRONMENT, "PYTHONPATH", "NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS"}
    assert found["NUMBA_CACHE_DIR"].endswith("compiled")
    assert os.environ["IHALA_AGENT_DATABASE_URL"]


class Standing(Engine):
    """An engine in the place of a process, which may be away."""

    away = False
    killed = 0

    def ask(self, question, blob=b"", **arguments):
        if self.away:
            raise Away(question)
        return super().ask(question, blob, **arguments)

    def tend(self):
        return self.away

    def kill(self):
        self.killed += 1


@pytest.fixture
def attended(monkeypatch):
    monkeypatch.setattr(attending, "PATIENCE", 0.15)
    monkeypatch.setattr(loading, "shred", lambda organisation: None)
    monkeypatch.setattr(loading, "kept", lambda: [4])
    return Attended(Standing())


def test_a_search_waits_a_while_and_asks_once_for_the_people_to_be_loaded(attended):
    for _twice in range(2):
        with pytest.raises(Away):
            attended.find(1, Asked("Mariam"), 10)
    assert attended._wanted.qsize() == 1
    attended.process.away = True
    began = time.monotonic()
    with pytest.raises(Away):
        attended.find(1, Asked("Mariam"), 10)
    assert time.monotonic() - began < 2


def test_a_new_process_loads_whom_the_one_before_held_and_whom_a_snapshot_holds(attended):
    attended.used[2] = time.monotonic()
    attended.tend()
    assert attended._wanted.qsize() == 0
    attended.process.away = True
    attended.tend()
    assert {attended._wanted.get(), attended._wanted.get()} == {2, 4}


def test_a_load_that_fails_may_be_asked_for_again(attended, monkeypatch):
    def fails(organisation):
        raise RuntimeError("custody is away")

    monkeypatch.setattr(attended, "load", fails)
    attended.want(3)
    with pytest.raises(RuntimeError):
        attended.load_next()
    attended.want(3)
    assert attended._wanted.qsize() == 1
    monkeypatch.setattr(attended, "load", lambda organisation: None)
    attended.load_next()


def test_people_that_cannot_be_brought_up_to_date_are_let_go_of(attended, monkeypatch):
    engine = attended.process
    for question in ("begin", "finish", "publish"):
        engine.ask(question, organisation=1)

    def fails(organisation, cases):
        raise RuntimeError("the database is away")

    monkeypatch.setattr(attended, "follow", fails)
    with pytest.raises(RuntimeError):
        attended.followed(1, {uuid4()})
    assert attended.held() == {}
    engine.away = True
    monkeypatch.undo()
    attended.followed(1, {uuid4()})  # whoever comes after the process loads everybody
    attended.compare_all()


def test_where_nobody_says_that_the_erased_are_forgotten_the_process_is_ended(attended):
    attended.forget(1, uuid4())
    assert attended.process.killed == 0
    attended.process.away = True
    attended.forget(1, uuid4())
    assert attended.process.killed == 1


def test_snapshots_are_written_when_due_and_people_nobody_searches_among_are_let_go_of(attended, monkeypatch):
    kept = []
    monkeypatch.setattr(loading, "keep", lambda organisation, data: kept.append(organisation))
    for organisation in (1, 2):
        for question in ("begin", "finish", "publish"):
            attended.process.ask(question, organisation=organisation)
    present = time.monotonic()
    attended.changed.update(
        {1: present - attending.KEPT_EVERY, 2: present, 3: present - attending.KEPT_EVERY}
    )
    attended.used.update({1: present, 2: present - attending.IDLE - 1})
    attended.tidy()
    assert kept == [1]
    assert list(attended.held()) == ["1"] and list(attended.used) == [1]


def test_a_turn_that_fails_is_followed_by_another(monkeypatch):
    turns = []

    class Enough(BaseException):
        pass

    def turn():
        turns.append(1)
        if len(turns) > 1:
            raise Enough
        raise ValueError("once")

    monkeypatch.setattr(attending.time, "sleep", lambda seconds: None)
    with pytest.raises(Enough):
        attending.for_ever(turn)
    assert len(turns) == 2
