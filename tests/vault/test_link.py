"""The product's end of the socket: it waits, asks again, and in the end says so in words."""

import os
import socket
import threading
import time
from types import SimpleNamespace

import pytest

from ihala.core.refusal import Refused
from ihala.vault import actions, link, refusals, salts, wire
from ihala.vault.sealing import NotOpened

from .cast import AMAN, ME


class Scripted:
    """An agent that answers what the test says, one answer per connection or several."""

    def __init__(self, path):
        self.path, self.asked, self.answers = path, [], []
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(path))
        self.listening.listen(8)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                peer, _address = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=[peer], daemon=True).start()

    def _talk(self, peer):
        with peer:
            while (body := wire.receive(peer)) is not None:
                self.asked.append(wire.unpacked(body))
                said = self.answers.pop(0)
                if said is None:
                    break  # dies while it is asked
                wire.send(peer, wire.packed(said))

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()


class Closes(link._Line):
    """A connection that says when it is hung up."""

    hung_up = 0

    def close(self):
        Closes.hung_up += self.fileno() >= 0
        super().close()


def test_a_thread_that_ends_and_another_agents_address_hang_up_what_was_kept(
    agent, settings, monkeypatch, tmp_path
):
    monkeypatch.setattr(link, "_Line", Closes)
    monkeypatch.setattr(Closes, "hung_up", 0)
    thread = threading.Thread(target=link._connection)
    thread.start()
    thread.join()
    assert Closes.hung_up == 1
    link._connection()
    elsewhere = Scripted(tmp_path / "b.sock")
    settings.KEY_AGENT = str(elsewhere.path)
    link._connection()
    assert Closes.hung_up == 2
    elsewhere.close()


@pytest.fixture
def agent(settings, tmp_path):
    scripted = Scripted(tmp_path / "a.sock")
    settings.KEY_AGENT = str(scripted.path)
    link._mine.made_at = link._mine.connected_at = 0.0
    yield scripted
    link.forget()
    scripted.close()


@link.through("add")
def add(one, two=2, *, actor=None):
    return one + two


def test_inside_it_is_a_plain_call(settings):
    settings.KEY_AGENT = link.INSIDE
    assert add(1) == 3


def test_over_the_socket_it_is_a_verb_with_named_arguments_and_an_actor_is_ids_alone(agent):
    agent.answers = [{"answer": 7}, {"answer": 8}]
    rich = SimpleNamespace(organisation_id=ME, user_id=5, membership_id=None, name="هند", roles={"x"})
    assert add(1, two=6, actor=rich) == 7
    assert add(1) == 8
    assert agent.asked == [
        ["add", [["one", 1], ["two", 6], ["actor", wire.Who(ME, 5, 0)]]],
        ["add", [["one", 1]]],
    ]


def test_a_question_is_asked_again_when_the_agent_dies_over_it(agent):
    agent.answers = [None, {"answer": 3}]
    assert add(1) == 3
    assert len(agent.asked) == 2


@pytest.mark.parametrize(
    ("said", "error", "code"),
    [
        ({"refused": "no_live_basis"}, Refused, "no_live_basis"),
        ({"refused": "something_new"}, Refused, "agent_refused"),
        ({"raised": "NotOpened", "text": "t.f"}, NotOpened, None),
    ],
)
def test_no_comes_as_it_was_said(agent, said, error, code):
    agent.answers = [said]
    with pytest.raises(error) as raised:
        add(1)
    assert code is None or raised.value.refusal.code == code


def test_nobody_there_is_said_in_words_after_some_patience(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(link, "PATIENCE", 0.15)
    settings.KEY_AGENT = str(tmp_path / "nobody.sock")
    with pytest.raises(Refused) as refused:
        add(1)
    assert refused.value.refusal is refusals.AWAY
    assert refused.value.refusal.status == 503


def test_nobody_waits_where_somebody_just_waited_in_vain_and_one_that_is_back_is_found(
    agent, settings, tmp_path, monkeypatch
):
    """Found in use: an acceptance asks a dozen times, and waited longer than its transaction lives."""
    monkeypatch.setattr(link, "PATIENCE", 1.0)
    here, settings.KEY_AGENT = settings.KEY_AGENT, str(tmp_path / "nobody.sock")
    took = []
    for _turn in range(3):
        began = time.monotonic()
        with pytest.raises(Refused):
            add(1)
        took.append(time.monotonic() - began)
    assert took[0] > 1.0 > took[1] + took[2]
    link.forget()
    (tmp_path / "nobody.sock").symlink_to(here)
    agent.answers = [{"answer": 3}]
    assert add(1) == 3
    assert settings.KEY_AGENT not in link._away


def test_a_secret_only_the_killed_agent_knew_is_not_taken_for_a_missing_basis(agent):
    """It was made in this very transaction: the person is asked to try again, not told that consent is missing."""
    made = link.through("make")(lambda: None)
    agent.answers = [{"answer": None}, None, {"refused": "no_live_basis"}, {"refused": "no_live_basis"}]
    made()
    with pytest.raises(Refused) as refused:
        add(1)
    assert refused.value.refusal is refusals.AWAY
    link._mine.made_at = link._mine.connected_at - link.REMEMBERED
    with pytest.raises(Refused) as refused:
        add(1)
    assert refused.value.refusal is refusals.NO_LIVE_BASIS


def test_a_forked_process_makes_a_connection_of_its_own(agent):
    agent.answers = [{"answer": 3}, {"answer": 3}]
    add(1)
    (_pid, path, peer) = link._mine.kept
    link._mine.kept = (os.getpid() + 1, path, peer)
    with peer:
        add(1)
        assert link._mine.kept[2] is not peer


def test_the_salt_of_what_is_rolled_back_is_dropped_but_never_one_that_is_needed(agent, row):
    agent.answers = [{"answer": None}]
    actions.drop_salt(row)
    assert agent.asked == [["drop", [["root", row]]]]


def test_inside_the_salt_of_what_is_rolled_back_goes(row):
    salts.ensure(row, ["triage"])
    actions.drop_salt(row)
    assert salts.read(row) is None


def test_the_agent_drops_only_salts_that_nothing_committed_needs(cast, row):
    from ihala.core.acting import acting
    from tests.vault.cast import a_case
    from tests.vault.holding import draft

    case = a_case()
    draft(case)
    salts.ensure(row, ["triage"])
    with acting(AMAN):
        for root in (case.root, row):
            actions.dropped(root)
    assert salts.read(case.root) is not None
    assert salts.read(row) is None
