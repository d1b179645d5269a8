"""A whole case, one class, one person: what goes, what stays, and what stands in the way."""

from datetime import timedelta

import pytest
from django.db import transaction

from ihala.audit.enums import Purpose
from ihala.cases import actions as cases
from ihala.cases.content import CaseContent
from ihala.cases.enums import CaseState
from ihala.cases.models import Case, CaseNote, FormDraft, Person
from ihala.consent import actions as consents
from ihala.consent.models import Consent
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import DisclosureClass, Kind, Urgency
from ihala.erasure import actions
from ihala.erasure.enums import Standing, Unit
from ihala.erasure.models import Erasure, Target
from ihala.referrals import actions as referrals
from ihala.referrals.actions import package
from ihala.referrals.enums import State
from ihala.referrals.models import DestructionTask, Referral
from ihala.vault import salts
from ihala.vault.models import Grant
from tests import given
from tests.erasure.conftest import OFFICER, ask, carry_out, confirm, erased
from tests.refused import refusal_of

pytestmark = pytest.mark.django_db


def content_of(case, by):
    with acting(by):
        return cases.open_case(Case.objects.get(pk=case.pk), by=by, purpose=Purpose.WORK)


def persons(case, role):
    return Person.objects.filter(case=case, role=role).order_by("position")


def test_a_whole_case_goes_and_its_reference_stays(aman):
    case = given.a_case_with_consent()
    with acting(aman):
        cases.add_note(case, "ملاحظة", by=aman)
        Case.objects.filter(pk=case.pk).update(paper_reference="AMN-17")
    done = erased(case)
    with acting(aman):
        left = Case.objects.get(pk=case.pk)
        assert (left.state, left.reference, left.paper_reference) == (CaseState.ERASED, case.reference, None)
        assert all(
            getattr(left, cls) is None for cls in ("triage", "identity", "narrative", "safety", "clinical")
        )
        assert not Person.objects.filter(case=case).exists()
        assert not Grant.objects.filter(root_id=case.pk).exists()
        opened = cases.open_case_page(left, by=aman, purpose=Purpose.WORK)
        assert (opened.content, opened.notes) == (CaseContent(case.category), [])
        assert Consent.objects.filter(case=case).exists(), "that she allowed it stays, as codes and days"
    assert salts.is_erased(case.pk)
    assert done.standing == Standing.CARRIED_OUT
    with clock.at(done.final_at + timedelta(seconds=1)):
        assert done.standing == Standing.FINAL


def test_an_erased_case_takes_nothing_new(aman):
    case = given.a_case_with_consent()
    erased(case)
    with acting(aman):
        left = Case.objects.get(pk=case.pk)
        nothing = CaseContent(left.category)
        assert refusal_of(cases.update_case, left, nothing, by=aman, version=left.version) == "case_erased"
        assert refusal_of(cases.add_note, left, "x", by=aman) == "case_erased"
        assert refusal_of(cases.reopen_case, left, by=aman) == "case_not_closed"
        assert refusal_of(cases.close_case, left, by=aman, reason="need_met") == "case_erased"
        dubai = given.cast().dfwac.pk
        assert (
            refusal_of(
                referrals.draft,
                left,
                by=aman,
                receiver=dubai,
                kind=Kind.TRANSFER,
                urgency=Urgency.URGENT,
                services=[],
            )
            == "case_erased"
        )
        assert refusal_of(
            consents.record_basis, left, by=aman, recipient=dubai, type_="court_order", source="x"
        ) in (
            "erased",
            "case_erased",
        )
    assert refusal_of(ask, left) == "case_erased"


def test_one_class_goes_and_the_others_stay(aman):
    case = given.a_case_with_consent()
    before = content_of(case, aman)
    with acting(aman):
        note = cases.add_note(case, "ملاحظة", by=aman)
    erased(case, Unit.CLASS, disclosure_class=DisclosureClass.IDENTITY)
    after = content_of(case, aman)
    assert "name" in before.survivor and "name" not in after.survivor
    assert after.case["reason"] == before.case["reason"]
    assert after.survivor["nationality"] == before.survivor["nationality"]
    with acting(aman):
        left = Case.objects.get(pk=case.pk)
        assert (left.state, left.identity) == (CaseState.OPEN, None)
        opened = cases.open_case_page(left, by=aman, purpose=Purpose.WORK)
        assert [(one, body) for one, body in opened.notes] == [(note, "ملاحظة")]
        assert consents.open_details(list(Consent.objects.filter(case=case)), by=aman) == [{}]
        again = cases.update_case(left, before, by=aman, version=left.version)
    assert content_of(again, aman).survivor["name"] == before.survivor["name"], "it can be written anew"


