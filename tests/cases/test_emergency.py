"""Break-glass: reasoned, for four hours, told at once, looked at by somebody else; and what it does not open."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases import emergency, tasks
from ihala.cases.enums import AccessReason, EmergencyFinding, EmergencyReason
from ihala.cases.models import Access, Case, EmergencyAccess
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.notifications.enums import Kind
from ihala.notifications.models import Notification
from ihala.organisations.models import Actor
from tests import given

pytestmark = pytest.mark.django_db
WORDS = "الأم في المستشفى وتسأل عن أطفالها"
PAGE = "/cases/emergency/"


@pytest.fixture
def case():
    """A case of Aman's that its duty officer does not have."""
    return given.a_case()


@pytest.fixture
def duty():
    return given.actor("aman.duty")


def broken(case, by, words=WORDS):
    with acting(by):
        return emergency.break_glass(case, by=by, reason=EmergencyReason.MEDICAL, words=words)


def refusal_of(by, call):
    with acting(by), pytest.raises(Refused) as refused:
        call()
    return refused.value.refusal.code


def test_it_opens_for_four_hours_to_read_and_to_note_and_no_longer(case, duty):
    assert refusal_of(duty, lambda: cases.open_case(case, by=duty, purpose="work")) == "not_visible"
    began = clock.now()
    with clock.at(began):
        broken(case, duty)
    with clock.at(began + emergency.LASTS - timedelta(seconds=1)), acting(duty):
        assert cases.open_case(case, by=duty, purpose="work").survivor["name"]
        assert cases.add_note(case, "اتصلت بالمستشفى", by=duty)
    for forbidden in (
        lambda: cases.update_case(case, given.family().content, by=duty, version=case.version),
        lambda: cases.give_access(
            case, by=duty, membership_id=duty.membership_id, reason=AccessReason.COVERS
        ),
        lambda: cases.close_case(case, by=duty, reason="need_met"),
    ):
        with clock.at(began + timedelta(hours=1)):
            assert refusal_of(duty, forbidden) == "emergency_reads"
    with clock.at(began + emergency.LASTS):
        assert refusal_of(duty, lambda: cases.open_case(case, by=duty, purpose="work")) == "not_visible"
        tasks.end_emergencies(0)
        with acting(duty):
            assert not Case.objects.visible_to(duty).filter(pk=case.pk).exists()
            assert Access.objects.get(case=case, reason=AccessReason.EMERGENCY).closed_at is not None
        tasks.end_emergencies(0)
        broken(case, duty)


def test_its_people_and_the_officer_are_told_at_once_without_content(case, duty):
    worker = given.actor("aman.caseworker")
    broken(case, duty)
    with acting(worker):
        told = Notification.objects.filter(kind=Kind.EMERGENCY_ACCESS)
        assert {(tuple(one.roles), one.membership_id) for one in told} == {
            (("dpo",), None),
            ((), worker.membership_id),
        }
        assert {one.subject_id for one in told} == {None}
        (event,) = Event.objects.filter(name="case.emergency_opened")
        assert (event.case_id, event.detail["reason"]) == (case.pk, "medical")
    page = given.signed_in("aman.caseworker").get(f"/audit/looked/{case.reference}/").content.decode()
    assert "لم يُراجع بعد" in page


def test_somebody_else_reads_what_was_said_and_closes_it_once(case, duty):
    made = broken(case, duty)
    officer = given.actor("aman.dpo")
    client = given.signed_in("aman.dpo")
    assert case.reference in client.get(f"{PAGE}reviews/").content.decode()
    assert WORDS in client.get(f"{PAGE}reviews/{made.pk}/").content.decode()
    with acting(officer):
        assert Event.objects.filter(name="sealed.opened", user_id=officer.user_id, case_id=case.pk).exists()
    close = f"{PAGE}reviews/{made.pk}/close/"
    assert client.post(close, {"finding": "?"}).headers["Location"].endswith(f"{made.pk}/")
    assert client.post(close, {"finding": "not_right"}).status_code == 302
    assert client.post(close, {"finding": "right"}).status_code == 409
    assert "لم يكن في محله" in client.get(f"{PAGE}reviews/{made.pk}/").content.decode()
    assert "لم يكن في محله" in client.get(f"{PAGE}reviews/").content.decode()
    with acting(officer):
        assert Event.objects.get(name="case.emergency_reviewed").detail == {"finding": "not_right"}


