"""The product and the key agent as two processes: what is committed decides, whoever asks."""

import threading
import time

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction

from ihala.audit import actions as audit
from ihala.audit.enums import EventName, Purpose
from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases import sealed as case_sealing
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor
from ihala.referrals import actions
from ihala.referrals.actions import package, sealed
from ihala.referrals.enums import State
from ihala.referrals.models import Receipt, Referral
from ihala.referrals.presenting_words import NOTE_LEFT_OUT
from ihala.vault import link
from ihala.vault.models import Deposit, Grant
from tests import given

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("keyagent")]


def until(condition, seconds=15.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def classes_open_to(actor, referral):
    with acting(actor):
        return {part.disclosure_class for part, values in package.open_parts(referral, by=actor) if values}


def held_by(actor, referral):
    with acting(actor):
        found = Grant.objects.filter(
            organisation_id=actor.organisation_id, subject_id=referral.pk, subject_kind="referral"
        )
        return {grant.disclosure_class for grant in found}


def test_a_referral_goes_from_the_case_to_the_arrival_through_the_agent(key_agent):
    """Everything is sealed and opened by the other process: this one cannot even find a key or a salt."""
    scene = given.a_scene_at(State.UNDER_REVIEW)
    duty = given.actor("dfwac.duty")
    assert classes_open_to(duty, scene.subject) == {"triage"}
    given.acted(scene, "conflict accept")
    assert {"triage", "identity", "safety"} <= classes_open_to(duty, scene.subject)
    given.acted(scene, "plan:3h ok_s ok_r arrived_r arrived_s")
    assert scene.subject.state == State.ARRIVED
    supervisor = given.actor("dfwac.supervisor")
    with acting(supervisor):
        case = scene.subject.sides.get(organisation_id=supervisor.organisation_id).case
        content = cases.open_case(case, by=supervisor, purpose=Purpose.WORK)
    assert content.survivor["birth"] == scene.family.content.survivor["birth"]
    assert len(content.companions) == len(scene.family.content.companions)


def test_a_reading_is_committed_though_the_one_who_asked_rolls_back(key_agent):
    scene = given.a_scene_at(State.SENT)
    duty = given.actor("dfwac.duty")
    before = _openings(duty)
    with pytest.raises(ZeroDivisionError), acting(duty):
        package.open_parts(scene.subject, by=duty)
        raise ZeroDivisionError
    assert _openings(duty) == before + 1


def _openings(actor):
    with acting(actor):
        return Event.objects.filter(user_id=actor.user_id, name=EventName.SEALED_OPENED).count()


def test_what_one_request_seals_it_reads_and_adds_to_before_it_commits(key_agent):
    worker = given.actor("aman.caseworker")
    content = given.family().content
    with acting(worker):
        case = cases.create_case(content, by=worker)
        cases.add_note(case, "ملاحظة", by=worker)
        assert cases.open_case_page(case, by=worker, purpose=Purpose.WORK).notes[0][1] == "ملاحظة"
        transaction.set_rollback(True)
    link.forget()  # another connection knows nothing of what was never committed
    with acting(worker), pytest.raises(Refused) as refused:
        audit.seal_more(worker, case_sealing.name_of(case, DisclosureClass.NARRATIVE), [])
    assert refused.value.refusal.code == "agent_away"  # for a minute it may still be an agent that was killed


def test_an_acceptance_that_is_not_committed_releases_nothing(key_agent):
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "conflict")
    supervisor = given.actor("dfwac.supervisor")
    with acting(supervisor):
        accepted = actions.accept(scene.subject, by=supervisor)
        with pytest.raises(Refused) as refused:
            audit.release(supervisor, sealed.package_subject(accepted))
        assert refused.value.refusal.code == "release_before_acceptance"
        assert held_by(supervisor, scene.subject) == {"triage"}
        transaction.set_rollback(True)
    assert held_by(supervisor, scene.subject) == {"triage"}