def test_notes_go_with_the_narrative_and_the_page_goes_on(aman):
    case = given.a_case()
    with acting(aman):
        cases.add_note(case, "ملاحظة", by=aman)
    erased(case, Unit.CLASS, disclosure_class=DisclosureClass.NARRATIVE)
    with acting(aman):
        opened = cases.open_case_page(Case.objects.get(pk=case.pk), by=aman, purpose=Purpose.WORK)
        assert [body for _note, body in opened.notes] == [""]
        assert CaseNote.objects.filter(case=case).count() == 1


def test_one_companion_goes_and_nobody_else(aman):
    case = given.helens_case()
    before = content_of(case, aman)
    assert len(before.companions) == 2
    with acting(aman):
        first = persons(case, "companion")[0]
    erased(case, Unit.PERSON, person=first)
    after = content_of(case, aman)
    assert after.companions == before.companions[1:]
    assert after.survivor == before.survivor
    assert after.case == before.case


def test_a_person_of_concern_goes_alone(aman):
    case = given.a_case()
    with acting(aman):
        concern = persons(case, "person_of_concern").first()
    erased(case, Unit.PERSON, person=concern)
    after = content_of(case, aman)
    assert after.persons_of_concern == ()
    assert after.survivor["name"]


def test_what_was_being_typed_goes_with_any_part_and_a_stale_tab_cannot_write_it_back(aman):
    case = given.a_case()
    before = content_of(case, aman)
    with acting(aman):
        cases.save_draft({"survivor-name": ["مها"]}, by=aman, case=case, based_on=1)
    erased(case, Unit.CLASS, disclosure_class=DisclosureClass.CLINICAL)
    with acting(aman):
        left = Case.objects.get(pk=case.pk)
        assert cases.load_draft(by=aman, case=left) is None
        assert refusal_of(cases.update_case, left, before, by=aman, version=case.version) == "stale_version"
        cases.save_draft({"survivor-name": ["ليلى"]}, by=aman, case=left, based_on=left.version)
        assert cases.load_draft(by=aman, case=left).payload == {"survivor-name": ["ليلى"]}
        assert FormDraft.objects.count() == 1


# ------------------------------------------------------------------------------------------------------- referrals


def parts(referral, by):
    with acting(by):
        return {part.disclosure_class: values for part, values in package.open_parts(referral, by=by)}


def test_the_package_sent_goes_with_the_case_and_what_is_the_receivers_stays(aman):
    scene = given.a_scene_at(State.COMPLETED)
    receiver = given.actor("dfwac.supervisor")
    theirs = own_case(scene.subject, receiver)
    before = content_of(theirs, receiver)
    assert parts(scene.subject, aman)["identity"]
    erased(scene.file, ask_receivers=True)
    assert set(parts(scene.subject, aman).values()) == {None}
    assert content_of(theirs, receiver) == before
    with acting(receiver):
        task = DestructionTask.objects.get(referral=scene.subject)
        assert task.organisation_id == receiver.organisation_id
        left = Referral.objects.get(pk=scene.subject.pk)
        assert left.household == []
        referrals.add_note(left, by=receiver, text="ملاحظة تبقى")
        assert package.open_parts(left, by=receiver) is not None
    lying = salts.read(scene.subject.pk)
    assert {"thread", f"side.{receiver.organisation_id}"} <= set(lying.parts)
    assert f"side.{aman.organisation_id}" in lying.erased


def own_case(referral, by):
    with acting(by):
        return referral.sides.get(organisation_id=by.organisation_id).case


def test_the_exchange_goes_too_where_nobody_took_the_case_over(aman):
    scene = given.acted(given.a_scene_at(State.DECLINED), "next")
    erased(scene.file)
    assert "thread" in salts.read(scene.subject.pk).erased


def test_of_one_class_the_same_class_of_the_package_goes(aman):
    scene = given.a_scene_at(State.COMPLETED)
    erased(scene.file, Unit.CLASS, disclosure_class=DisclosureClass.IDENTITY)
    left = parts(scene.subject, aman)
    assert left["identity"] is None
    assert left["triage"] and left["narrative"]


def test_the_receiver_erases_its_own_case_and_its_own_notes_only(aman):
    scene = given.a_scene_at(State.COMPLETED)
    officer, receiver = given.actor("dfwac.dpo"), given.actor("dfwac.supervisor")
    before = parts(scene.subject, aman)
    theirs = own_case(scene.subject, receiver)
    carry_out(confirm(ask(theirs, by="dfwac.dpo"), by="dfwac.director"))
    assert parts(scene.subject, aman) == before
    assert salts.is_erased(theirs.pk)
    assert salts.read(scene.subject.pk).erased == {f"side.{officer.organisation_id}"}


