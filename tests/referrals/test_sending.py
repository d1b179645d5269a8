"""From draft to sent: drafts, approval by a second person, emergencies, idempotent sends, amendments."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from ihala.audit.models import Event
from ihala.cases.models import Access
from ihala.consent import actions as consent
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass, Kind, Urgency
from ihala.organisations import actions as organisations
from ihala.organisations.models import Agreement
from ihala.organisations.terms import default_terms
from ihala.referrals import actions, workflow
from ihala.referrals.actions import package, sealed
from ihala.referrals.enums import State, Step
from ihala.referrals.models import PackagePart, Receipt, Referral, StepTaken
from ihala.vault.models import Deposit, Grant
from tests import given
from tests.refused import refusal_of

pytestmark = pytest.mark.django_db

AUTHOR, SUPERVISOR = "aman.caseworker", "aman.supervisor"


def draft(case, by, **changes):
    asked = {
        "receiver": given.actor("dfwac.duty").organisation_id, "kind": Kind.TRANSFER, "urgency": Urgency.STANDARD,
        "services": ["shelter"], "classes": list(DisclosureClass),
    } | changes  # fmt: skip
    return actions.draft(case, by=by, **asked)


def test_a_draft_needs_an_active_agreement():
    case, by = given.a_case(), given.actor(AUTHOR)
    with acting(by):
        code = refusal_of(draft, case, by, receiver=given.actor("sharjah.caseworker").organisation_id)
    assert code == "no_active_terms"


def test_a_draft_is_written_only_by_who_may_and_has_access_to_the_case():
    case = given.a_case()
    for name in ("aman.director", "aman.supervisor", "aman.duty"):  # no access to this case yet
        by = given.actor(name)
        with acting(by):
            assert refusal_of(draft, case, by) == "not_visible"


def test_a_draft_can_be_revised_and_discarded_and_only_events_remain():
    scene, by = given.a_scene_at(State.DRAFT), given.actor(AUTHOR)
    with acting(by):
        changed = actions.revise(
            scene.subject, by=by, version=scene.subject.version, urgency=Urgency.URGENT, services=["legal", "legal"],
            classes=["identity"], withheld=["survivor.name"], kind=Kind.SHARED_CARE,
        )  # fmt: skip
        assert (changed.urgency, changed.services, changed.classes) == (
            "urgent",
            ["legal"],
            ["identity", "triage"],
        )
        assert changed.sides.get().withheld == ["survivor.name"]
        assert DisclosureClass.NARRATIVE not in package.preview(changed, by=by)
        assert "survivor.name" not in package.preview(changed, by=by)[DisclosureClass.IDENTITY]
        assert refusal_of(actions.revise, changed, by=by, version=1) == "stale_version"
        actions.discard(changed, by=by, version=changed.version)
        assert not Referral.objects.filter(pk=changed.pk).exists()
        assert Event.objects.filter(name="referral.discard", referral_id=changed.pk).exists()


def test_a_returned_draft_is_discarded_with_its_package_and_its_keys():
    scene = given.acted(given.a_scene_at(State.AWAITING_APPROVAL), "return")
    by = given.actor(AUTHOR)
    with acting(by):
        assert Grant.objects.filter(subject_id=scene.subject.pk).exists()
        actions.discard(scene.subject, by=by)
        assert not Grant.objects.filter(subject_id=scene.subject.pk).exists()
        assert not PackagePart.objects.filter(referral_id=scene.subject.pk).exists()


def test_a_draft_whose_receiver_changes_to_a_stranger_cannot_be_sent():
    scene, by = given.a_scene_at(State.DRAFT), given.actor(AUTHOR)
    stranger = given.actor("sharjah.caseworker").organisation_id
    with acting(by):
        changed = actions.revise(scene.subject, by=by, receiver_id=stranger)
        assert changed.terms_id is None
        assert refusal_of(actions.submit, changed, by=by) == "no_active_terms"


def test_the_terms_must_cover_category_service_and_direction():
    scene, by = given.a_scene_at(State.DRAFT), given.actor(AUTHOR)
    aman, dubai = given.actor("aman.director"), given.actor("dfwac.director")
    data = default_terms(aman.organisation_id, dubai.organisation_id)
    data["categories"] = ["child_abuse"]
    with acting(aman):
        terms = organisations.propose_terms(given.cast().dfwac, data, by=aman)
    with acting(dubai):
        organisations.countersign(terms, by=dubai)
    with acting(by):
        assert refusal_of(actions.send_at_once, scene.subject, by=by) == "not_covered"
        bare = actions.revise(scene.subject, by=by, services=[])
        assert refusal_of(actions.send_at_once, bare, by=by) == "no_services"


def test_a_draft_older_than_the_terms_in_force_is_sent_under_the_terms_in_force():
    scene, by = given.a_scene_at(State.DRAFT), given.actor(AUTHOR)
    aman, dubai = given.actor("aman.director"), given.actor("dfwac.director")
    with acting(aman):
        data = default_terms(aman.organisation_id, dubai.organisation_id)
        terms = organisations.propose_terms(given.cast().dfwac, data, by=aman)
    with acting(dubai):
        organisations.countersign(terms, by=dubai)
    with acting(by):
        sent = actions.send_at_once(scene.subject, by=by)
        assert sent.terms_id == terms.pk != scene.subject.terms_id


def test_without_terms_in_force_nothing_is_sent():
    scene, by = given.a_scene_at(State.AWAITING_APPROVAL), given.actor(SUPERVISOR)
    director = given.actor("aman.director")
    with acting(director):
        organisations.end_agreement(Agreement.objects.get(), by=director)
    with acting(by):
        assert refusal_of(actions.approve, scene.subject, by=by) == "no_active_terms"


def test_without_a_live_basis_nothing_is_sent():
    scene, by = given.acted(given.a_scene(), "case draft"), given.actor(AUTHOR)
    with acting(by):
        assert refusal_of(actions.send_at_once, scene.subject, by=by) == "no_live_basis"
        assert package.preview(scene.subject, by=by).keys() == {DisclosureClass.TRIAGE}


def test_a_consent_that_has_run_out_has_to_be_renewed_before_sending():
    scene, by = given.acted(given.a_scene(), "case consent:5 draft"), given.actor(AUTHOR)
    with clock.later(timedelta(days=7)), acting(by):
        assert refusal_of(actions.send_at_once, scene.subject, by=by) == "no_live_basis"


def test_a_legal_basis_waits_for_the_second_signature_unless_it_is_an_emergency():
    scene, by = given.acted(given.a_scene(urgency=Urgency.URGENT), "case duty draft"), given.actor(AUTHOR)
    with acting(by):
        assert refusal_of(actions.submit, scene.subject, by=by) == "second_signature"
    given.acted(scene, "second submit approve")
    assert scene.subject.state == State.SENT


def test_in_an_emergency_identity_waits_for_the_second_signature_even_after_acceptance():
    scene = given.acted(given.a_scene(), "case duty draft send ack conflict accept")
    by, receiver = given.actor(AUTHOR), given.actor("dfwac.supervisor")
    assert scene.subject.signature_pending
    with acting(receiver):
        opened = {
            part.disclosure_class for part, values in package.open_parts(scene.subject, by=receiver) if values
        }
        assert opened == {"triage"}
    with acting(by):
        assert refusal_of(actions.release, scene.subject, by=by) == "second_signature"
    given.acted(scene, "second release")
    with acting(receiver):
        opened = {
            part.disclosure_class for part, values in package.open_parts(scene.subject, by=receiver) if values
        }
        assert opened == {"triage", "identity"}  # the minimum set, no more
    with acting(by):
        assert refusal_of(actions.release, scene.subject, by=by) == "nothing_to_release"


def test_the_author_does_not_approve_their_own_work():
    scene = given.a_scene_at(State.DRAFT)
    both = replace(given.actor(AUTHOR), roles=given.actor(SUPERVISOR).roles)
    with acting(both):
        waiting = actions.submit(scene.subject, by=both)
        assert refusal_of(actions.approve, waiting, by=both) == "second_person"


def test_submitting_opens_the_case_to_the_supervisors():
    scene = given.a_scene_at(State.AWAITING_APPROVAL)
    by = given.actor(AUTHOR)
    with acting(by):
        assert Access.objects.filter(case=scene.file, role="supervisor", closed_at=None).exists()


def test_what_was_submitted_is_what_is_sent_whatever_the_case_says_by_then():
    scene = given.a_scene_at(State.AWAITING_APPROVAL)
    by = given.actor(AUTHOR)
    with acting(by):
        before = {part.disclosure_class: values for part, values in package.open_parts(scene.subject, by=by)}
    given.acted(scene, "approve")
    with acting(by):
        after = {part.disclosure_class: values for part, values in package.open_parts(scene.subject, by=by)}
    assert before == after


def test_a_referral_returned_to_its_author_says_why_and_can_be_submitted_again():
    scene = given.acted(given.a_scene_at(State.AWAITING_APPROVAL), "return:too_much submit approve")
    assert scene.subject.state == State.SENT
    assert scene.subject.package_version == 2
    by = given.actor(SUPERVISOR)
    waiting = given.a_referral(State.AWAITING_APPROVAL)
    with acting(by):
        assert refusal_of(actions.return_to_author, waiting, by=by, reason="because") == "reason_needed"
        assert refusal_of(actions.return_to_author, waiting, by=by, reason="other") == "text_needed"


def test_an_emergency_is_sent_at_once_and_reviewed_by_somebody_else_within_the_hour():
    scene = given.a_scene_at(State.SENT)
    sent = scene.subject
    assert sent.review_due_at == sent.sent_at + timedelta(hours=1)
    by, author = given.actor(SUPERVISOR), given.actor(AUTHOR)
    with acting(author):
        assert refusal_of(actions.review_sending, sent, by=author) == "not_permitted"
        both = replace(author, roles=by.roles)
        assert refusal_of(actions.review_sending, sent, by=both) == "second_person"
    with acting(by):
        reviewed = actions.review_sending(sent, by=by)
        assert reviewed.reviewed_at is not None
        assert refusal_of(actions.review_sending, reviewed, by=by) == "nothing_to_review"


def test_a_repeated_send_is_the_same_send():
    scene, by, key = given.a_scene_at(State.DRAFT), given.actor(AUTHOR), uuid4()
    with acting(by):
        first = actions.send_at_once(scene.subject, by=by, version=scene.subject.version, key=key)
        again = actions.send_at_once(scene.subject, by=by, version=scene.subject.version, key=key)
        assert again.version == first.version
        assert StepTaken.objects.filter(referral=first, step=Step.SEND_AT_ONCE).count() == 1
        assert PackagePart.objects.filter(referral=first, disclosure_class="triage").count() == 1
        assert refusal_of(actions.send_at_once, scene.subject, by=by, key=uuid4()) == "not_now"


def test_a_repeated_approval_is_the_same_send():
    scene, by, key = given.a_scene_at(State.AWAITING_APPROVAL), given.actor(SUPERVISOR), uuid4()
    with acting(by):
        first = actions.approve(scene.subject, by=by, version=scene.subject.version, key=key)
        assert (
            actions.approve(scene.subject, by=by, version=scene.subject.version, key=key).version
            == first.version
        )


def test_a_stale_version_is_refused_in_words_that_name_who_changed_what():
    scene, by = given.a_scene_at(State.SENT), given.actor("dfwac.duty")
    old = scene.subject.version
    given.acted(scene, "ack")
    with acting(by), pytest.raises(Refused) as caught:
        actions.acknowledge(scene.subject, by=by, version=old)
    assert caught.value.refusal.code == "stale_version"
    assert given.cast().dfwac.name in str(caught.value.refusal)
    assert str(Step.ACKNOWLEDGE.label) in str(caught.value.refusal)


def test_an_amendment_is_a_new_version_with_a_reason_and_the_old_one_stays_as_sent():
    scene = given.acted(given.a_scene_at(State.ACCEPTED), "amend:correction")
    receiver = given.actor("dfwac.supervisor")
    with acting(receiver):
        parts = package.open_parts(scene.subject, by=receiver)
        assert {part.version for part, values in parts if values} == {1, 2}
        changed = {part.version: values for part, values in parts if part.disclosure_class == "safety"}
        assert changed[1] != changed[2]
        assert Receipt.objects.filter(referral=scene.subject, package_version=2).count() >= 4


def test_an_amendment_can_disclose_less_and_then_closes_what_it_leaves_out():
    scene = given.a_scene_at(State.ACCEPTED)
    by, receiver = given.actor(AUTHOR), given.actor("dfwac.supervisor")
    with acting(by):
        actions.amend(scene.subject, by=by, reason="disclose_less", classes=["identity", "safety"])
    with acting(receiver):
        parts = package.open_parts(scene.subject, by=receiver)
        assert {part.disclosure_class for part, values in parts if values} == {"triage", "identity", "safety"}
        assert {part.version for part, _values in parts if part.disclosure_class == "narrative"} == {1}


def test_an_amendment_before_acceptance_opens_no_more_than_triage():
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "amend")
    receiver = given.actor("dfwac.supervisor")
    with acting(receiver):
        opened = [
            part.disclosure_class for part, values in package.open_parts(scene.subject, by=receiver) if values
        ]
        assert opened == ["triage", "triage"]


def test_terms_may_release_identity_on_sending_for_emergencies():
    aman, dubai = given.actor("aman.director"), given.actor("dfwac.director")
    data = default_terms(aman.organisation_id, dubai.organisation_id)
    data["release"]["identity"]["emergency"] = "sending"
    data["release"]["clinical"] = dict.fromkeys(Urgency.values, "never")
    with acting(aman):
        terms = organisations.propose_terms(given.cast().dfwac, data, by=aman)
    with acting(dubai):
        organisations.countersign(terms, by=dubai)
    sent, receiver = given.a_referral(State.SENT), given.actor("dfwac.duty")
    with acting(receiver):
        parts = package.open_parts(sent, by=receiver)
        assert {part.disclosure_class for part, values in parts if values} == {"triage", "identity"}
        assert "clinical" not in {part.disclosure_class for part, _values in parts}
        assert set(Receipt.objects.values_list("disclosure_class", flat=True)) == {"triage", "identity"}


def test_a_pull_request_discloses_triage_only_and_rests_on_no_consent():
    scene = given.acted(
        given.a_scene(urgency=Urgency.STANDARD, kind=Kind.PULL_REQUEST), "case draft submit approve"
    )
    assert scene.subject.basis_id is None
    receiver = given.actor("dfwac.supervisor")
    with acting(receiver):
        assert {part.disclosure_class for part, _v in package.open_parts(scene.subject, by=receiver)} == {
            "triage"
        }
        assert not Receipt.objects.exists()
        assert not Deposit.objects.exists()


def test_a_receipts_hashes_can_be_checked_by_who_may_open_the_document_and_by_nobody_else():
    scene = given.a_scene_at(State.ACCEPTED)
    receiver = given.actor("dfwac.supervisor")
    with acting(receiver):
        receipt = Receipt.objects.get(referral=scene.subject, disclosure_class="identity")
        part, values = next(
            p for p in package.open_parts(scene.subject, by=receiver) if p[0].disclosure_class == "identity"
        )
        assert [one["path"] for one in receipt.fields] == list(values) or {
            o["path"] for o in receipt.fields
        } == set(values)
        plain = {package.keyed_hash("00" * 32, path, value) for path, value in values.items()}
        assert plain.isdisjoint({one["hash"] for one in receipt.fields})
        assert part.fields == receipt.fields


def test_a_case_that_is_gone_cannot_be_referred():
    scene, by = given.a_scene_at(State.DRAFT), given.actor(AUTHOR)
    with acting(by):
        scene.subject.sides.update(case=None)
        assert refusal_of(package.preview, scene.subject, by=by) == "not_visible"
        assert refusal_of(actions.send_at_once, scene.subject, by=by) == "no_live_basis"


def test_who_has_no_side_of_a_referral_yet_has_no_case_to_refer():
    sent, receiver = given.a_referral(State.SENT), given.actor("dfwac.duty")
    with acting(receiver):
        assert refusal_of(package.own_case, sent, receiver) == "not_visible"


def test_a_withdrawn_consent_stops_a_referral_that_waits_for_approval():
    scene, by = given.a_scene_at(State.AWAITING_APPROVAL), given.actor(SUPERVISOR)
    author = given.actor(AUTHOR)
    with acting(author):
        consent.withdraw(scene.subject.basis_id, by=author)
    with acting(by):
        assert refusal_of(actions.approve, scene.subject, by=by) == "no_live_basis"


def test_the_thread_key_exists_from_sending_on_and_not_before():
    scene = given.a_scene_at(State.AWAITING_APPROVAL)
    by = given.actor(AUTHOR)
    name = sealed.thread(scene.subject)
    with acting(by):
        assert not Grant.objects.filter(subject_id=name.subject.id, subject_kind=name.subject.kind).exists()
    given.acted(scene, "approve")
    with acting(by):
        assert Grant.objects.filter(subject_id=name.subject.id, subject_kind=name.subject.kind).count() == 2


def test_a_refused_step_changes_nothing_and_is_on_record():
    scene, by = given.a_scene_at(State.SENT), given.actor(AUTHOR)
    with acting(by):
        before = Referral.objects.values().get(pk=scene.subject.pk)
        events = Event.objects.count()
        assert refusal_of(actions.acknowledge, scene.subject, by=by) == "not_permitted"
        assert Referral.objects.values().get(pk=scene.subject.pk) == before
        assert Event.objects.count() == events + 1
        assert Event.objects.filter(name="referral.acknowledge", refusal="not_permitted").exists()


def test_the_steps_that_may_be_taken_are_listed_in_the_order_of_the_mechanism():
    scene, by = given.a_scene_at(State.UNDER_REVIEW), given.actor("dfwac.supervisor")
    with acting(by):
        steps = workflow.possible_steps(scene.subject, by)
    assert steps.index(Step.ATTEST_CONFLICT_CHECK) < steps.index(Step.ASK) < steps.index(Step.PROPOSE_DECLINE)
    assert Step.ACCEPT not in steps  # the conflict check comes first
