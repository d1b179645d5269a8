"""Two people clicking at once: exactly one step is taken, the other is told; repeated sends are one."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client

from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.referrals import actions
from ihala.referrals.enums import State, Step
from ihala.referrals.models import PackagePart, Referral, StepTaken
from ihala.shelter.models import Hold
from ihala.vault.models import Grant
from tests import given
from tests.shelter import houses

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run the calls in threads that start together; each answers its result's state or its refusal's code."""
    together = Barrier(len(calls))

    def one(call):
        together.wait()
        try:
            return call().state
        except Refused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(one, calls))


def as_(by, function, referral, **kwargs):
    def call():
        with acting(by):
            return function(referral, by=by, **kwargs)

    return call


def test_of_two_concurrent_accepts_exactly_one_succeeds():
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "conflict")
    people = [given.actor(name) for name in ("dfwac.duty", "dfwac.supervisor", "dfwac.supervisor2")]
    version = scene.subject.version
    answers = at_once(*(as_(by, actions.accept, scene.subject, version=version) for by in people))
    assert answers == ["accepted", "stale_version", "stale_version"]
    with acting(people[1]):
        assert StepTaken.objects.filter(step=Step.ACCEPT).count() == 1
        per_class = Grant.objects.filter(organisation_id=people[1].organisation_id, subject_kind="referral")
        assert per_class.filter(disclosure_class="identity").count() == 1


def test_of_two_acceptances_for_the_last_unit_exactly_one_holds_it():
    """Two families, one flat: whoever is second is refused as a whole, and nothing of theirs has changed."""
    one, other = (
        given.acted(given.a_scene(of=given.HELEN), "case consent draft send ack conflict") for _ in range(2)
    )
    people = [given.actor(name) for name in ("dfwac.supervisor", "dfwac.supervisor2")]
    with acting(people[0]):
        beds = [bed.pk for bed in houses.a_house(people[0], code="D").beds("1", "1", "2", "3")]
    scenes = zip(people, (one, other), strict=True)
    answers = at_once(*(as_(by, actions.accept, scene.subject, beds=beds) for by, scene in scenes))
    assert answers[0] == "accepted" and answers[1] in ("beds_taken", "unit_taken")
    with acting(people[0]):
        assert Hold.objects.filter(ended_at=None).count() == 1
        assert sorted(Referral.objects.values_list("state", flat=True)) == ["accepted", "under_review"]


@pytest.fixture
def the_pool_of_production(transactional_db):
    """Eight connections, as each process of the server has; threads beyond that wait their turn."""
    options = connections["default"].settings_dict["OPTIONS"]
    connection.close()
    options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    assert connection.pool is not None
    yield
    connection.close()
    connection.close_pool()
    del options["pool"]


def test_of_two_hundred_acceptances_for_the_last_flat_one_holds_it_and_the_others_read_what_else_fits(
    the_pool_of_production,
):
    """Fifty families are waiting for the one flat; four colleagues press "accept" on each, all at once, on the forms
    they had open. One acceptance stands. Whoever chose another family reads, in the same answer, that somebody was
    faster and what is still free; whoever chose the same family, that a colleague has accepted her. Nobody sees an
    error, nothing is half done, and afterwards everything of the losers' can be taken further.
    """
    colleagues = ["dfwac.duty", "dfwac.supervisor", "dfwac.supervisor2", "dfwac.duty"]
    waiting = [given.acted(given.a_scene(), "case consent draft send ack conflict") for _ in range(50)]
    by = given.actor("dfwac.supervisor")
    with acting(by):
        flat = houses.a_house(by, code="D").beds("1", "1", "2", "3", "4")
    place = "beds:" + ",".join(str(bed.pk) for bed in flat)
    sessions = [given.signed_in(name, Client(raise_request_exception=False)).cookies for name in colleagues]
    forms = [(scene.subject, cookies) for scene in waiting for cookies in sessions]
    Random(4).shuffle(forms)

    def press(form):
        referral, cookies = form
        browser = Client(raise_request_exception=False)
        browser.cookies = cookies
        asked = {"version": referral.version, "place": place, "text": ""}
        answer = browser.post(f"/referrals/{referral.reference}/step/accept/", asked)
        connection.close()
        return referral.pk, answer.status_code, answer.content.decode()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, forms))
    assert Counter(status for _pk, status, _page in answers) == {302: 1, 409: 199}
    (winner,) = [pk for pk, status, _page in answers if status == 302]
    for pk, status, page in answers:
        assert status == 302 or (
            ('الوحدة\u00a0<bdi dir="ltr">3</bdi>' in page) if pk != winner else ("مقبولة" in page)
        )
    with acting(by):
        held = Hold.objects.get()
        assert held.backs == winner and held.claims.get().beds.count() == len(flat)
        states = Counter(Referral.objects.values_list("state", flat=True))
        assert states == {"accepted": 1, "under_review": 49}
        assert StepTaken.objects.filter(step=Step.ACCEPT).count() == 1
        loser = next(scene.subject for scene in waiting if scene.subject.pk != winner)
        assert actions.accept(loser, by=by, no_beds="found_otherwise").state == State.ACCEPTED


def test_an_accept_and_a_withdrawal_at_once_leave_one_clear_state():
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "conflict")
    receiver, sender = given.actor("dfwac.supervisor"), given.actor("aman.caseworker")
    version = scene.subject.version
    answers = at_once(
        as_(receiver, actions.accept, scene.subject, version=version),
        as_(sender, actions.withdraw, scene.subject, reason="need_met", version=version),
    )
    assert answers in (["accepted", "stale_version"], ["stale_version", "withdrawn"])


def test_consent_withdrawn_while_it_is_being_accepted_wins_in_the_end():
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "conflict")
    receiver, sender = given.actor("dfwac.supervisor"), given.actor("aman.caseworker")
    at_once(
        as_(receiver, actions.accept, scene.subject), as_(sender, actions.withdraw_consent, scene.subject)
    )
    with acting(receiver):
        assert Referral.objects.get(pk=scene.subject.pk).state == State.CONSENT_WITHDRAWN
        assert not Grant.objects.filter(
            organisation_id=receiver.organisation_id, subject_kind="referral"
        ).exists()


def test_a_send_repeated_at_once_is_one_send():
    scene, by, key = given.a_scene_at(State.DRAFT), given.actor("aman.caseworker"), uuid4()
    send = as_(by, actions.send_at_once, scene.subject, version=scene.subject.version, key=key)
    assert at_once(send, send, send) == ["sent"] * 3
    with acting(by):
        assert StepTaken.objects.filter(step=Step.SEND_AT_ONCE).count() == 1
        assert PackagePart.objects.filter(disclosure_class="triage").count() == 1