def test_the_other_organisation_cannot_erase(aman):
    """Neither by the actions, nor by rows that claim the sender's salts, nor by asking the agent for them."""
    from ihala.audit import actions as audit

    scene = given.a_scene_at(State.COMPLETED)
    officer = given.actor("dfwac.dpo")
    assert refusal_of(ask, scene.file, by="dfwac.dpo") == "no_such_case"
    mine = ask(own_case(scene.subject, given.actor("dfwac.supervisor")), by="dfwac.dpo")
    prints = salts.fingerprints(scene.subject.pk, ["identity"])
    claims = [
        Target(erasure=mine, organisation_id=officer.organisation_id, root=scene.file.pk, of_case=True),
        Target(
            erasure=mine, organisation_id=officer.organisation_id, root=scene.subject.pk, of_case=False,
            parts=list(prints), prints=list(prints.values()),
        ),
        Target(
            erasure=mine, organisation_id=officer.organisation_id, root=scene.subject.pk, of_case=False,
            parts=["thread"], prints=["0" * 32],
        ),
    ]  # fmt: skip
    for claim in claims:
        with pytest.raises(Exception, match="row-level security"), acting(officer), transaction.atomic():
            Target.objects.bulk_create([claim])
        with acting(officer):
            assert refusal_of(audit.erase, officer, claim.root, claim.by_part) == "erasure_not_confirmed"
    confirm(mine, by="dfwac.director")
    with acting(officer):
        for claim in claims:
            assert refusal_of(audit.erase, officer, claim.root, claim.by_part) == "erasure_not_confirmed"
    assert parts(scene.subject, aman)["identity"]


def test_the_sender_cannot_erase_what_the_receiver_keeps(aman):
    scene = given.a_scene_at(State.COMPLETED)
    officer = given.actor(OFFICER)
    mine = ask(scene.file)
    for part in (f"side.{scene.subject.receiver_id}", "thread"):
        claim = Target(
            erasure=mine, organisation_id=officer.organisation_id, root=scene.subject.pk, of_case=False,
            parts=[part], prints=["0" * 32],
        )  # fmt: skip
        with pytest.raises(Exception, match="row-level security"), acting(officer), transaction.atomic():
            Target.objects.bulk_create([claim])


# ----------------------------------------------------------------------------------------------- what stands in the way


def test_a_referral_under_way_is_ended_first(aman):
    scene = given.a_scene_at(State.UNDER_REVIEW)
    assert refusal_of(ask, scene.file) == "referral_under_way"
    given.acted(scene, "withdraw")
    assert erased(scene.file).carried_out_at


def test_a_second_person_confirms(aman):
    erasure = ask(given.a_case())
    assert refusal_of(confirm, erasure, by=OFFICER) == "second_person"
    assert refusal_of(confirm, erasure, by="aman.supervisor") == "not_permitted"
    assert refusal_of(confirm, erasure, by="dfwac.director") == "not_visible"
    with (
        pytest.raises(Exception, match="erasure_two_people"),
        acting(given.actor(OFFICER)),
        transaction.atomic(),
    ):
        Erasure.objects.filter(pk=erasure.pk).update(
            confirmed_by_id=given.actor(OFFICER).membership_id, confirmed_at=clock.now()
        )
    confirm(erasure)
    assert refusal_of(confirm, erasure) == "not_waiting"


def test_who_asks_and_for_what(aman):
    case = given.a_case()
    with acting(aman):
        survivor = persons(case, "survivor").get()
    assert refusal_of(ask, case, by="aman.caseworker") == "not_permitted"
    assert refusal_of(ask, case, Unit.PERSON, person=survivor) == "survivor_is_the_case"
    assert refusal_of(ask, case, Unit.PERSON) == "no_such_person"
    assert refusal_of(ask, given.a_case(), Unit.PERSON, person=survivor) == "no_such_person"
    ask(case)
    assert refusal_of(ask, case) == "asked_already"
    waiting = given.a_scene_at(State.ACCEPTED)
    expected = own_case(waiting.subject, given.actor("dfwac.supervisor"))
    assert refusal_of(ask, expected, by="dfwac.dpo") == "nothing_to_erase"


def test_a_request_can_be_taken_back_until_it_is_confirmed(aman):
    erasure, officer = ask(given.a_case()), given.actor(OFFICER)
    with acting(officer):
        assert refusal_of(actions.cancel, erasure, by=aman) == "not_permitted"
        assert actions.cancel(erasure, by=officer).standing == Standing.CANCELLED
        assert refusal_of(actions.cancel, erasure, by=officer) == "not_waiting"
        assert refusal_of(actions.cancel, Erasure(), by=officer) == "not_visible"
    assert refusal_of(confirm, erasure) == "not_waiting"
    assert carry_out(erasure).carried_out_at is None


def test_a_case_sealed_before_parts_had_salts_goes_whole_only(aman):
    case = given.a_case()
    path = salts.folder() / f"{case.pk}.salt"
    path.write_bytes(b"\x07" * 32)
    erasure = ask(case, Unit.CLASS, disclosure_class=DisclosureClass.IDENTITY)
    assert refusal_of(confirm, erasure) == "only_whole"
