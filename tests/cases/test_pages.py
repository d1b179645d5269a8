"""The pages, as a browser without a script uses them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from ihala.audit.enums import Purpose
from ihala.cases import actions
from ihala.cases.enums import CaseState, CloseReason
from ihala.cases.models import Case
from ihala.cases.rules import CaseContent
from ihala.cases.typed import typed_of
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.veil import veil
from ihala.organisations.models import Actor
from tests.organisations.cast import Party

from . import family
from .conftest import SignIn, changed

TYPED = dict(typed_of(family.CONTENT).lists())
NEW = "/cases/new/?category=" + veil("domestic_violence")


def content_of(actor: Actor, case: Case) -> CaseContent:
    with acting(actor):
        return actions.open_case(Case.objects.get(pk=case.pk), by=actor, purpose=Purpose.WORK)


def the_case(actor: Actor) -> Case:
    with acting(actor):
        return Case.objects.get()


def test_a_case_typed_into_the_form_is_the_case_that_was_meant(aman: Party, writer: Client) -> None:
    assert writer.get("/cases/new/").status_code == 200
    assert writer.get(NEW).status_code == 200
    answer = writer.post(NEW, TYPED)
    made = the_case(aman.caseworker)
    assert answer.status_code == 302 and answer["Location"] == reverse("cases:detail", args=[made.reference])
    assert content_of(aman.caseworker, made) == family.CONTENT


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_page_of_a_case_says_everything_in_words(
    aman: Party, writer: Client, case: Case, language: str
) -> None:
    writer.cookies["ihala_language"] = language
    page = writer.get(f"/cases/{case.reference}/").content.decode()
    assert "هيلين تسفاي برهان" in page and "EP4471203" in page and "{&#x27;" not in page
    assert f"<title>{'إحالة' if language == 'ar' else 'Ihala'}" in page or "<title>" in page
    assert "Helen" not in page.split("</title>")[0]
    with translation.override(language):
        assert str(CaseState.OPEN.label) in page


def test_a_row_is_added_without_a_script_and_nothing_typed_is_lost(writer: Client) -> None:
    page = writer.post(NEW, {**TYPED, "add_companions": "1"}).content.decode()
    assert 'name="companions-2-name"' in page and "سارة" in page
    page = writer.post(NEW, {**TYPED, "add_companions-1-documents": "1"}).content.decode()
    assert 'name="companions-1-documents-0-number"' in page
    page = writer.post(
        NEW, {**TYPED, "companions-0-DELETE": "on", "add_survivor-phones": "1"}
    ).content.decode()
    assert "سارة" not in page and 'name="survivor-phones-1-number"' in page


def test_a_removed_row_is_not_saved(aman: Party, writer: Client) -> None:
    writer.post(NEW, {**TYPED, "companions-0-DELETE": "on"})
    content = content_of(aman.caseworker, the_case(aman.caseworker))
    assert [person["name"] for person in content.companions] == ["يوناس"]


def test_what_is_needed_is_asked_for_and_the_rest_may_stay_open(aman: Party, writer: Client) -> None:
    answer = writer.post(NEW, {**TYPED, "survivor-sex": "", "companions-0-sex": ""})
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count('class="field select bad"') == 2
    assert "هيلين" in page
    assert writer.post(NEW, {"survivor-sex": "female"}).status_code == 302


def test_a_wrong_check_digit_warns_and_never_blocks(aman: Party, writer: Client) -> None:
    typed = {
        "survivor-sex": "female",
        "survivor-documents-0-type": "emirates_id",
        "survivor-documents-0-number": "784-1987-0000000-0",
        "survivor-birth": "in a leap year",
    }
    assert writer.post(NEW, typed).status_code == 302
    page = writer.get(f"/cases/{the_case(aman.caseworker).reference}/").content.decode()
    assert page.count("<li>") >= 2 and "784-1987-0000000-0" in page and "in a leap year" in page


def test_arabic_digits_and_hijri_dates_are_understood(aman: Party, writer: Client) -> None:
    writer.post(
        NEW,
        {
            "survivor-sex": "male",
            "survivor-birth": "١٤٣٣-٠٣-١٤ هـ",
            "survivor-phones-0-number": "٠٥٠ ١٢٣ ٤٥٦٧",
        },
    )
    content = content_of(aman.caseworker, the_case(aman.caseworker))
    assert content.survivor["birth"]["date"] == "2012-02-06"
    assert content.survivor["phones"][0]["number"] == "+971 50 123 4567"


def test_countries_and_languages_are_typed_by_name_in_either_language(aman: Party, writer: Client) -> None:
    typed = {"survivor-sex": "female", "survivor-nationality": "ethiopia", "case-languages_more": "التغرينية"}
    assert writer.post(NEW, typed).status_code == 302
    content = content_of(aman.caseworker, the_case(aman.caseworker))
    assert content.survivor["nationality"] == "ET" and content.case["languages"] == ["ti"]
    assert writer.post(NEW, {**typed, "survivor-nationality": "Atlantis"}).status_code == 422
    assert (
        writer.post(NEW, {**typed, "case-languages": "am", "case-languages_more": "Elvish"}).status_code
        == 422
    )


def test_an_age_means_what_it_meant_when_it_was_written(aman: Party, writer: Client, sign_in: SignIn) -> None:
    writer.post(NEW, {"survivor-sex": "female", "survivor-birth": "about 19"})
    made = the_case(aman.caseworker)
    before = content_of(aman.caseworker, made)
    with clock.later(timedelta(days=800)):
        writer = sign_in(aman.caseworker)
        typed = dict(typed_of(before).lists())
        writer.post(f"/cases/{made.reference}/edit/", {**typed, "version": "1"})
        after = content_of(aman.caseworker, made)
        assert after == before
        writer.post(f"/cases/{made.reference}/edit/", {**typed, "survivor-birth": "about 20", "version": "2"})
        assert content_of(aman.caseworker, made).survivor["birth"]["date"] > before.survivor["birth"]["date"]


def test_every_reason_for_no_answer_is_kept(aman: Party, writer: Client) -> None:
    writer.post(NEW, {
        "survivor-sex": "female", "survivor-name_absent": "declined", "survivor-nationality_absent": "unknown",
        "survivor-documents_absent": "not_asked", "case-languages_absent": "not_asked",
        "case-lives_with": "absent:declined", "survivor-birth": "1990", "survivor-birth_absent": "unknown",
    })  # fmt: skip
    content = content_of(aman.caseworker, the_case(aman.caseworker))
    assert content.survivor["name"] == {"absent": "declined"}
    assert content.survivor["nationality"] == {"absent": "unknown"}
    assert content.survivor["documents"] == {"absent": "not_asked"}
    assert content.case["lives_with"] == {"absent": "declined"}
    assert content.survivor["birth"]["date"] == "1990-12-31"
    made = the_case(aman.caseworker)
    assert writer.get(f"/cases/{made.reference}/").status_code == 200
    assert writer.get(f"/cases/{made.reference}/edit/").status_code == 200


def test_the_form_shows_every_answer_it_would_lose_otherwise(aman: Party, writer: Client, case: Case) -> None:
    open_questions = changed(family.CONTENT, languages={"absent": "not_asked"}, danger={"absent": "unknown"})
    with acting(aman.caseworker):
        actions.update_case(case, open_questions, by=aman.caseworker, version=1)
    page = writer.get(f"/cases/{case.reference}/edit/").content.decode()
    shown = {match[1] for match in re.finditer(r'<(?:input|select|textarea)[^>]*name="([^"]+)"', page)}
    assert set(typed_of(open_questions)) <= shown
    assert re.search(r'name="case-languages_absent" value="not_asked"[^>]*checked', page)


def test_an_edit_that_changes_nothing_changes_nothing(aman: Party, writer: Client, case: Case) -> None:
    assert writer.get(f"/cases/{case.reference}/edit/").status_code == 200
    answer = writer.post(f"/cases/{case.reference}/edit/", {**TYPED, "version": "1"})
    assert answer.status_code == 302 and content_of(aman.caseworker, case) == family.CONTENT


def test_an_edit_with_a_problem_or_one_more_row_keeps_the_version_it_began_with(
    writer: Client, case: Case
) -> None:
    for more, status in (({"add_companions": "1"}, 200), ({"survivor-sex": "?"}, 422)):
        answer = writer.post(f"/cases/{case.reference}/edit/", {**TYPED, "version": "1", **more})
        assert answer.status_code == status
        assert 'name="version" value="1"' in answer.content.decode()


def test_a_stale_edit_shows_both_sides_and_keeps_mine(aman: Party, writer: Client, case: Case) -> None:
    with acting(aman.caseworker):
        actions.update_case(
            case, changed(family.CONTENT, reason="قول الطرف الآخر"), by=aman.caseworker, version=1
        )
    mine = {**TYPED, "case-reason": ["قولي أنا"], "version": "1"}
    answer = writer.post(f"/cases/{case.reference}/edit/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "قول الطرف الآخر" in page and page.count("قولي أنا") == 2
    assert 'name="version" value="2"' in page
    answer = writer.post(f"/cases/{case.reference}/edit/", {**mine, "version": "2"})
    assert answer.status_code == 302
    assert content_of(aman.caseworker, case).case["reason"] == "قولي أنا"


def test_an_edit_of_a_closed_case_is_refused(aman: Party, writer: Client, case: Case) -> None:
    with acting(aman.caseworker):
        actions.close_case(case, by=aman.caseworker, reason=CloseReason.NEED_MET)
    assert writer.get(f"/cases/{case.reference}/edit/").status_code == 422
    assert writer.get(f"/cases/{case.reference}/").status_code == 200
    assert writer.post(f"/cases/{case.reference}/reopen/").status_code == 302
    assert writer.post(f"/cases/{case.reference}/reopen/").status_code == 422


def test_a_case_closed_by_someone_else_while_it_was_edited_says_so(
    writer: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ihala.cases.views.why_not_change", lambda case, actor: None)
    writer.post(f"/cases/{case.reference}/close/", {"reason": "need_met"})
    assert writer.post(f"/cases/{case.reference}/edit/", {**TYPED, "version": "1"}).status_code == 422


# ------------------------------------------------------------------------------------ the rest of a case's page


def test_a_note_is_written_and_an_empty_one_asked_for_again(writer: Client, case: Case) -> None:
    assert writer.post(f"/cases/{case.reference}/note/", {"body": "ملاحظة داخلية"}).status_code == 302
    assert "ملاحظة داخلية" in writer.get(f"/cases/{case.reference}/").content.decode()
    assert writer.post(f"/cases/{case.reference}/note/", {"body": " "}).status_code == 422


def test_a_case_is_closed_with_a_reason(aman: Party, writer: Client, case: Case) -> None:
    assert writer.get(f"/cases/{case.reference}/close/").status_code == 200
    assert writer.post(f"/cases/{case.reference}/close/", {"reason": "?"}).status_code == 422
    assert writer.post(f"/cases/{case.reference}/close/", {"reason": "lost_contact"}).status_code == 302
    assert the_case(aman.caseworker).state == CaseState.CLOSED
    assert case.reference not in writer.get("/cases/").content.decode()
    assert case.reference in writer.get("/cases/?state=closed").content.decode()


def test_an_expected_case_says_that_it_waits(aman: Party, writer: Client) -> None:
    with acting(aman.caseworker):
        expected = actions.expect_case(
            by=aman.caseworker, category="child_abuse", access=(aman.caseworker.membership_id,)
        )
    assert writer.get(f"/cases/{expected.reference}/").status_code == 200
    assert writer.get(f"/cases/{expected.reference}/edit/").status_code == 422
    assert writer.post(f"/cases/autosave/?case={expected.reference}", TYPED).status_code == 422


def test_the_list_leafs_by_the_last_change_without_skipping(
    aman: Party, writer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ihala.cases.pages.PAGE", 2)
    references = []
    with acting(aman.caseworker):
        for number in range(5):
            with clock.later(timedelta(minutes=number // 2)):
                references.append(actions.create_case(family.CONTENT, by=aman.caseworker).reference)
    address, seen = "/cases/?category=" + veil("domestic_violence"), []
    for _page in range(3):
        answer = writer.get(address)
        seen += [row["case"].reference for row in answer.context["rows"]]
        address = answer.context["next_url"]
    assert sorted(seen) == sorted(references) and address == ""


def test_the_list_says_when_nothing_is_there(writer: Client) -> None:
    for query in (
        "",
        "?state=closed",
        "?category=child_abuse",
        "?before=x~y",
        "?before=2026-01-01T00:00:00%2B04:00~1",
        "?state=%00",
    ):
        assert writer.get(f"/cases/{query}").status_code == 200
