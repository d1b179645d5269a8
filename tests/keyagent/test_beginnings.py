"""Who makes a comparison fail on purpose does not take away that it was begun."""

import os
import socket
import threading
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection

from config.keyagent import server as keyagent
from ihala.audit import actions as audit
from ihala.audit import beginnings, comparing, jointly
from ihala.audit.enums import EventName
from ihala.audit.jointly import Run
from ihala.audit.loading import Load, Source
from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting, at_the_log
from ihala.core.refusal import Refused
from ihala.referrals.actions import keeping_apart
from ihala.referrals.enums import State
from ihala.referrals.models_apart import PersonsDeposit
from ihala.vault import link, refusals, wire
from ihala.vault.sealing import NotOpened, Place
from ihala.vault.wire import Who
from tests import given

from .test_process import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("keyagent")]
WHO = Who(1, 5, 5)
MOMENT = clock.now() - timedelta(days=1)


class Open:
    """A gate that lets everybody in."""

    def ask(self, verb, arguments):
        pass

    def refused(self, verb, arguments, refused):
        pass


def events(name, **about):
    with at_the_log():
        return list(Event.objects.filter(name=name, **about))


def carried_out(monkeypatch, verb):
    """What the agent says when this is asked of it."""

    def acted():
        with acting(WHO):
            return verb()

    monkeypatch.setitem(link.VERBS, "known", acted)
    session = keyagent.Session(None)
    body = keyagent.answer(lambda: keyagent.carried_out("known", {}, Open(), session), "known")
    return wire.unpacked(body[wire.PREFIX :])


def begun(question):
    run = Run.begun(WHO, EventName.KNOWN_ASKED, 2, question)
    Load.begun(1, Source.PAIRS, 3)
    return run


def failing(question, error):
    def verb():
        jointly.count(WHO, EventName.KNOWN_ASKED, 2, MOMENT)
        begun(question)
        audit.record(WHO, EventName.SEALED_LOADED, detail={"source": "rows"})
        raise error

    return verb


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZeroDivisionError(), {"refused": refusals.NOT_NOW.code}),
        (DatabaseError(), {"refused": refusals.AWAY.code}),
        (NotOpened("x"), {"raised": "NotOpened", "text": "x"}),
    ],
    ids=["anything", "the database", "what was sealed"],
)
def test_a_run_that_fails_was_begun_once_at_both(monkeypatch, error, said):
    question = uuid4()
    assert carried_out(monkeypatch, failing(question, error)) == said
    assert {one.concerns_organisation_id for one in events(EventName.KNOWN_ASKED, subject_id=question)} == {
        None,
        2,
    }
    assert len(events(EventName.KNOWN_ASKED)) == 2
    assert len(events(EventName.SEALED_LOADED, detail__source="pairs")) == 1
    assert not events(EventName.SEALED_LOADED, detail__source="rows"), "the rest goes with its transaction"


def test_a_run_whose_connection_is_killed_was_begun_and_counts_against_the_next(monkeypatch, server):
    def verb():
        begun(uuid4())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            with psycopg.connect(server.address("postgres", connection.settings_dict["NAME"])) as owner:
                owner.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())
            cursor.execute("SELECT 1")

    assert carried_out(monkeypatch, verb) == {"refused": refusals.AWAY.code}
    with acting(WHO):
        assert jointly.count(WHO, EventName.KNOWN_ASKED, 2, MOMENT) == 1
    assert len(events(EventName.KNOWN_ASKED)) == 2


def test_nothing_goes_on_that_could_not_be_put_on_record(monkeypatch):
    def torn(_events):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(beginnings, "insert", torn)
    reached = []
    assert carried_out(monkeypatch, lambda: reached.append(begun(uuid4()))) == {"refused": refusals.AWAY.code}
    assert not reached


def test_who_asks_at_the_same_moment_waits_for_the_count_and_nobody_for_the_record(monkeypatch):
    """The lock of a pair is held while its beginning commits elsewhere, and other pairs begin meanwhile."""
    counted, inside = [], threading.Barrier(2, timeout=20)

    def one(partner, meets):
        def verb():
            counted.append((partner, jointly.count(WHO, EventName.KNOWN_ASKED, partner, MOMENT)))
            if meets:
                inside.wait()
            Run.begun(WHO, EventName.KNOWN_ASKED, partner, uuid4())

        try:
            with acting(WHO), beginnings.committed_first():
                verb()
        finally:
            connection.close()

    asking = [(2, True), (3, True), (2, False), (2, False)]
    threads = [threading.Thread(target=one, args=asked) for asked in asking]
    for thread in threads[:2]:
        thread.start()
    assert until(lambda: len(counted) == 2)
    for thread in threads[2:]:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert sorted(counted) == [(2, 0), (2, 1), (2, 2), (3, 0)]


def test_a_taken_over_server_cannot_make_doubles_or_a_comparison_fail_without_a_trace(key_agent):
    """Rows nobody can read, bytes nobody sealed, and hanging up before the answer."""
    scene = given.a_scene_at(State.SENT)
    duty = given.actor("dfwac.duty")
    system = Who(duty.organisation_id, 0, 0)
    here = {"organisation_id": duty.organisation_id}

    with pytest.raises(Refused):
        link.ask("doubles", {"actor": system, "cases": ["no key", "no key either"]})
    (sought,), (read,) = (
        events(EventName.PAIRS_SOUGHT, **here), events(EventName.SEALED_LOADED, detail__source="pairs", **here),
    )  # fmt: skip
    assert sought.detail["cases"] == read.detail["cases"] == 2
    frame = wire.packed(["doubles", [["actor", system], ["cases", ["gone"]]]])
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(key_agent.path))
        peer.sendall(frame)
    assert until(lambda: len(events(EventName.PAIRS_SOUGHT, **here)) == 2)
    with acting(duty):
        deposited = PersonsDeposit.objects.select_related("referral").get(referral=scene.subject)
    forged = [(Place.of(deposited, "people"), os.urandom(len(deposited.people)))]
    opening = audit.Opening(keeping_apart._name(deposited), forged)
    about = {"referral_id": scene.subject.pk, **here}
    compared = len(events(EventName.SEALED_COMPARED, **about))
    with pytest.raises(NotOpened):
        comparing.compare(duty, opening, [], [], referral_id=scene.subject.pk)
    assert len(events(EventName.SEALED_COMPARED, **about)) == compared + 2