def test_with_the_agent_dead_an_acceptance_stands_and_is_released_when_it_is_back(key_agent, monkeypatch):
    monkeypatch.setattr(link, "PATIENCE", 0.0)
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "conflict")
    supervisor = given.actor("dfwac.supervisor")
    key_agent.kill()
    with acting(supervisor):
        actions.accept(scene.subject, by=supervisor)
    with acting(supervisor):
        assert Referral.objects.get(pk=scene.subject.pk).state == State.ACCEPTED
        assert Receipt.objects.filter(referral=scene.subject).count() >= 4
    assert held_by(supervisor, scene.subject) == {"triage"}
    key_agent.start()
    assert until(lambda: "identity" in held_by(supervisor, scene.subject))
    with acting(supervisor):
        assert not Deposit.objects.filter(subject_id=scene.subject.pk).exists()
        released = Event.objects.get(name=EventName.SEALED_RELEASED, referral_id=scene.subject.pk)
        assert (released.organisation_id, released.user_id) == (supervisor.organisation_id, 0)


def test_with_the_agent_dead_pages_say_so_and_keep_what_was_typed(key_agent, monkeypatch):
    monkeypatch.setattr(link, "PATIENCE", 0.0)
    case = given.a_case()
    worker = given.signed_in("aman.caseworker")
    key_agent.kill()
    page = worker.get(f"/cases/{case.reference}/")
    assert page.status_code == 503
    assert "وكيل المفاتيح" in page.content.decode()
    body = "جاءت ومعها طفلان"
    answer = worker.post(f"/cases/{case.reference}/note/", {"body": body})
    assert answer.status_code == 503
    assert f'value="{body}"' in answer.content.decode()
    key_agent.start()
    link.forget()
    assert worker.post(f"/cases/{case.reference}/note/", {"body": body}).status_code == 302
    assert body in worker.get(f"/cases/{case.reference}/").content.decode()


def test_consent_is_withdrawn_with_the_agent_dead_and_takes_back_what_waits(key_agent, monkeypatch):
    monkeypatch.setattr(link, "PATIENCE", 0.0)
    scene = given.a_scene_at(State.UNDER_REVIEW)
    worker = given.actor("aman.caseworker")
    key_agent.kill()
    with acting(worker):
        actions.withdraw_consent(scene.subject, by=worker)
    with acting(worker):
        assert not Deposit.objects.filter(subject_id=scene.subject.pk).exists()
        assert not Grant.objects.filter(
            subject_id=scene.subject.pk, subject_kind="referral", organisation_id=scene.subject.receiver_id
        )


def test_with_the_agent_dead_a_withdrawal_goes_through_without_its_note_and_says_so(key_agent, monkeypatch):
    monkeypatch.setattr(link, "PATIENCE", 0.0)
    scene = given.a_scene_at(State.UNDER_REVIEW)
    worker = given.signed_in("aman.caseworker")
    key_agent.kill()
    address = f"/referrals/{scene.subject.reference}/step/withdraw_consent/"
    answer = worker.post(address, {"text": "قالت إنها لا تريد"})
    assert answer.status_code == 302
    with acting(given.actor("aman.caseworker")):
        assert Referral.objects.get(pk=scene.subject.pk).state == State.CONSENT_WITHDRAWN
    assert [str(one) for one in get_messages(answer.wsgi_request)][-1] == str(NOTE_LEFT_OUT)


def test_a_release_under_way_loses_against_a_withdrawal(key_agent, monkeypatch):
    """The deposits are the meeting point: whoever takes them away first, the other finds nothing or takes it back."""
    monkeypatch.setattr(audit, "release_on_commit", lambda actor, subject: None)
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "conflict accept")
    supervisor, worker = given.actor("dfwac.supervisor"), given.actor("aman.caseworker")
    start = threading.Barrier(2)

    def released():
        start.wait()
        try:
            for _turn in range(20):
                audit.release(supervisor, sealed.package_subject(scene.subject))
        except Refused:
            pass
        finally:
            link.forget()
            connection.close()

    thread = threading.Thread(target=released)
    thread.start()
    start.wait()
    with acting(worker):
        actions.withdraw_consent(scene.subject, by=worker)
    thread.join()
    assert held_by(supervisor, scene.subject) == set()


def test_only_members_of_the_organisation_are_answered(key_agent):
    scene = given.a_scene_at(State.SENT)
    duty = given.actor("dfwac.duty")
    strangers = [
        Actor(duty.user_id, duty.membership_id, given.actor("aman.caseworker").organisation_id),
        Actor(duty.user_id, given.actor("aman.caseworker").membership_id, duty.organisation_id),
        Actor(0, duty.membership_id, duty.organisation_id),
        Actor(0, 0, 999_999),
    ]
    for stranger in strangers:
        with pytest.raises(Refused) as refused, acting(duty):
            package.open_parts(scene.subject, by=stranger)
        assert refused.value.refusal.code == "no_member"
