"""Endings, the next step for the survivor, and withdrawal of consent from every state."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ihala.accounts.roles import Role
from ihala.consent.models import Withdrawal
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import Kind, Urgency
from ihala.organisations.models import Actor
from ihala.referrals import actions, workflow
from ihala.referrals.actions import package, sealed
from ihala.referrals.enums import Link, State
from ihala.referrals.models import DestructionTask, Referral, ReferralSide, SideRecord
from ihala.vault.models import Deposit, Grant
from tests import given
from tests.refused import refusal_of

pytestmark = pytest.mark.django_db

SENDER, RECEIVER = "aman.caseworker", "dfwac.supervisor"
ENDED = [state for state in State if state in workflow.ENDED]


def receivers_grants(referral) -> int:
    by = given.actor(RECEIVER)
    with acting(by):
        package_only = {"subject_id": referral.pk, "subject_kind": "referral"}
        return (
            Grant.objects.filter(**package_only, organisation_id=referral.receiver_id).count()
            + Deposit.objects.filter(**package_only).count()
        )


@pytest.mark.parametrize("state", [*ENDED, "declined+next", "survivor_declined+next"])
def test_entering_a_final_state_closes_the_package(state):
    name, _plus, more = state.partition("+")
    scene = given.acted(given.a_scene_at(name), more)
    assert workflow.is_final(scene.subject)
    assert scene.subject.ended_at is not None
    assert receivers_grants(scene.subject) == 0


@pytest.mark.parametrize("state", ["declined", "survivor_declined", "no_response"])
def test_no_no_is_closed_without_a_next_step(state):
    scene, by = given.a_scene_at(state), given.actor(SENDER)
    assert scene.subject.waits_for_sender
    with acting(by):
        assert refusal_of(actions.record_next_step, scene.subject, by=by, kind="") == "reason_needed"
        assert refusal_of(actions.record_next_step, scene.subject, by=by, kind="other") == "text_needed"
        assert (
            refusal_of(actions.record_next_step, scene.subject, by=by, kind="refer_elsewhere")
            == "link_needed"
        )
        done = actions.record_next_step(scene.subject, by=by, kind="keep_and_support", text="تبقى في الدار")
        assert not done.waits_for_sender
        assert workflow.turn(done) == frozenset()
        assert (
            refusal_of(actions.record_next_step, done, by=by, kind="keep_and_support") == "already_recorded"
        )
    with acting(given.actor(RECEIVER)):
        assert not SideRecord.objects.filter(kind="next_step").exists()


def test_the_same_need_can_be_referred_elsewhere_and_is_linked():
    scene, by = given.a_scene_at(State.DECLINED), given.actor(SENDER)
    with acting(by):
        again = actions.draft(
            scene.file, by=by, receiver=scene.subject.receiver_id, kind="transfer", urgency=Urgency.STANDARD,
            services=["shelter"], origin=scene.subject, link=Link.ELSEWHERE,
        )  # fmt: skip
        actions.record_next_step(scene.subject, by=by, kind="refer_elsewhere", linked=again)
        assert SideRecord.objects.get(kind="next_step").linked == again


@pytest.mark.parametrize("state", [State.WAITLISTED, State.ACCEPTED, State.HANDOVER])
def test_an_ending_before_arrival_removes_the_expected_case(state):
    scene = given.acted(given.a_scene_at(state), "withdraw")
    with acting(given.actor(RECEIVER)):
        side = ReferralSide.objects.filter(referral=scene.subject).first()
        assert side is None or side.case is None


def test_an_ending_without_an_expected_case_ends_all_the_same():
    scene = given.a_scene_at(State.ACCEPTED)
    with acting(given.actor(RECEIVER)):
        ReferralSide.objects.filter(referral=scene.subject).update(case=None)
    assert given.acted(scene, "withdraw").subject.state == State.WITHDRAWN


def test_the_receiver_can_record_a_withdrawal_on_a_pull_request_that_rests_on_no_consent():
    scene = given.a_scene_at(State.UNDER_REVIEW, kind=Kind.PULL_REQUEST, urgency=Urgency.STANDARD)
    by = given.actor(RECEIVER)
    with acting(by):
        assert actions.withdraw_consent(scene.subject, by=by).state == State.CONSENT_WITHDRAWN


def test_withdrawing_needs_a_reason_and_the_sender():
    scene = given.a_scene_at(State.SENT)
    for name, code in ((SENDER, "reason_needed"), (RECEIVER, "not_permitted")):
        by = given.actor(name)
        with acting(by):
            assert refusal_of(actions.withdraw, scene.subject, by=by, reason="") == code


def test_either_side_records_that_the_survivor_declines():
    for name in (SENDER, RECEIVER):
        scene, by = given.a_scene_at(State.ACCEPTED), given.actor(name)
        with acting(by):
            declined = actions.survivor_declines(scene.subject, by=by, reason="not_said")
            assert (declined.state, declined.waits_for_sender) == (State.SURVIVOR_DECLINED, True)


def test_a_supervisor_of_the_sender_marks_what_was_entered_in_error():
    scene, by = given.a_scene_at(State.DECLINED), given.actor("aman.supervisor")
    with acting(by):
        marked = actions.enter_in_error(scene.subject, by=by, reason="duplicate")
        assert marked.state == State.ENTERED_IN_ERROR
    decided = given.acted(given.a_scene_at(State.DECLINED), "next").subject
    with acting(by):
        assert refusal_of(actions.enter_in_error, decided, by=by, reason="duplicate") == "not_now"


def test_silence_is_closed_by_the_system_and_the_sender_is_told():
    scene = given.a_scene_at(State.NO_RESPONSE)
    assert scene.subject.waits_for_sender
    system = Actor.system_of(scene.subject.receiver_id)
    with acting(system):
        assert refusal_of(actions.no_answer, scene.subject, by=system) == "not_now"


# ── Withdrawal of consent ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [SENDER, "aman.duty", "dfwac.duty", RECEIVER])
@pytest.mark.parametrize("state", State)
def test_withdrawal_of_consent_succeeds_from_every_state_for_either_party(state, name):
    scene, by = given.a_scene_at(state), given.actor(name)
    before = scene.subject
    if before.sent_at is None and name.startswith("dfwac"):
        with acting(by):
            assert refusal_of(actions.withdraw_consent, before, by=by) == "not_visible"
        return
    with acting(by):
        after = actions.withdraw_consent(before, by=by)
        again = actions.withdraw_consent(after, by=by)
    assert after.consent_withdrawn_at is not None
    assert after.state == (before.state if workflow.is_final(before) else State.CONSENT_WITHDRAWN)
    assert again.consent_withdrawn_at == after.consent_withdrawn_at
    assert receivers_grants(after) == 0
    with acting(given.actor(SENDER)):
        assert Withdrawal.objects.exists()
        assert DestructionTask.objects.filter(referral=after).exists() == (after.sent_at is not None)


def test_withdrawal_works_on_invalid_records():
    scene, by = given.a_scene_at(State.UNDER_REVIEW), given.actor(RECEIVER)
    with acting(by):
        Referral.objects.filter(pk=scene.subject.pk).update(
            household="nonsense", services=["nonsense"], version=99, due_at=None, basis_id=scene.subject.pk
        )
        assert actions.withdraw_consent(scene.subject, by=by).state == State.CONSENT_WITHDRAWN


def test_withdrawal_does_not_ask_whether_the_consent_has_run_out():
    scene, by = given.acted(given.a_scene(), "case consent:5 draft send"), given.actor(SENDER)
    with clock.later(timedelta(days=30)), acting(by):
        assert actions.withdraw_consent(scene.subject, by=by).state == State.CONSENT_WITHDRAWN


def test_withdrawal_from_a_draft_whose_case_is_gone():
    scene, by = given.a_scene_at(State.DRAFT), given.actor(SENDER)
    with acting(by):
        scene.subject.sides.update(case=None)
        assert actions.withdraw_consent(scene.subject, by=by).state == State.CONSENT_WITHDRAWN


def test_a_withdrawal_before_any_consent_closes_the_draft_for_both():
    scene = given.acted(given.a_scene(), "case draft")
    by = given.actor(SENDER)
    with acting(by):
        assert actions.withdraw_consent(scene.subject, by=by).state == State.CONSENT_WITHDRAWN


def test_it_closes_every_referral_that_rests_on_the_same_consent():
    scene = given.a_scene_at(State.SENT)
    first = scene.subject
    given.acted(scene, "draft send ack")
    by = given.actor(SENDER)
    with acting(by):
        actions.withdraw_consent(scene.subject, by=by)
        assert Referral.objects.get(pk=first.pk).state == State.CONSENT_WITHDRAWN


def test_it_can_start_from_the_consent():
    scene, by = given.a_scene_at(State.ACCEPTED), given.actor(SENDER)
    with acting(by):
        actions.withdraw_given_consent(scene.subject.basis_id, by=by)
        assert Referral.objects.get(pk=scene.subject.pk).state == State.CONSENT_WITHDRAWN
    assert receivers_grants(scene.subject) == 0


def test_a_legal_basis_other_than_consent_is_not_touched():
    scene = given.acted(given.a_scene(), "case duty second draft send ack conflict accept")
    by = given.actor(RECEIVER)
    with acting(by):
        after = actions.withdraw_consent(scene.subject, by=by)
        assert after.state == State.ACCEPTED
        assert after.consent_withdrawn_at is not None
        opened = {part.disclosure_class for part, values in package.open_parts(after, by=by) if values}
        assert opened == {"triage", "identity"}
        assert not DestructionTask.objects.exists()


def test_who_has_no_part_in_it_cannot_withdraw():
    scene = given.a_scene_at(State.SENT)
    stranger = given.actor("sharjah.caseworker")
    with acting(stranger):
        assert refusal_of(actions.withdraw_consent, scene.subject, by=stranger) == "not_visible"
    both = replace(given.actor("aman.director"), roles=frozenset({Role.DIRECTOR}))
    with acting(both):
        assert refusal_of(actions.withdraw_consent, scene.subject, by=both) == "not_visible"
    system = Actor.system_of(scene.subject.sender_id)
    with acting(system):
        assert refusal_of(actions.withdraw_consent, scene.subject, by=system) == "not_permitted"


def test_the_receiver_attests_what_it_destroyed_once():
    scene = given.a_scene_at(State.CONSENT_WITHDRAWN)
    by, colleague = given.actor(RECEIVER), given.actor("dfwac.caseworker")
    with acting(by):
        task = DestructionTask.objects.select_related("referral").get()
        assert (
            refusal_of(actions.attest_destruction, task, by=colleague, kept_by_law=False, text="x")
            == "not_permitted"
        )
        assert (
            refusal_of(actions.attest_destruction, task, by=by, kept_by_law=False, text=" ") == "text_needed"
        )
        actions.attest_destruction(task, by=by, kept_by_law=True, text="أُتلفت النسخ")
        assert (
            refusal_of(actions.attest_destruction, task, by=by, kept_by_law=True, text="x")
            == "already_recorded"
        )
        place = sealed.own(scene.subject, by.organisation_id)
        assert Grant.objects.filter(subject_id=place.subject.id).exists()
    sender = given.actor("aman.supervisor")
    with acting(sender):
        theirs = DestructionTask.objects.select_related("referral").get()
        assert theirs.done_at is not None
        assert (
            refusal_of(actions.attest_destruction, theirs, by=sender, kept_by_law=True, text="x")
            == "not_permitted"
        )
