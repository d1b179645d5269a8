"""Break-glass is to read and to note: nothing else starts from the case, and on the second all of it ends;
and what the database says to whoever comes past the code."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse

from ihala.accounts.roles import Role
from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases import emergency
from ihala.cases.enums import AccessReason, EmergencyFinding, EmergencyReason
from ihala.cases.models import Access, Case, EmergencyAccess
from ihala.cases.rules import case_at, reads_until, why_not_work
from ihala.consent import actions as consents
from ihala.core import clock, text
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.core.vocabulary import Urgency
from ihala.matching import actions as matching
from ihala.matching import pairs_rules
from ihala.referrals import actions as referrals
from ihala.referrals import questions, workflow
from ihala.referrals.actions import package
from ihala.referrals.enums import State, Step
from ihala.referrals.models import Referral
from ihala.shelter import actions as shelter
from ihala.shelter.actions import asking
from ihala.shelter.fit import Household
from tests import given
from tests.consent.words import given as a_consent
from tests.refused import refusal_of
from tests.shelter import houses

pytestmark = pytest.mark.django_db
PAGE = "/cases/emergency/"
WORDS = "الأم في المستشفى وتسأل عن أطفالها"


@pytest.fixture
def duty():
    return given.actor("aman.duty")


def broken(case, by):
    with acting(by):
        return emergency.break_glass(case, by=by, reason=EmergencyReason.MEDICAL, words=WORDS)


def test_for_four_hours_no_consent_no_referral_no_question_and_no_bed_comes_of_it(duty):
    case, partner = given.a_case_with_consent(), given.cast().dfwac.pk
    with acting(given.actor("aman.caseworker")):
        basis = consents.record_basis(
            case,
            by=given.actor("aman.caseworker"),
            recipient=partner,
            type_="vital_interest",
            source="المادة 8",
        )
    with acting(supervisor := given.actor("aman.supervisor")):
        beds = houses.a_house(supervisor).beds("2")
        other = houses.a_family(supervisor)
        mark = shelter.keep_apart(other, houses.a_family(supervisor), reason="x", by=supervisor)
    asked = {"kind": "transfer", "urgency": Urgency.EMERGENCY, "services": ["shelter"]}
    until = clock.now() + timedelta(days=1)
    household = Household.of([{"role": "survivor", "sex": "female", "age_band": "adult"}])
    nothing_else = (
        lambda: consents.give(case, by=duty, recipient=partner, given=a_consent()),
        lambda: consents.record_basis(case, by=duty, recipient=partner, type_="vital_interest", source="x"),
        lambda: consents.first_sign_off(basis, by=duty),
        lambda: referrals.draft(case, by=duty, receiver=partner, **asked),
        lambda: matching.ask_known(case, by=duty, partner=partner),
        lambda: shelter.hold(beds, family=case.pk, until=until, by=duty),
        lambda: shelter.keep_apart(case.pk, other, reason="x", by=duty),
        lambda: asking.ask(
            household, by=duty, category=case.category, urgency="urgent", services=["shelter"], case=case
        ),
    )
    with acting(duty):
        assert {refusal_of(call) for call in nothing_else} == {"not_visible"}
    broken(case, duty)
    with acting(duty):
        assert [refusal_of(call) for call in nothing_else] == ["emergency_reads"] * len(nothing_else)
        assert refusal_of(shelter.lift_keep_apart, mark, by=duty) == "not_visible"
        assert Case.objects.visible_to(duty).get() == case
        assert not Case.objects.worked_on_by(duty).exists()
        assert not pairs_rules.visible_to(duty).exists()


def test_who_opened_the_case_sees_a_draft_of_it_and_neither_sends_nor_submits_it(duty):
    scene = given.a_scene_at(State.DRAFT)
    broken(scene.file, duty)
    with acting(duty):
        assert package.preview(scene.subject, by=duty)
        for step in (referrals.send_at_once, referrals.submit):
            assert refusal_of(step, scene.subject, by=duty) == "emergency_reads"
    client = given.signed_in("aman.duty")
    page = client.get(f"/cases/{scene.file.reference}/").content.decode()
    assert f"/cases/{scene.file.reference}/edit/" not in page
    assert reverse("known:ask", args=[scene.file.reference]) not in page
    address = f"/referrals/{scene.subject.reference}"
    for screen in ("need", "disclosure"):
        assert client.get(f"{address}/{screen}/").headers["Location"] == f"{address}/"
    sent = {"step": "send_at_once", "version": scene.subject.version, "key": uuid4()}
    answer = client.post(f"{address}/review/", sent)
    assert answer.status_code == 403
    assert "للاطلاع وتدوين الملاحظات فقط" in answer.content.decode()
    with acting(duty):
        assert Referral.objects.get().state == State.DRAFT


def test_after_four_hours_nothing_is_read_either_though_nobody_has_closed_the_entry(duty):
    scene = given.a_scene_at(State.SENT)
    case, referral = scene.file, scene.subject
    colleague = replace(duty, roles=frozenset({Role.CASEWORKER}))  # sees no referral but of cases she has
    client, consent = given.signed_in("aman.duty"), f"/consent/{case.reference}/"
    assert client.get(consent).status_code == 404
    began = clock.now()
    with clock.at(began):
        broken(case, duty)
    with clock.at(began + emergency.LASTS - timedelta(seconds=1)):
        assert client.get(consent).status_code == 200
        with acting(colleague):
            assert case_at(case.reference, colleague) == case
            assert questions.seen_at(referral.reference, colleague) == referral
            assert Referral.objects.visible_to(colleague).get() == referral
    with clock.at(began + emergency.LASTS):
        assert client.get(consent).status_code == 404
        assert client.get(f"/cases/{case.reference}/").status_code == 404
        with acting(colleague):
            assert Access.objects.get(case=case, reason=AccessReason.EMERGENCY).closed_at is None
            assert refusal_of(case_at, case.reference, colleague) == "not_visible"
            assert questions.seen_at(referral.reference, colleague) is None
            assert questions.own_case(referral, colleague) is None
            assert not Referral.objects.visible_to(colleague).exists()


def test_the_database_knows_how_long_it_lasts_and_what_else_ends_by_itself(duty):
    made = broken(given.a_case(), duty)
    case, began = given.a_case(), clock.now()
    usual = {
        "case": case, "membership_id": duty.membership_id, "reason": AccessReason.EMERGENCY, "opened_at": began,
    }  # fmt: skip
    too_long = began + emergency.LASTS + timedelta(seconds=1)
    wrong = (
        usual,
        usual | {"until": too_long},
        usual | {"until": began + emergency.LASTS, "reason": AccessReason.COVERS},
        usual | {"until": began + emergency.LASTS, "membership_id": None, "role": Role.SUPERVISOR},
    )
    for values in wrong:
        with acting(duty), pytest.raises(IntegrityError), transaction.atomic():
            Access.objects.create(**values)
    with acting(duty), transaction.atomic():
        right = Access.objects.create(**usual | {"until": began + emergency.LASTS})
        copy = {
            "case": case,
            "access": right,
            "membership_id": duty.membership_id,
            "words": bytes(made.words),
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            EmergencyAccess.objects.create(**copy, reason="danger", opened_at=began, until=too_long)
    for change in ({"until": began}, {"words": None}, {"membership_id": 1}, {"reason": "danger"}):
        with acting(duty), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            EmergencyAccess.objects.filter(pk=made.pk).update(**change)


def test_a_review_is_written_once_even_past_the_code(duty, monkeypatch):
    made, officer = broken(given.a_case(), duty), given.actor("aman.dpo")
    with acting(officer):
        emergency.review(made.pk, by=officer, finding=EmergencyFinding.NOT_RIGHT)
        assert not EmergencyAccess.objects.filter(pk=made.pk).update(finding=EmergencyFinding.RIGHT)
        monkeypatch.setattr(emergency, "why_not_review", lambda *_asked: None)  # both had the page open
        again = refusal_of(emergency.review, made.pk, by=officer, finding=EmergencyFinding.RIGHT)
        assert again == "reviewed"
        assert EmergencyAccess.objects.get(pk=made.pk).finding == EmergencyFinding.NOT_RIGHT
        assert Event.objects.filter(name="case.emergency_reviewed").count() == 1


def test_a_refusal_is_on_record_once_and_a_reference_is_understood_as_it_is_typed(duty):
    case = given.a_case()
    client = given.signed_in("aman.duty")
    for _number in range(emergency.MOST_IN_A_DAY - 1):
        broken(given.a_case(), duty)
    sent = {"reason": "danger", "words": WORDS}
    typed = case.reference.removeprefix("C-").lower().replace("0", "O").replace("1", "I").replace("-", " ")
    typed = typed.translate(str.maketrans("23456789", "٢٣٤٥٦٧٨٩"))
    answer = client.post(PAGE, sent | {"reference": typed})
    assert answer.headers["Location"] == f"/cases/{case.reference}/"
    assert client.post(PAGE, sent | {"reference": given.a_case().reference}).status_code == 422
    assert client.post(PAGE, sent | {"reference": "C-%"}).status_code == 422
    with acting(duty):
        refusals = Event.objects.filter(name="case.emergency_opened").exclude(refusal="")
        assert sorted(refusals.values_list("refusal", flat=True)) == ["not_visible", "too_many_emergencies"]


def test_who_is_told_is_led_to_where_they_can_look(duty):
    broken(given.a_case(), duty)
    for name, page in {"aman.dpo": f"{PAGE}reviews/", "aman.caseworker": "/cases/"}.items():
        client = given.signed_in(name)
        listed = client.get("/notifications/").content.decode()
        assert "فُتحت حالة بوصول طارئ" in listed
        assert f'href="{page}"' in listed
        assert client.get(page).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_opened_at_once_the_one_over_the_number_is_refused(duty):
    made = [given.a_case() for _number in range(emergency.MOST_IN_A_DAY + 1)]
    for case in made[2:]:
        broken(case, duty)
    together = Barrier(2)

    def one(case):
        together.wait()
        try:
            return broken(case, duty).reason
        except Refused as refused:
            return refused.refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, made[:2])) == ["medical", "too_many_emergencies"]


def test_who_was_given_the_case_too_works_on_it_whether_in_person_or_by_role(duty):
    case, until = given.a_case(), clock.now() + timedelta(days=1)
    broken(case, duty)
    with acting(duty):
        assert why_not_work(case, duty).code == "emergency_reads"
        assert reads_until(case, duty) is not None
    with acting(given.actor("aman.caseworker")):
        Access.objects.create(
            case=case, role=Role.DUTY_OFFICER, reason=AccessReason.COVERS, opened_at=clock.now()
        )
    page = given.signed_in("aman.duty").get(f"/cases/{case.reference}/").content.decode()
    assert "الحالة متاحة بوصول طارئ" not in page
    for moment in (clock.now(), until):
        with clock.at(moment), acting(duty):
            assert why_not_work(case, duty) is None
            assert reads_until(case, duty) is None
            assert Case.objects.worked_on_by(duty).get() == Case.objects.visible_to(duty).get() == case


def test_a_colleague_who_reaches_a_referral_by_an_emergency_takes_no_step_but_can_take_back_consent():
    scene = given.a_scene_at(State.INFO_REQUESTED)
    duty = given.actor("aman.duty")
    colleague = replace(duty, roles=frozenset({Role.CASEWORKER}))
    answer = partial(referrals.answer, scene.subject, by=colleague, text="x")
    with acting(colleague):
        assert refusal_of(answer) == "not_visible"
    broken(scene.file, duty)
    with acting(colleague):
        assert refusal_of(answer) == "emergency_reads"
        seen = questions.seen_at(scene.subject.reference, colleague)
        assert seen.only_read
        assert workflow.possible_steps(seen, colleague) == [Step.WITHDRAW_CONSENT]
    with acting(worker := given.actor("aman.caseworker")):
        cases.give_access(scene.file, by=worker, membership_id=duty.membership_id, reason=AccessReason.COVERS)
    with acting(colleague):
        assert not questions.seen_at(scene.subject.reference, colleague).only_read
        assert answer().state == State.UNDER_REVIEW


def test_what_is_open_in_an_emergency_says_until_when_and_offers_nothing_to_begin(duty):
    case = given.a_case_with_consent()
    began = clock.now()
    broken(case, duty)
    client = given.signed_in("aman.duty")
    names = ("consent:new", "consent:basis", "referrals:new", "known:ask", "fit:ask_for_case", "cases:edit")
    begins = [reverse(name, args=[case.reference]) for name in names]
    until = text.moment(began + emergency.LASTS)
    for name in ("cases:detail", "consent:list", "shelter:family"):
        shown = client.get(reverse(name, args=[case.reference])).content.decode()
        assert "الحالة متاحة بوصول طارئ حتى" in shown
        assert until in shown
        assert not any(address in shown for address in begins)
    assert {client.get(address).status_code for address in begins} == {403}
