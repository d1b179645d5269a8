"""The form of every step, over HTTP: asked, taken, refused with what was typed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.vocabulary import Kind
from ihala.referrals import workflow
from ihala.referrals.enums import Link, State, Step
from ihala.referrals.forms_steps import STEP_FORMS
from ihala.referrals.models import Referral
from tests import given
from tests.referrals.test_pages_drafting import Form

pytestmark = pytest.mark.django_db
SENDER, RECEIVER = "aman.caseworker", "dfwac.supervisor"


def address(referral, step):
    return reverse("referrals:step", args=[referral.reference, step.value])


def present(referral, by=SENDER):
    with acting(given.actor(by)):
        return Referral.objects.get(pk=referral.pk)


def take(referral, step, by, **answers):
    """Open the form as `by`, answer it and send it."""
    client = given.signed_in(by)
    page = client.get(address(referral, step))
    assert page.status_code == 200, page.status_code
    return client.post(address(referral, step), {**Form(page).sent, **answers})


TOMORROW = now() + timedelta(days=1)
PLAN = {
    "day": f"{TOMORROW:%Y-%m-%d}", "hour": "10:00", "escort": "Salem, +971 50 000 0000", "meeting_point": "Gate 2",
    "code_word": "pearl 42",
}  # fmt: skip
TAKEN = [
    (State.AWAITING_APPROVAL, Step.APPROVE, "aman.supervisor", {}, State.SENT),
    (State.AWAITING_APPROVAL, Step.RETURN, "aman.supervisor", {"reason": "incomplete"}, State.DRAFT),
    (State.SENT, Step.ACKNOWLEDGE, "dfwac.duty", {}, State.UNDER_REVIEW),
    (State.SENT, Step.REVIEW_SENDING, "aman.supervisor", {}, State.SENT),
    (State.SENT, Step.AMEND, SENDER, {"reason": "correction"}, State.SENT),
    (State.UNDER_REVIEW, Step.ASK, "dfwac.duty", {"questions": ["danger", "health"]}, State.INFO_REQUESTED),
    (State.UNDER_REVIEW, Step.WAITLIST, RECEIVER, {"text": "Two days"}, State.WAITLISTED),
    (State.UNDER_REVIEW, Step.PROPOSE_DECLINE, "dfwac.duty", {"reason": "no_capacity"}, State.DECLINE_PROPOSED),
    (State.INFO_REQUESTED, Step.ANSWER, SENDER, {"text": "No injuries"}, State.UNDER_REVIEW),
    (State.INFO_REQUESTED, Step.TAKE_BACK, RECEIVER, {}, State.UNDER_REVIEW),
    (State.DECLINE_PROPOSED, Step.RETURN_PROPOSAL, RECEIVER, {"text": "A unit is free"}, State.UNDER_REVIEW),
    (State.DECLINED, Step.RECORD_NEXT_STEP, SENDER, {"kind": "keep_and_support"}, State.DECLINED),
    (State.ACCEPTED, Step.PLAN_HANDOVER, SENDER, PLAN, State.ACCEPTED),
    (State.HANDOVER, Step.CONFIRM_ARRIVAL, SENDER, {}, State.HANDOVER),
    (State.HANDOVER, Step.REPORT_NOT_ARRIVED, RECEIVER, {"text": "Nobody came"}, State.NOT_ARRIVED),
    (State.NOT_ARRIVED, Step.CLOSE_SAFETY_CHECK, RECEIVER,
     {"done": ["safe_number", "escort", "other_side", "police"], "text": "She is safe"}, State.NOT_ARRIVED),
    (State.ARRIVED, Step.RECORD_PROGRESS, RECEIVER, {"text": "Settled in"}, State.ARRIVED),
    (State.ARRIVED, Step.COMPLETE, RECEIVER, {"reason": "goals_met"}, State.COMPLETED),
    (State.ARRIVED, Step.END_EARLY, RECEIVER, {"reason": "left_by_choice"}, State.ENDED_EARLY),
    (State.SENT, Step.WITHDRAW, SENDER, {"reason": "need_met"}, State.WITHDRAWN),
    (State.UNDER_REVIEW, Step.SURVIVOR_DECLINES, RECEIVER, {"reason": "not_said"}, State.SURVIVOR_DECLINED),
    (State.SENT, Step.ENTER_IN_ERROR, "aman.supervisor", {"reason": "wrong_person"}, State.ENTERED_IN_ERROR),
    (State.ACCEPTED, Step.WITHDRAW_CONSENT, SENDER, {}, State.CONSENT_WITHDRAWN),
    (State.ACCEPTED, Step.WITHDRAW_CONSENT, "dfwac.duty", {}, State.CONSENT_WITHDRAWN),
]  # fmt: skip


@pytest.mark.parametrize(("state", "step", "by", "answers", "after"), TAKEN)
def test_a_step_is_asked_for_and_taken(state, step, by, answers, after):
    referral = given.a_referral(state)
    answer = take(referral, step, by, **answers)
    assert answer.status_code == 302 and answer.url == reverse("referrals:detail", args=[referral.reference])
    assert present(referral).state == after
    assert given.signed_in(by).get(answer.url).status_code == 200


def test_every_step_of_a_person_has_a_form():
    elsewhere = {Step.SUBMIT, Step.SEND_AT_ONCE}
    assert set(STEP_FORMS) | elsewhere == {step for step, rule in workflow.STEPS.items() if rule.who}


def test_accepting_asks_for_the_conflict_check_first():
    referral = given.a_referral(State.UNDER_REVIEW)
    client = given.signed_in(RECEIVER)
    answer = client.get(address(referral, Step.ACCEPT))
    assert answer.status_code == 302 and answer.url == reverse("referrals:detail", args=[referral.reference])
    take(referral, Step.ATTEST_CONFLICT_CHECK, RECEIVER, spoke_with="Hind, 09:40", result="clear")
    take(referral, Step.ACCEPT, RECEIVER)
    assert present(referral).state == State.ACCEPTED
    page = client.get(reverse("referrals:detail", args=[referral.reference])).content.decode()
    assert "Hind, 09:40" in page


def test_a_colleague_is_given_the_referral():
    referral = given.a_referral(State.UNDER_REVIEW)
    colleague = given.actor("dfwac.caseworker")
    assert (
        given.signed_in("dfwac.caseworker")
        .get(reverse("referrals:detail", args=[referral.reference]))
        .status_code
        == 404
    )
    take(referral, Step.ASSIGN, RECEIVER, membership_id=colleague.membership_id)
    assert (
        given.signed_in("dfwac.caseworker")
        .get(reverse("referrals:detail", args=[referral.reference]))
        .status_code
        == 200
    )


def test_a_plan_is_confirmed_by_both_and_a_changed_plan_starts_from_the_last():
    referral = given.a_referral(State.ACCEPTED)
    take(referral, Step.PLAN_HANDOVER, SENDER, **PLAN)
    again = Form(given.signed_in(SENDER).get(address(referral, Step.PLAN_HANDOVER))).sent
    assert again["code_word"] == [PLAN["code_word"]] and again["hour"] == ["10:00"]
    for by in (SENDER, RECEIVER):
        take(referral, Step.CONFIRM_PLAN, by)
    assert present(referral).state == State.HANDOVER


def test_refusing_a_decline_needs_a_second_person_who_sees_the_proposal():
    referral = given.a_referral(State.UNDER_REVIEW)
    take(referral, Step.PROPOSE_DECLINE, RECEIVER, reason="other", text="Unit under repair")
    assert given.signed_in(RECEIVER).get(address(referral, Step.CONFIRM_DECLINE)).status_code == 403
    second = given.signed_in("dfwac.supervisor2").get(address(referral, Step.CONFIRM_DECLINE))
    assert "Unit under repair" in second.content.decode()
    sender = (
        given.signed_in(SENDER).get(reverse("referrals:detail", args=[referral.reference])).content.decode()
    )
    assert "Unit under repair" not in sender and "اعتذار مقترح" not in sender


def test_referring_elsewhere_after_a_decline_starts_a_linked_draft():
    referral = given.a_referral(State.DECLINED)
    answer = take(
        referral, Step.RECORD_NEXT_STEP, SENDER, kind="refer_elsewhere", receiver=given.cast().dfwac.pk
    )
    with acting(given.actor(SENDER)):
        follower = Referral.objects.get(origin=referral)
    assert answer.url == reverse("referrals:need", args=[follower.reference])
    assert follower.link == Link.ELSEWHERE and present(referral).next_step_at is not None


def test_referring_elsewhere_says_where():
    referral = given.a_referral(State.DECLINED)
    assert take(referral, Step.RECORD_NEXT_STEP, SENDER, kind="refer_elsewhere").status_code == 422


def test_a_stale_next_step_leaves_no_draft_behind():
    referral = given.a_referral(State.DECLINED)
    answers = {"kind": "refer_elsewhere", "receiver": given.cast().dfwac.pk, "version": 1}
    answer = given.signed_in(SENDER).post(address(referral, Step.RECORD_NEXT_STEP), answers)
    assert answer.status_code == 409
    with acting(given.actor(SENDER)):
        assert not Referral.objects.filter(origin=referral).exists()


def test_the_receiver_refers_onward():
    referral = given.a_referral(State.ARRIVED)
    answer = take(referral, Step.REFER_ONWARD, RECEIVER, receiver=given.cast().aman.pk)
    with acting(given.actor(RECEIVER)):
        onward = Referral.objects.get(origin=referral)
    assert onward.link == Link.ONWARD and answer.url == reverse("referrals:need", args=[onward.reference])


def test_a_draft_is_discarded():
    referral = given.a_referral(State.DRAFT)
    assert take(referral, Step.DISCARD, SENDER).url == "/"
    with acting(given.actor(SENDER)):
        assert not Referral.objects.filter(pk=referral.pk).exists()


def test_a_stale_step_comes_back_with_what_was_typed_and_the_referral_as_it_is():
    referral = given.a_referral(State.UNDER_REVIEW)
    mine = given.signed_in(RECEIVER, language="en")
    sent = Form(mine.get(address(referral, Step.ASK))).sent
    take(referral, Step.WAITLIST, "dfwac.duty")
    answer = mine.post(address(referral, Step.ASK), {**sent, "questions": ["danger"], "text": "Is he near?"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "Is he near?" in page and "Waitlisted" in page
    assert Form(answer).sent["version"] == [str(present(referral).version)]


def test_an_impossible_step_comes_back_with_the_reason():
    referral = given.a_referral(State.UNDER_REVIEW)
    answer = given.signed_in(RECEIVER).post(address(referral, Step.ACCEPT), {"version": referral.version})
    assert answer.status_code == 422 and b"error-summary" in answer.content


def test_a_step_of_another_role_is_forbidden_and_one_of_another_organisation_not_found():
    referral = given.a_referral(State.SENT)
    assert given.signed_in(SENDER).get(address(referral, Step.ACKNOWLEDGE)).status_code == 403
    assert given.signed_in(SENDER).post(address(referral, Step.ACKNOWLEDGE), {"version": 1}).status_code in (
        403,
        409,
    )
    assert given.signed_in("sharjah.caseworker").get(address(referral, Step.ACKNOWLEDGE)).status_code == 404
    no_step = reverse("referrals:step", args=[referral.reference, "fly"])
    assert given.signed_in(SENDER).get(no_step).status_code == 404


def test_a_pull_request_is_answered_with_one_of_the_holders_cases():
    scene = given.acted(given.a_scene(kind=Kind.PULL_REQUEST), "case consent draft send ack held conflict")
    client = given.signed_in(RECEIVER)
    page = client.get(address(scene.subject, Step.ACCEPT))
    assert page.status_code == 200 and b'name="case"' in page.content


def test_withdrawing_consent_is_two_clicks_from_the_referral_on_either_side():
    referral = given.a_referral(State.ARRIVED)
    for by in (SENDER, "dfwac.duty"):
        page = (
            given.signed_in(by).get(reverse("referrals:detail", args=[referral.reference])).content.decode()
        )
        assert address(referral, Step.WITHDRAW_CONSENT) in page
