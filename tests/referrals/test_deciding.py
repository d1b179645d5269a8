"""The receiver reads, asks and decides; the sender answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases.enums import AccessReason
from ihala.cases.models import Access, Case
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.core.vocabulary import Kind, Urgency
from ihala.notifications.models import Notification
from ihala.referrals import actions, rules, workflow
from ihala.referrals.actions import package, sealed
from ihala.referrals.enums import RecordKind, State, Step
from ihala.referrals.models import Message, Receipt, Referral, ReferralSide, SideRecord, StepTaken
from ihala.vault.models import Deposit, Grant
from tests import given
from tests.refused import refusal_of

pytestmark = pytest.mark.django_db

DUTY, SUPERVISOR, CASEWORKER = "dfwac.duty", "dfwac.supervisor", "dfwac.caseworker"


def test_acknowledging_starts_the_clock_for_the_decision():
    referral = given.a_referral(State.UNDER_REVIEW)
    assert referral.decide_due_at == referral.due_at
    assert (
        timedelta() <= referral.due_at - referral.acknowledged_at - timedelta(hours=1) < timedelta(minutes=1)
    )
    assert (referral.waits_for_receiver, referral.waits_for_sender) == (True, False)


def test_a_standard_referrals_decision_clock_pauses_once():
    scene = given.a_scene_at(State.UNDER_REVIEW, urgency=Urgency.STANDARD)
    due = scene.subject.decide_due_at
    given.acted(scene, "ask+1d")
    assert scene.subject.pauses == 1 and scene.subject.decide_left is not None
    with clock.later(timedelta(days=3)):
        given.acted(scene, "answer")
    assert scene.subject.decide_due_at > due
    assert scene.subject.decide_left is None
    later = scene.subject.decide_due_at
    given.acted(scene, "ask answer")
    assert scene.subject.decide_due_at == later


def test_an_emergencys_decision_clock_runs_on_while_the_sender_is_asked():
    scene = given.a_scene_at(State.UNDER_REVIEW)
    due = scene.subject.decide_due_at
    given.acted(scene, "ask answer")
    assert scene.subject.decide_due_at == due
    assert scene.subject.due_at == due


def test_questions_and_answers_are_read_by_both_sides_and_by_nobody_else():
    scene = given.a_scene_at(State.UNDER_REVIEW)
    sender, receiver = given.actor("aman.caseworker"), given.actor(SUPERVISOR)
    with acting(receiver):
        asked = actions.ask(
            scene.subject, by=receiver, questions=["health", "health", "mobility"], text="كم عددهم؟"
        )
        question = Message.objects.get(referral=asked)
        assert question.codes == ["health", "mobility"]
    with acting(sender):
        actions.answer(asked, by=sender, text="ثلاثة")
        rows = [(message, "text") for message in Message.objects.filter(referral=asked).order_by("at")]
        opened = sealed.open_exchange(asked, [], rows, [], by=sender)
        assert [opened[row.pk] for row, _field in rows] == ["كم عددهم؟", "ثلاثة"]
        assert b"\xd8\xab" not in bytes(rows[1][0].text)[:2]
    stranger = given.actor("sharjah.caseworker")
    with acting(stranger):
        assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("codes", "text", "code"),
    [([], "", "reason_needed"), (["nonsense"], "", "reason_needed"), (["health", "x"], "", "reason_needed"),
     (["health", "other"], " ", "text_needed")],
)  # fmt: skip
def test_a_question_is_coded(codes, text, code):
    scene, by = given.a_scene_at(State.UNDER_REVIEW), given.actor(SUPERVISOR)
    with acting(by):
        assert refusal_of(actions.ask, scene.subject, by=by, questions=codes, text=text) == code


def test_an_empty_answer_is_no_answer_and_the_question_can_be_taken_back():
    scene, sender = given.a_scene_at(State.INFO_REQUESTED), given.actor("aman.caseworker")
    with acting(sender):
        assert refusal_of(actions.answer, scene.subject, by=sender, text="  ") == "text_needed"
    assert given.acted(scene, "take_back").subject.state == State.UNDER_REVIEW


def test_a_colleague_sees_a_referral_once_it_is_given_to_them():
    scene, colleague, duty = given.a_scene_at(State.UNDER_REVIEW), given.actor(CASEWORKER), given.actor(DUTY)
    with acting(colleague):
        assert not Referral.objects.visible_to(colleague).exists()
        assert refusal_of(actions.waitlist, scene.subject, by=colleague) == "not_visible"
    with acting(duty):
        actions.assign(scene.subject, by=duty, membership_id=colleague.membership_id)
        stranger = given.actor("aman.duty").membership_id
        assert (
            refusal_of(actions.assign, scene.subject, by=duty, membership_id=stranger) == "no_such_colleague"
        )
    with acting(colleague):
        assert Referral.objects.visible_to(colleague).inbox(colleague).exists()
        actions.waitlist(scene.subject, by=colleague)
    with acting(duty):
        assert Notification.objects.filter(membership_id=colleague.membership_id).exists()


def test_who_is_assigned_after_acceptance_gets_access_to_the_expected_case():
    scene, duty, colleague = given.a_scene_at(State.ACCEPTED), given.actor(DUTY), given.actor(CASEWORKER)
    with acting(given.actor(SUPERVISOR)):
        actions.assign(scene.subject, by=given.actor(SUPERVISOR), membership_id=colleague.membership_id)
        case = ReferralSide.objects.get(referral=scene.subject).case
        assert Access.objects.filter(case=case, membership_id=colleague.membership_id).exists()
        assert Access.objects.filter(case=case, membership_id=duty.membership_id).exists()


def test_nothing_is_accepted_before_the_conflict_check_is_attested():
    scene, by = given.a_scene_at(State.UNDER_REVIEW), given.actor(DUTY)
    with acting(by):
        assert refusal_of(actions.accept, scene.subject, by=by) == "conflict_check"
        for wrong in ({"spoke_with": " ", "result": "clear"}, {"spoke_with": "x", "result": "perhaps"}):
            code = refusal_of(actions.attest_conflict_check, scene.subject, by=by, **wrong)
            assert code == "attestation_incomplete"
    given.acted(scene, "tie")
    with acting(by):
        assert refusal_of(actions.accept, scene.subject, by=by) == "conflict_found"
    given.acted(scene, "conflict accept")
    assert scene.subject.state == State.ACCEPTED


def test_the_attestation_is_the_receivers_own_and_the_sender_never_sees_it():
    given.acted(given.a_scene_at(State.UNDER_REVIEW), "conflict")
    sender, receiver = given.actor("aman.supervisor"), given.actor(SUPERVISOR)
    with acting(receiver):
        record = SideRecord.objects.get(kind=RecordKind.CONFLICT_CHECK)
        assert sealed.open_records([record], by=receiver)[0]
    with acting(sender):
        assert not SideRecord.objects.exists()
        assert not StepTaken.objects.filter(step=Step.ATTEST_CONFLICT_CHECK).exists()


def test_before_acceptance_the_receiver_holds_a_key_to_triage_alone_and_afterwards_to_the_rest():
    scene, receiver = given.a_scene_at(State.UNDER_REVIEW), given.actor(SUPERVISOR)
    with acting(receiver):
        held = Grant.objects.filter(organisation_id=receiver.organisation_id, subject_id=scene.subject.pk)
        assert set(held.values_list("disclosure_class", flat=True)) == {"triage"}
        waiting = Deposit.objects.filter(receiver_id=receiver.organisation_id).values_list(
            "disclosure_class", flat=True
        )
        assert {"identity", "narrative", "safety"} <= set(waiting)
        everything = {"triage", *waiting}
    given.acted(scene, "conflict accept")
    with acting(receiver):
        opened = {
            part.disclosure_class for part, values in package.open_parts(scene.subject, by=receiver) if values
        }
        assert opened == everything
        assert not Deposit.objects.exclude(
            subject_kind="keep_apart"
        ).exists()  # what is compared stays deposited
        assert Receipt.objects.filter(referral=scene.subject).count() == len(everything)
        assert Event.objects.filter(name="sealed.released").exists()


def test_accepting_opens_an_expected_case_for_who_was_given_it_and_the_supervisors():
    scene, by = given.a_scene_at(State.ACCEPTED), given.actor(SUPERVISOR)
    with acting(by):
        case = Case.objects.visible_to(by).get()
        assert case.state == "expected"
        assert ReferralSide.objects.get(referral=scene.subject).case == case


def test_only_the_addressed_organisation_accepts():
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "conflict")
    for name in ("aman.supervisor", "aman.duty"):
        by = given.actor(name)
        with acting(by):
            assert refusal_of(actions.accept, scene.subject, by=by) == "not_permitted"
    stranger = replace(given.actor("sharjah.caseworker"), roles=given.actor(SUPERVISOR).roles)
    with acting(stranger):
        assert refusal_of(actions.accept, scene.subject, by=stranger) == "not_visible"


def test_the_duty_officer_accepts_emergencies_and_nothing_else():
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW, urgency=Urgency.URGENT), "conflict")
    by = given.actor(DUTY)
    with acting(by):
        assert refusal_of(actions.accept, scene.subject, by=by) == "not_permitted"


def test_the_holder_of_a_pulled_case_accepts_with_it_and_that_drafts_the_transfer():
    scene = given.acted(
        given.a_scene(urgency=Urgency.STANDARD, kind=Kind.PULL_REQUEST),
        "case draft submit approve ack conflict",
    )
    by = given.actor(SUPERVISOR)
    with acting(by):
        assert refusal_of(actions.accept, scene.subject, by=by) == "case_needed"
    given.acted(scene, "held accept")
    assert scene.subject.state == State.COMPLETED
    with acting(by):
        transfer = Referral.objects.get(origin=scene.subject)
        assert (transfer.kind, transfer.sender_id, transfer.receiver_id, transfer.state, transfer.link) == (
            "transfer", by.organisation_id, scene.subject.sender_id, "draft", "pulled",
        )  # fmt: skip
        held = Grant.objects.filter(subject_id=scene.subject.pk, organisation_id=by.organisation_id)
        assert not held.filter(subject_kind="referral").exists()


def test_a_decline_needs_a_second_person_a_reason_and_says_who_refused():
    scene, by = given.a_scene_at(State.UNDER_REVIEW), given.actor(SUPERVISOR)
    with acting(by):
        assert refusal_of(actions.propose_decline, scene.subject, by=by, reason="") == "reason_needed"
        assert (
            refusal_of(actions.propose_decline, scene.subject, by=by, reason="risk", refused_by="x")
            == "reason_needed"
        )
        proposed = actions.propose_decline(
            scene.subject, by=by, reason="no_capacity", refused_by="third_party", text="لا مكان"
        )
        assert refusal_of(actions.confirm_decline, proposed, by=by) == "second_person"
    sender = given.actor("aman.caseworker")
    with acting(sender):
        seen = Referral.objects.visible_to(sender).get(pk=proposed.pk)
        assert workflow.shown_state(seen, sender.organisation_id) == State.UNDER_REVIEW
        assert not StepTaken.objects.filter(step=Step.PROPOSE_DECLINE).exists()
    assert workflow.shown_state(proposed, by.organisation_id) == State.DECLINE_PROPOSED
    given.acted(scene, "confirm")
    with acting(sender):
        line = StepTaken.objects.get(step=Step.CONFIRM_DECLINE)
        assert line.reason == "no_capacity"
        assert sealed.open_exchange(proposed, [line], [], [], by=sender)[line.note_id] == "لا مكان"


def test_a_proposal_without_its_record_can_still_be_confirmed():
    scene = given.a_scene_at(State.DECLINE_PROPOSED)
    by = given.actor("dfwac.supervisor2")
    with acting(by):
        SideRecord.objects.filter(kind=RecordKind.PROPOSED_DECLINE).delete()
        assert actions.confirm_decline(scene.subject, by=by).state == State.DECLINED


def test_a_proposed_decline_can_go_back_to_review():
    assert (
        given.acted(given.a_scene_at(State.DECLINE_PROPOSED), "unpropose").subject.state == State.UNDER_REVIEW
    )


def test_a_waitlisted_referral_can_be_accepted_or_declined():
    assert given.acted(given.a_scene_at(State.WAITLISTED), "conflict accept").subject.state == State.ACCEPTED
    assert given.acted(given.a_scene_at(State.WAITLISTED), "propose confirm").subject.state == State.DECLINED


def test_internal_notes_stay_on_their_side():
    scene, by, sender = given.a_scene_at(State.SENT), given.actor(SUPERVISOR), given.actor("aman.supervisor")
    with acting(by):
        assert refusal_of(actions.add_note, scene.subject, by=by, text=" ") == "text_needed"
        actions.add_note(scene.subject, by=by, text="ملاحظة")
        note = SideRecord.objects.get(kind=RecordKind.INTERNAL_NOTE)
        assert sealed.open_records([note], by=by) == ["ملاحظة"]
        assert sealed.open_records([], by=by) == []
        silent = StepTaken.objects.filter(referral=scene.subject)
        assert sealed.open_exchange(scene.subject, silent, [], [], by=by) == {}
    with acting(sender):
        assert not SideRecord.objects.exists()
    stranger = given.actor("sharjah.caseworker")
    with acting(stranger):
        assert refusal_of(actions.add_note, scene.subject, by=stranger, text="x") == "not_visible"


def test_a_caseworker_sees_what_belongs_to_a_case_they_have_access_to():
    scene, author = given.a_scene_at(State.SENT), given.actor("aman.caseworker")
    colleague = replace(author, membership_id=given.actor("aman.dpo").membership_id)
    with acting(colleague):
        assert not Referral.objects.visible_to(colleague).exists()
    supervisor = given.actor("aman.supervisor")
    with acting(supervisor):
        cases.give_access(scene.file, by=supervisor, role="caseworker", reason=AccessReason.WORKS_ON_IT)
    with acting(colleague):
        assert Referral.objects.visible_to(colleague).outbox(colleague).exists()
        assert not Referral.objects.drafts(colleague).exists()
        assert not Referral.objects.waiting_for(colleague).exists()
    for name in ("aman.director", "aman.dpo", "aman.admin"):
        by = given.actor(name)
        with acting(by):
            assert not Referral.objects.visible_to(by).exists()


def test_work_lists_show_what_waits_and_what_is_overdue():
    one, two = given.a_referral(State.SENT, urgency=Urgency.URGENT), given.a_referral(State.SENT)
    by = given.actor(SUPERVISOR)
    with acting(by):
        assert set(Referral.objects.waiting_for(by)) == {two, one}
        assert not rules.overdue(Referral.objects.waiting_for(by)).exists()
        with clock.later(timedelta(minutes=30)):
            assert list(rules.overdue(Referral.objects.waiting_for(by))) == [two]


def test_after_a_refusal_the_page_still_holds_the_row_as_it_stands():
    request = given.acted(
        given.a_scene(urgency=Urgency.STANDARD, kind=Kind.PULL_REQUEST),
        "case draft submit approve ack conflict",
    ).subject
    by = given.actor(SUPERVISOR)
    with acting(by):
        taken_up = actions.take_up(request.reference, by)
        assert refusal_of(actions.accept, taken_up, by=by) == "case_needed"
        assert (taken_up.state, taken_up.version) == (request.state, request.version)
        assert refusal_of(actions.take_up, "R-0000-0000", by) == "not_visible"


def test_somebody_without_the_row_is_refused():
    gone = given.a_referral(State.SENT)
    stranger = given.actor("sharjah.caseworker")
    with acting(stranger), pytest.raises(Refused):
        actions.acknowledge(gone, by=stranger)
