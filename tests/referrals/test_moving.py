"""The handover, the arrival and what follows."""

from datetime import timedelta

import pytest

from ihala.cases import actions as cases
from ihala.cases.models import Case
from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.vocabulary import Kind, Urgency
from ihala.referrals import actions, rules, workflow
from ihala.referrals.actions import package, sealed
from ihala.referrals.enums import SafetyCheck, Side, State
from ihala.referrals.models import HandoverPlan, Referral, ReferralSide, Report
from ihala.vault.models import Grant
from tests import given
from tests.refused import refusal_of

pytestmark = pytest.mark.django_db

SENDER, RECEIVER = "aman.caseworker", "dfwac.supervisor"
PLAN = {"escort": "المرافقة", "meeting_point": "المدخل الخلفي", "code_word": "نخلة"}


def soon():
    return now() + timedelta(hours=2)


def test_the_plan_is_the_senders_turn_first_and_then_each_side_confirms_it():
    scene = given.a_scene_at(State.ACCEPTED)
    sender, receiver = given.actor(SENDER), given.actor(RECEIVER)
    assert workflow.turn(scene.subject) == {Side.SENDER}
    with acting(receiver):
        assert refusal_of(actions.confirm_plan, scene.subject, by=receiver) == "not_your_turn"
    with acting(sender):
        assert refusal_of(actions.confirm_plan, scene.subject, by=sender) == "no_plan"
        planned = actions.plan_handover(scene.subject, by=sender, eta=soon(), details=PLAN)
        assert workflow.turn(planned) == {Side.SENDER, Side.RECEIVER}
        confirmed = actions.confirm_plan(planned, by=sender)
        assert (confirmed.state, workflow.turn(confirmed)) == (State.ACCEPTED, {Side.RECEIVER})
        assert refusal_of(actions.confirm_plan, confirmed, by=sender) == "not_your_turn"
    with acting(receiver):
        changed = actions.plan_handover(
            confirmed, by=receiver, eta=soon(), details={**PLAN, "vehicle": "سيارة"}
        )
        assert (changed.plan_version, changed.plan_sender_at) == (2, None)
        actions.confirm_plan(changed, by=receiver)
    with acting(sender):
        begun = actions.confirm_plan(changed, by=sender)
        assert begun.state == State.HANDOVER
        assert begun.due_at == begun.eta + timedelta(hours=1)


def test_a_plan_lies_ahead_and_names_escort_meeting_point_and_code_word():
    scene, by = given.a_scene_at(State.ACCEPTED), given.actor(SENDER)
    with acting(by):
        late = now() - timedelta(hours=1)
        assert refusal_of(actions.plan_handover, scene.subject, by=by, eta=late, details=PLAN) == "eta_past"
        for missing in PLAN:
            details = {key: value for key, value in PLAN.items() if key != missing}
            code = refusal_of(actions.plan_handover, scene.subject, by=by, eta=soon(), details=details)
            assert code == "plan_incomplete"


def test_the_plan_is_sealed_and_both_sides_read_it():
    scene = given.a_scene_at(State.HANDOVER)
    for name in (SENDER, RECEIVER):
        by = given.actor(name)
        with acting(by):
            plan = HandoverPlan.objects.get(referral=scene.subject)
            opened = sealed.open_exchange(scene.subject, [], [(plan, "details")], [], by=by)
            assert opened[plan.pk]["code_word"]


def test_only_both_confirmations_together_are_an_arrival():
    scene = given.acted(given.a_scene_at(State.HANDOVER), "arrived_r")
    sender, receiver = given.actor(SENDER), given.actor(RECEIVER)
    assert (scene.subject.state, workflow.turn(scene.subject)) == (State.HANDOVER, {Side.SENDER})
    with acting(receiver):
        assert refusal_of(actions.confirm_arrival, scene.subject, by=receiver) == "already_confirmed"
    with acting(sender):
        assert actions.confirm_arrival(scene.subject, by=sender).state == State.ARRIVED


