"""Writing, opening and closing cases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ihala.accounts.roles import Role
from ihala.audit.enums import EventName, Purpose
from ihala.audit.models import Event
from ihala.cases import actions, drafts, references
from ihala.cases.enums import AccessReason, CaseState, CloseReason
from ihala.cases.models import Access, Case, CaseNote, FormDraft, Person
from ihala.cases.rules import CaseContent, tidy
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.organisations.models import Actor
from tests.organisations.cast import Party

from . import family
from .conftest import another, changed


def refused(code: str, *args: Any, **kwargs: Any) -> None:
    function, *rest = args
    with pytest.raises(Refused) as found:
        function(*rest, **kwargs)
    assert found.value.refusal.code == code


def test_what_was_written_is_what_is_read(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        assert actions.open_case(case, by=aman.caseworker, purpose=Purpose.WORK) == family.CONTENT


def test_opening_a_case_takes_at_most_five_statements_and_leaves_one_event(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        before = Event.objects.filter(name=EventName.SEALED_OPENED).count()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            actions.open_case(case, by=aman.caseworker, purpose=Purpose.WORK)
        assert len(queries) <= 5, [query["sql"] for query in queries]
        assert Event.objects.filter(name=EventName.SEALED_OPENED).count() == before + 1


def test_a_new_case_is_open_to_its_author_alone(aman: Party, case: Case, colleague: Actor) -> None:
    with acting(aman.caseworker):
        assert case.state == CaseState.OPEN and case.version == 1
        assert list(Case.objects.visible_to(aman.caseworker)) == [case]
        for other in (colleague, aman.supervisor, aman.director, aman.admin, aman.system):
            assert not Case.objects.visible_to(other).exists()


def test_the_household_stands_in_clear_and_persons_of_concern_do_not(aman: Party, case: Case) -> None:
    with acting(aman.caseworker), clock.at(clock.now()):
        people = {(p.role, p.position): (p.sex, p.age_band) for p in Person.objects.filter(case=case)}
    assert people[("survivor", 0)][0] == "female"
    assert people[("companion", 1)] == ("male", "12-17")
    assert people[("person_of_concern", 0)] == ("unknown", "unknown")


def test_sealed_columns_hold_no_plain_text(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        actions.add_note(case, "ملاحظة هيلين", by=aman.caseworker)
        actions.save_draft({"survivor-name": ["هيلين"]}, by=aman.caseworker)
        with connection.cursor() as cursor:
            for table in ("cases_case", "cases_person", "cases_casenote", "cases_formdraft", "audit_event"):
                cursor.execute(f"SELECT * FROM {table}")
                names = [column.name for column in cursor.description or ()]
                for row in cursor.fetchall():
                    for name, value in zip(names, row, strict=True):
                        stored = (
                            bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                        )
                        found = [word for word in family.WORDS if word.encode() in stored and len(word) > 3]
                        assert not found, (table, name)


def test_every_class_has_a_secret_even_if_nothing_was_said(aman: Party) -> None:
    with acting(aman.caseworker):
        made = actions.create_case(CaseContent("child_abuse"), by=aman.caseworker)
        opened = actions.open_case(made, by=aman.caseworker, purpose=Purpose.WORK)
        assert opened == CaseContent("child_abuse", survivor={"sex": "unknown"})


def test_a_role_that_does_not_write_cases_opens_none(aman: Party) -> None:
    with acting(aman.dpo):
        refused("not_permitted", actions.create_case, family.CONTENT, by=aman.dpo)


def test_a_paper_form_is_one_case(aman: Party, dfwac: Party) -> None:
    with acting(aman.caseworker):
        actions.create_case(family.CONTENT, by=aman.caseworker, paper_reference="AMN-P-0147")
        refused("paper_reference_known", actions.create_case, family.CONTENT, by=aman.caseworker,
                paper_reference="AMN-P-0147")  # fmt: skip
    with acting(dfwac.caseworker):
        assert actions.create_case(family.CONTENT, by=dfwac.caseworker, paper_reference="AMN-P-0147")


def test_a_paper_form_imported_twice_at_once_is_refused_by_the_table(
    aman: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(aman.caseworker):
        actions.create_case(family.CONTENT, by=aman.caseworker, paper_reference="AMN-P-0147")
        refused(
            "paper_reference_known",
            actions._new_case,
            aman.caseworker,
            "child_abuse",
            CaseState.OPEN,
            "AMN-P-0147",
        )


def test_a_reference_that_is_taken_is_drawn_again(
    aman: Party, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([case.reference, "C-0000-0001"])
    monkeypatch.setattr(actions, "new_reference", lambda: next(drawn))
    with acting(aman.caseworker):
        assert actions.create_case(family.CONTENT, by=aman.caseworker).reference == "C-0000-0001"


def test_any_other_broken_rule_of_the_table_is_an_error(aman: Party) -> None:
    with acting(aman.caseworker), pytest.raises(IntegrityError), transaction.atomic():
        actions._new_case(aman.caseworker, "child_abuse", CaseState.CLOSED)


# ---------------------------------------------------------------------------------------- changing


def test_a_change_counts_the_version_and_moves_people(aman: Party, case: Case) -> None:
    smaller = replace(
        changed(family.CONTENT, reason="أخرى"),
        companions=family.CONTENT.companions[:1],
        persons_of_concern=(),
    )
    with acting(aman.caseworker):
        kept = Person.objects.get(case=case, role="companion", position=0).pk
        updated = actions.update_case(case, smaller, by=aman.caseworker, version=1)
        assert updated.version == 2
        assert actions.open_case(updated, by=aman.caseworker, purpose=Purpose.WORK) == smaller
        assert Person.objects.get(case=case, role="companion", position=0).pk == kept
        grown = actions.update_case(case, family.CONTENT, by=aman.caseworker, version=2)
        assert actions.open_case(grown, by=aman.caseworker, purpose=Purpose.WORK) == family.CONTENT


def test_an_answer_taken_back_leaves_its_column_empty(aman: Party, case: Case) -> None:
    survivor = {key: value for key, value in family.CONTENT.survivor.items() if key != "health"}
    with acting(aman.caseworker):
        assert Person.objects.get(case=case, role="survivor").clinical is not None
        actions.update_case(case, replace(family.CONTENT, survivor=survivor), by=aman.caseworker, version=1)
        assert Person.objects.get(case=case, role="survivor").clinical is None


def test_a_stale_version_is_refused_in_words_that_name_who(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        actions.update_case(case, family.CONTENT, by=aman.caseworker, version=1)
        with pytest.raises(Refused) as found:
            actions.update_case(case, changed(family.CONTENT, reason="x"), by=aman.caseworker, version=1)
    assert found.value.refusal.code == "stale_version" and found.value.refusal.status == 409
    assert aman.caseworker.name in str(found.value.refusal)


def test_a_case_changed_by_the_system_says_so_when_stale(aman: Party) -> None:
    with acting(aman.system):
        expected = actions.expect_case(
            by=aman.system, category="child_abuse", access=(aman.caseworker.membership_id,)
        )
        actions.fill_expected_case(expected, family.CONTENT, by=aman.system)
    with acting(aman.caseworker):
        refused("stale_version", actions.update_case, expected, family.CONTENT, by=aman.caseworker, version=7)


def test_who_has_no_access_neither_opens_nor_changes(aman: Party, case: Case, colleague: Actor) -> None:
    with acting(colleague):
        refused("not_visible", actions.open_case, case, by=colleague, purpose=Purpose.WORK)
        refused("not_visible", actions.update_case, case, family.CONTENT, by=colleague, version=1)
        refused("not_visible", actions.add_note, case, "x", by=colleague)
        refused("not_visible", actions.close_case, case, by=colleague, reason=CloseReason.NEED_MET)
        refused("not_visible", actions.give_access, case, by=colleague, membership_id=colleague.membership_id,
                reason=AccessReason.COVERS)  # fmt: skip
        refused("not_visible", actions.save_draft, {}, by=colleague, case=case)


def test_another_organisation_cannot_even_lock_the_case(case: Case, dfwac: Party) -> None:
    with acting(dfwac.caseworker):
        refused("not_visible", actions.update_case, case, family.CONTENT, by=dfwac.caseworker, version=1)
        refused("not_visible", actions.open_case, case, by=dfwac.caseworker, purpose=Purpose.WORK)


def test_a_closed_case_is_read_but_not_changed_until_it_is_reopened(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        closed = actions.close_case(case, by=aman.caseworker, reason=CloseReason.NEED_MET)
        assert closed.state == CaseState.CLOSED and closed.closed_by_id == aman.caseworker.membership_id
        refused("case_closed", actions.update_case, case, family.CONTENT, by=aman.caseworker, version=1)
        assert actions.open_case(closed, by=aman.caseworker, purpose=Purpose.WORK) == family.CONTENT
        assert actions.add_note(closed, "after", by=aman.caseworker)
        reopened = actions.reopen_case(closed, by=aman.caseworker)
        assert reopened.state == CaseState.OPEN and reopened.closed_at is None
        refused("case_not_closed", actions.reopen_case, case, by=aman.caseworker)


# ---------------------------------------------------------------------------------------- access


def test_access_given_opens_and_access_ended_closes(aman: Party, case: Case, colleague: Actor) -> None:
    with acting(aman.caseworker):
        access = actions.give_access(
            case, by=aman.caseworker, membership_id=colleague.membership_id, reason=AccessReason.COVERS
        )
        again = actions.give_access(
            case, by=aman.caseworker, membership_id=colleague.membership_id, reason=AccessReason.SERVICE
        )
        assert again.pk == access.pk
    with acting(colleague):
        assert actions.open_case(case, by=colleague, purpose=Purpose.WORK) == family.CONTENT
    with acting(aman.caseworker):
        assert actions.close_access(access, by=aman.caseworker).closed_at is not None
        assert actions.close_access(access, by=aman.caseworker) == access
    with acting(colleague):
        refused("not_visible", actions.open_case, case, by=colleague, purpose=Purpose.WORK)


def test_a_role_with_access_lets_everyone_in_it_open(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        actions.give_access(case, by=aman.caseworker, role=Role.SUPERVISOR, reason=AccessReason.REFERRAL)
    with acting(aman.supervisor):
        assert Case.objects.visible_to(aman.supervisor).get() == case
        assert not Case.objects.visible_to(aman.duty).exists()


def test_a_case_just_opened_is_opened_to_a_role_without_asking_again(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        actions.open_to_role(case, Role.SUPERVISOR, by=aman.caseworker, reason=AccessReason.REFERRAL)
        assert Access.objects.get(case=case, role=Role.SUPERVISOR).reason == AccessReason.REFERRAL


def test_the_system_may_give_access_when_a_referral_asks(aman: Party, case: Case) -> None:
    with acting(aman.system):
        access = actions.give_access(case, by=aman.system, role=Role.SUPERVISOR, reason=AccessReason.REFERRAL)
        assert access.opened_by_id is None


def test_who_may_assign_a_referral_opens_its_case_to_a_colleague(
    aman: Party, case: Case, colleague: Actor
) -> None:
    given = {"membership_id": colleague.membership_id, "reason": AccessReason.ASSIGNED}
    with acting(aman.practitioner):
        refused("not_visible", actions.give_access, case, by=aman.practitioner, **given)
    with acting(aman.duty):
        assert actions.give_access(case, by=aman.duty, **given).opened_by_id == aman.duty.membership_id
        assert not Case.objects.visible_to(aman.duty).exists()


def test_access_goes_to_no_one_whose_role_reads_no_cases(aman: Party, case: Case, dfwac: Party) -> None:
    with acting(aman.caseworker):
        for who in (
            {"membership_id": aman.admin.membership_id},
            {"membership_id": dfwac.caseworker.membership_id},
            {"membership_id": None},
            {"role": Role.DIRECTOR},
        ):
            refused(
                "no_colleague",
                actions.give_access,
                case,
                by=aman.caseworker,
                reason=AccessReason.COVERS,
                **who,
            )


def test_the_last_one_keeps_access(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        refused("last_access", actions.close_access, Access.objects.get(case=case), by=aman.caseworker)


# ---------------------------------------------------------------------------------------- expected cases


def test_an_expected_case_is_empty_and_fills_without_retyping(dfwac: Party) -> None:
    duty = dfwac.duty
    with acting(duty):
        expected = actions.expect_case(
            by=duty, category="domestic_violence", access=(duty.membership_id,), roles=(Role.SUPERVISOR,)
        )
        assert actions.open_case(expected, by=duty, purpose=Purpose.WORK) == CaseContent("domestic_violence")
        refused("case_not_open", actions.update_case, expected, family.CONTENT, by=duty, version=0)
        refused("case_not_open", actions.add_note, expected, "x", by=duty)
        filled = actions.fill_expected_case(expected, family.CONTENT, by=duty)
        assert filled.state == CaseState.OPEN and filled.version == 1
        refused("case_not_expected", actions.fill_expected_case, expected, family.CONTENT, by=duty)
        refused("case_not_expected", actions.remove_expected_case, expected, by=duty)
    with acting(dfwac.supervisor):
        assert actions.open_case(filled, by=dfwac.supervisor, purpose=Purpose.WORK) == family.CONTENT


def test_an_expected_case_that_is_not_needed_goes(dfwac: Party) -> None:
    with acting(dfwac.duty):
        expected = actions.expect_case(by=dfwac.duty, category="child_abuse", roles=(Role.DUTY_OFFICER,))
        actions.remove_expected_case(expected, by=dfwac.duty)
        assert not Case.objects.exists() and not Access.objects.exists()
        assert Event.objects.filter(name=EventName.CASE_REMOVED).exists()


# ---------------------------------------------------------------------------------------- notes and drafts


def test_notes_are_read_with_the_case_newest_first(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        actions.add_note(case, "first", by=aman.caseworker)
        with clock.later(timedelta(minutes=1)):
            actions.add_note(case, " second\u202e\x00 ", by=aman.caseworker)
        opened = actions.open_case_page(case, by=aman.caseworker, purpose=Purpose.WORK)
        assert [body for _note, body in opened.notes] == ["second", "first"]
        assert opened.content == family.CONTENT
        refused("empty_note", actions.add_note, case, "\u200b \n", by=aman.caseworker)
        assert CaseNote.objects.count() == 2


def test_a_draft_comes_back_to_its_author_only(aman: Party, colleague: Actor) -> None:
    typed = {"survivor-name": ["هيلين"], "case-languages": ["am", "en"]}
    with acting(aman.caseworker):
        assert actions.load_draft(by=aman.caseworker) is None
        actions.save_draft({"survivor-name": ["هـ"]}, by=aman.caseworker)
        actions.save_draft(typed, by=aman.caseworker)
        draft = actions.load_draft(by=aman.caseworker)
        assert draft is not None and draft.payload == typed and draft.based_on == 0
        assert FormDraft.objects.count() == 1
    with acting(colleague):
        assert actions.load_draft(by=colleague) is None
        assert not FormDraft.objects.exists()
    with acting(aman.caseworker):
        actions.discard_draft(by=aman.caseworker)
        actions.discard_draft(by=aman.caseworker)
        assert actions.load_draft(by=aman.caseworker) is None


def test_the_draft_of_a_case_stands_beside_that_of_a_new_one(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        actions.save_draft({"case-reason": ["new"]}, by=aman.caseworker)
        actions.save_draft({"case-reason": ["old"]}, by=aman.caseworker, case=case, based_on=1)
        draft = actions.load_draft(by=aman.caseworker, case=case)
        assert draft is not None and draft.payload == {"case-reason": ["old"]} and draft.based_on == 1


def test_the_same_form_in_two_tabs_keeps_one_draft(aman: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    real, first = drafts._draft, []

    def blind_once(by: Actor, case: Case | None) -> FormDraft | None:
        if not first:
            first.append(1)
            return None
        return real(by, case)

    with acting(aman.caseworker):
        actions.save_draft({"case-reason": ["one"]}, by=aman.caseworker)
        monkeypatch.setattr(drafts, "_draft", blind_once)
        actions.save_draft({"case-reason": ["two"]}, by=aman.caseworker)
        draft = actions.load_draft(by=aman.caseworker)
        assert draft is not None and draft.payload == {"case-reason": ["two"]}


def test_references_can_be_read_out_and_typed_back() -> None:
    drawn = references.new_reference()
    assert references.read_reference(drawn) == drawn
    assert references.read_reference(drawn.lower().replace("-", " ")) == drawn
    assert references.read_reference("c-o1il-٣456") == "C-0111-3456"
    for nonsense in ("", "C-123", "C-1234-567!", "X" * 200, "R-1234-5678"):
        assert references.read_reference(nonsense) is None


def test_content_is_kept_as_tidied(aman: Party) -> None:
    untidy = replace(
        family.CONTENT, companions=({}, {"name": "سارة", "sex": "?"}), survivor={"name": "", "sex": None}
    )
    with acting(aman.caseworker):
        made = actions.create_case(untidy, by=aman.caseworker)
        assert actions.open_case(made, by=aman.caseworker, purpose=Purpose.WORK) == tidy(untidy)
        assert another(aman).organisation_id == aman.id


def test_a_case_is_closed_once_and_reopened_by_who_has_access(
    aman: Party, case: Case, colleague: Actor
) -> None:
    with acting(aman.caseworker):
        actions.close_case(case, by=aman.caseworker, reason=CloseReason.LEFT)
        refused("case_closed", actions.close_case, case, by=aman.caseworker, reason=CloseReason.LEFT)
    with acting(colleague):
        refused("not_visible", actions.reopen_case, case, by=colleague)
