"""A web process that was taken over: code, database role and socket are the attacker's. What must hold then."""

import os
import socket
import subprocess
import threading
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.organisations.models import Actor
from ihala.referrals.actions import package, sealed
from ihala.referrals.enums import State
from ihala.vault import link, wire
from ihala.vault.models import Grant, OrganisationKey
from ihala.vault.sealing import Place, SecretName
from tests import given

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("keyagent")]


def ask(openings, actor, purpose="work"):
    return audit.open_sealed(actor, purpose, openings, missing_ok=True)


def thread_of(referral):
    name = sealed.thread(referral)
    return audit.Opening(name, [(Place("t", uuid4(), "f"), None)])


def refusal_of(call):
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.refusal.code


def test_it_cannot_ask_for_another_organisations_grant_and_trying_doors_rings(key_agent):
    scene = given.a_scene_at(State.SENT)
    case, stranger = scene.file, given.actor("sharjah.caseworker")
    subject = sealed.package_subject(scene.subject)
    names = [SecretName(subject, "identity", 1, scene.subject.sender_id), sealed.thread(scene.subject)]
    for name in [*names, *names, *names, *names]:
        opening = audit.Opening(name, [(Place("t", case.pk, "f"), None)])
        assert (
            refusal_of(lambda opening=opening: audit.open_sealed(stranger, "work", [opening]))
            == "no_live_basis"
        )
    with acting(stranger):
        (alarm,) = Event.objects.filter(name=EventName.SEALED_ALARM)
        assert alarm.detail["reason"] == "probing"


def test_it_cannot_lie_about_who_asks_or_why(key_agent):
    scene = given.a_scene_at(State.SENT)
    duty, other = given.actor("dfwac.duty"), given.actor("aman.caseworker")
    for actor in (
        Actor(duty.user_id, duty.membership_id, other.organisation_id),
        Actor(other.user_id, duty.membership_id, duty.organisation_id),
        Actor(0, duty.membership_id, duty.organisation_id),
        Actor(0, 0, 10**9),
    ):
        assert refusal_of(lambda actor=actor: ask([thread_of(scene.subject)], actor)) == "no_member"
    assert refusal_of(lambda: ask([thread_of(scene.subject)], duty, "curiosity")) == "agent_refused"
    with acting(given.actor("aman.dpo")):
        assert not Event.objects.filter(name=EventName.SEALED_OPENED, detail__purpose="curiosity").exists()


def test_a_grant_it_wrote_by_hand_opens_nothing_and_its_own_key_is_wrapped_to_by_nobody(key_agent):
    scene = given.a_scene_at(State.SENT)
    duty = given.actor("dfwac.duty")
    with acting(duty):
        theirs = Grant.objects.filter(subject_kind="referral", organisation_id=duty.organisation_id)[0]
        theirs.delete()
        theirs.pk, theirs.disclosure_class = None, "identity"
        theirs.save()
        OrganisationKey.objects.create(
            organisation_id=duty.organisation_id, version=2, public_key=b"mine", created_at=theirs.created_at
        )
    with acting(duty), pytest.raises(Exception, match="wrapped secret"):
        package.open_parts(scene.subject, by=duty)
    other = given.a_scene_at(State.SENT)
    with acting(duty):
        versions = Grant.objects.filter(subject_id=other.subject.pk).values_list("key_version", flat=True)
        assert set(versions) == {1}


def test_garbage_and_endless_frames_are_hung_up_on_and_everybody_else_goes_on(key_agent):
    scene = given.a_scene_at(State.SENT)
    whole = wire.packed(["open", []])
    for bytes_ in (
        b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n", os.urandom(64), whole, wire.packed(["fly", []]),
        wire.packed(["open", [["actor", 7], ["purpose", "work"], ["openings", []]]]), wire.packed("open"),
    ):  # fmt: skip
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(10)
            peer.connect(str(key_agent.path))
            try:
                peer.sendall(bytes_)
                peer.shutdown(socket.SHUT_WR)
                assert peer.recv(1) == b""
            except OSError as hung_up:
                assert isinstance(hung_up, ConnectionError)
    duty = given.actor("dfwac.duty")
    with acting(duty):
        assert ask([thread_of(scene.subject)], duty) == [[None]]


def test_a_replayed_question_is_one_more_reading_on_record(key_agent):
    scene = given.a_scene_at(State.SENT)
    duty = given.actor("dfwac.duty")
    frame = wire.packed(
        ["open", [["actor", wire.who(duty)], ["purpose", "work"], ["openings", [thread_of(scene.subject)]]]]
    )
    with acting(duty):
        before = Event.objects.filter(name=EventName.SEALED_OPENED, user_id=duty.user_id).count()
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(key_agent.path))
        for _turn in range(3):
            peer.sendall(frame)
            assert "answer" in wire.unpacked(wire.receive(peer))
    with acting(duty):
        assert Event.objects.filter(name=EventName.SEALED_OPENED, user_id=duty.user_id).count() == before + 3


PYTHON = "/usr/bin/python3"


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path(PYTHON).exists(), reason="only root can start a process as somebody else"
)
def test_a_process_of_another_account_is_not_answered(key_agent):
    """The kernel says who knocks; nothing the process says is read."""
    for folder in list(key_agent.path.parents)[:-2]:
        folder.chmod(folder.stat().st_mode | 0o011)
    code = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
        "s.sendall(bytes([0, 0, 0, 6, 0, 0, 0, 2]) + b'[]'); print(len(s.recv(9)))"
    )
    command = [PYTHON, "-c", code, str(key_agent.path)]
    done = subprocess.run(command, capture_output=True, text=True, user=65534, group=65534, cwd="/")
    assert done.stdout.strip() == "0" or "ConnectionReset" in done.stderr or "BrokenPipe" in done.stderr


def test_the_agents_role_reads_nobodys_content_even_for_itself(key_agent, server):
    with psycopg.connect(key_agent.environment["IHALA_AGENT_DATABASE_URL"]) as raw:
        for table in ("cases_case", "referrals_packagepart", "accounts_user", "django_session"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(f"SELECT 1 FROM {table}")


def test_a_killed_agent_is_waited_for_and_what_is_answered_is_on_record(key_agent, monkeypatch):
    monkeypatch.setattr(link, "PATIENCE", 60.0)  # the machine of the tests may be slow
    scene = given.a_scene_at(State.SENT)
    duty = given.actor("dfwac.duty")
    key_agent.kill()

    threading.Timer(0.5, key_agent.start).start()
    with acting(duty):
        assert ask([thread_of(scene.subject)], duty) == [[None]]
        assert Event.objects.filter(user_id=duty.user_id, name=EventName.SEALED_OPENED).exists()