@pytest.mark.parametrize("order", ["arrived_s arrived_r", "arrived_r arrived_s"])
def test_the_receivers_case_is_filled_from_the_package_without_retyping(order):
    scene, by = given.acted(given.a_scene_at(State.HANDOVER), order), given.actor(RECEIVER)
    author = given.actor(SENDER)
    with acting(author):
        theirs = cases.open_case(scene.file, by=author, purpose="work")
    with acting(by):
        case = ReferralSide.objects.get(referral=scene.subject).case
        mine = cases.open_case(case, by=by, purpose="work")
    assert case.state == "open"
    assert mine.survivor["name"] == theirs.survivor["name"]
    assert len(mine.companions) == len(theirs.companions)
    assert mine.case["reason"] == theirs.case["reason"]
    with acting(author):
        assert not Case.objects.filter(pk=case.pk).exists()


def test_who_has_not_arrived_is_looked_for_and_may_still_arrive():
    scene = given.a_scene_at(State.NOT_ARRIVED)
    assert workflow.turn(scene.subject) == {Side.SENDER, Side.RECEIVER}
    given.acted(scene, "arrived_r arrived_s")
    assert scene.subject.state == State.ARRIVED


def test_the_safety_check_is_worked_through_before_a_supervisor_closes_it():
    scene, by = given.a_scene_at(State.NOT_ARRIVED), given.actor("aman.supervisor")
    everything = list(SafetyCheck.values)
    with acting(by):
        half = refusal_of(actions.close_safety_check, scene.subject, by=by, done=everything[:2], text="x")
        silent = refusal_of(actions.close_safety_check, scene.subject, by=by, done=everything, text=" ")
        assert half == silent == "check_incomplete"
        closed = actions.close_safety_check(scene.subject, by=by, done=everything, text="عادت إلى أهلها")
        assert workflow.is_final(closed)
        assert closed.ended_at is not None
        assert not Grant.objects.filter(
            subject_id=closed.pk, organisation_id=closed.receiver_id, subject_kind="referral"
        ).exists()
    with acting(given.actor(RECEIVER)):
        assert ReferralSide.objects.get(referral=closed).case is None
    with acting(by):
        assert refusal_of(actions.confirm_arrival, closed, by=by) == "not_now"


def test_progress_is_reported_again_and_again():
    scene, by = given.a_scene_at(State.ARRIVED), given.actor(RECEIVER)
    with acting(by):
        assert refusal_of(actions.record_progress, scene.subject, by=by, text="") == "text_needed"
        told = actions.record_progress(scene.subject, by=by, text="تتحسن")
        assert timedelta(days=6) < told.due_at - now() <= timedelta(days=7)


def test_the_outcome_goes_back_to_the_sender_and_the_package_closes():
    scene = given.a_scene_at(State.COMPLETED)
    sender, receiver = given.actor(SENDER), given.actor(RECEIVER)
    with acting(sender):
        report = Report.objects.get(referral=scene.subject, kind="outcome")
        assert report.codes == ["goals_met"]
        assert sealed.open_exchange(scene.subject, [], [(report, "text")], [], by=sender)[report.pk]
    with acting(receiver):
        assert all(values is None for _part, values in package.open_parts(scene.subject, by=receiver))
        assert ReferralSide.objects.get(referral=scene.subject).case.state == "open"  # her own file stays


def test_a_service_can_end_early_for_a_coded_reason():
    scene, by = given.a_scene_at(State.ARRIVED), given.actor(RECEIVER)
    with acting(by):
        assert refusal_of(actions.end_early, scene.subject, by=by, reason="other") == "text_needed"
        assert actions.end_early(scene.subject, by=by, reason="legal_order").state == State.ENDED_EARLY


def test_the_receiver_refers_onward_from_its_own_case():
    scene, by = given.a_scene_at(State.ARRIVED), given.actor(RECEIVER)
    with acting(by):
        asked = {
            "receiver": scene.subject.sender_id, "kind": Kind.SHARED_CARE,
            "urgency": Urgency.STANDARD, "services": ["legal"],
        }  # fmt: skip
        onward = actions.refer_onward(scene.subject, by=by, **asked)
        assert (onward.origin_id, onward.link, onward.state) == (scene.subject.pk, "onward", State.DRAFT)
        assert Referral.objects.get(pk=scene.subject.pk).state == State.ARRIVED
        ReferralSide.objects.filter(referral=scene.subject).update(case=None)
        assert refusal_of(actions.refer_onward, scene.subject, by=by, **asked) == "not_visible"


def test_terms_without_a_decision_clock_are_an_error_and_not_an_endless_wait():
    unsent = given.a_referral(State.DRAFT)
    unsent.terms = None
    with pytest.raises(ValueError, match="decision clock"):
        rules.decision_due(unsent, now())