def test_nobody_reviews_their_own_not_even_past_the_code(case, duty):
    made = broken(case, duty)
    both = Actor(duty.user_id, duty.membership_id, duty.organisation_id, given.actor("aman.dpo").roles)
    finding = EmergencyFinding.RIGHT
    assert refusal_of(both, lambda: emergency.review(made.pk, by=both, finding=finding)) == "second_person"
    assert refusal_of(duty, lambda: emergency.review(made.pk, by=duty, finding=finding)) == "not_permitted"
    assert refusal_of(duty, lambda: emergency.words_of(made, by=duty)) == "not_permitted"
    assert refusal_of(both, lambda: emergency.review(uuid4(), by=both, finding=finding)) == "not_visible"
    with acting(both), pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.filter(pk=made.pk).update(
            reviewed_at=clock.now(), reviewed_by=duty.membership_id, finding="right"
        )


def test_the_other_organisation_neither_opens_nor_sees_any_of_it(case, duty):
    made = broken(case, duty)
    stranger = given.actor("dfwac.dpo")
    with acting(stranger):
        assert not EmergencyAccess.objects.exists()
    assert given.signed_in("dfwac.dpo").get(f"{PAGE}reviews/{made.pk}/").status_code == 404
    other = given.actor("dfwac.duty")
    with acting(other):
        assert emergency.why_not_break(case, other).code == "not_visible"
        assert emergency.why_not_break(None, other).code == "not_visible"
    with acting(admin := given.actor("aman.admin")):
        assert emergency.why_not_break(case, admin).code == "not_permitted"
    for nobody in ("aman.admin", "aman.director"):
        assert given.signed_in(nobody).get(PAGE).status_code == 403
        assert given.signed_in(nobody).get(f"{PAGE}reviews/").status_code == 403


def test_three_in_a_day_are_the_most(duty):
    for _number in range(emergency.MOST_IN_A_DAY):
        broken(given.a_case(), duty)
    assert refusal_of(duty, lambda: broken(given.a_case(), duty)) == "too_many_emergencies"


def test_without_words_with_access_or_for_an_expected_case_there_is_nothing_to_break(case, duty):
    assert refusal_of(duty, lambda: broken(case, duty, "  ")) == "no_words"
    worker = given.actor("aman.caseworker")
    assert refusal_of(worker, lambda: broken(case, worker)) == "open_already"
    with acting(worker):
        expected = cases.expect_case(by=worker, category=case.category, access=(worker.membership_id,))
        assert emergency.why_not_break(expected, duty).code == "case_not_open"


def test_who_is_given_the_case_afterwards_has_it_for_good(case, duty):
    broken(case, duty)
    worker = given.actor("aman.caseworker")
    with acting(worker):
        cases.give_access(case, by=worker, membership_id=duty.membership_id, reason=AccessReason.COVERS)
    with clock.at(clock.now() + timedelta(days=1)), acting(duty):
        assert cases.open_case(case, by=duty, purpose="work")
    with acting(worker):
        mine = Access.objects.get(case=case, membership=worker.membership_id)
        theirs = Access.objects.get(case=case, membership=duty.membership_id, closed_at=None)
        assert cases.close_access(theirs, by=worker).closed_at is not None
    assert refusal_of(worker, lambda: cases.close_access(mine, by=worker)) == "last_access"


def test_the_page_opens_the_case_or_says_why_not_and_a_refusal_is_on_record(case):
    client = given.signed_in("aman.duty")
    assert client.get(PAGE).status_code == 200
    sent = {"reference": "C-0000-0000", "reason": "danger", "words": WORDS}
    assert client.post(PAGE, {}).status_code == 422
    assert client.post(PAGE, sent).status_code == 422
    with acting(given.actor("aman.dpo")):
        assert Event.objects.get(name="case.emergency_opened").refusal == "not_visible"
    answer = client.post(PAGE, sent | {"reference": case.reference.lower()})
    assert answer.headers["Location"] == f"/cases/{case.reference}/"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_it_asks_again_who_it_is_and_keeps_no_words_in_the_session(case, monkeypatch):
    client = given.signed_in("aman.duty")
    module = "ihala.cases.views_emergency"
    monkeypatch.setattr(f"{module}.did_recently_reauthenticate", lambda request: False)
    assert client.get(PAGE).headers["Location"].startswith("/sign-in/again/?next=")
    sent = {"reference": case.reference, "reason": "danger", "words": WORDS}
    assert client.post(PAGE, sent).headers["Location"].startswith("/sign-in/again/")
    assert WORDS not in str(dict(client.session.items()))
    shown = [{"reauthenticated": True, "at": clock.now().timestamp()}]
    monkeypatch.setattr(f"{module}.get_authentication_records", lambda request, user: shown)
    assert client.get(PAGE).status_code == 302
    assert client.post(PAGE, sent).headers["Location"] == f"/cases/{case.reference}/"
