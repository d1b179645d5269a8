"""The pages, as a browser without a script uses them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from ihala.audit.enums import Purpose
from ihala.cases import actions
from ihala.cases.enums import AccessReason, CaseState, CloseReason
from ihala.cases.models import Access, Case, FormDraft
from ihala.cases.rules import CaseContent
from ihala.cases.typed import typed_of
from ihala.core import clock
from ihala.core.acting import acting
from ihala.organisations.models import Actor
from tests.organisations.cast import Party

from . import family
from .conftest import SignIn, changed

TYPED = dict(typed_of(family.CONTENT).lists())
NEW = "/cases/new/?category=domestic_violence"


@pytest.fixture
def writer(aman: Party, sign_in: SignIn) -> Client:
    return sign_in(aman.caseworker)


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


# ------------------------------------------------------------------------------------ drafts


def test_a_form_left_behind_comes_back_with_a_notice(aman: Party, writer: Client) -> None:
    kept = writer.post(
        "/cases/autosave/?category=domestic_violence", {**TYPED, "companions-7-name": "x", "evil": "y"}
    )
    assert kept.json()["saved"] == f"{clock.now().astimezone(clock.DUBAI):%H:%M}"
    back = writer.get("/cases/new/")
    assert back.status_code == 302 and back["Location"].endswith("category=domestic_violence")
    page = writer.get(back["Location"]).content.decode()
    assert "هيلين" in page and 'action="/cases/discard/"' in page and 'name="companions-7-name"' in page
    assert writer.post("/cases/discard/")["Location"] == "/cases/new/"
    assert writer.get("/cases/new/").status_code == 200
    with acting(aman.caseworker):
        assert not FormDraft.objects.exists()


def test_a_draft_without_a_category_waits_until_one_is_chosen(writer: Client) -> None:
    assert writer.post("/cases/autosave/", TYPED).status_code == 200
    assert writer.get("/cases/new/").status_code == 200
    assert "هيلين" in writer.get(NEW).content.decode()
    assert writer.post("/cases/new/", TYPED).status_code == 200


def test_a_draft_of_a_change_remembers_what_it_was_based_on(aman: Party, writer: Client, case: Case) -> None:
    saved = writer.post(
        f"/cases/autosave/?case={case.reference}", {**TYPED, "case-reason": "نص محفوظ", "version": "1"}
    )
    assert saved.status_code == 200
    page = writer.get(f"/cases/{case.reference}/edit/").content.decode()
    assert "نص محفوظ" in page and 'name="version" value="1"' in page
    assert (
        writer.post(f"/cases/discard/?case={case.reference}")["Location"] == f"/cases/{case.reference}/edit/"
    )
    assert "نص محفوظ" not in writer.get(f"/cases/{case.reference}/edit/").content.decode()


def test_saving_the_form_ends_its_draft(aman: Party, writer: Client) -> None:
    writer.post("/cases/autosave/?category=domestic_violence", TYPED)
    writer.post(NEW, TYPED)
    with acting(aman.caseworker):
        assert not FormDraft.objects.exists()


# ------------------------------------------------------------------------------------ who may


def test_who_has_no_access_finds_nothing(case: Case, colleague: Actor, dfwac: Party, sign_in: SignIn) -> None:
    address = f"/cases/{case.reference}/"
    with acting(colleague):
        entry = Access.objects.get(case=case).pk
    for actor in (colleague, dfwac.caseworker, dfwac.supervisor):
        client = sign_in(actor)
        for path in ("", "edit/", "close/"):
            assert client.get(address + path).status_code == 404
        for path in ("edit/", "access/", f"access/{entry}/end/", "note/", "close/", "reopen/"):
            assert client.post(address + path, {"body": "x"}).status_code == 404
        assert client.post(f"/cases/autosave/?case={case.reference}", TYPED).status_code == 404
        assert client.post(f"/cases/discard/?case={case.reference}").status_code == 404
        assert case.reference not in client.get("/cases/").content.decode()


def test_an_entry_of_another_case_is_not_reached_through_mine(
    aman: Party, writer: Client, case: Case
) -> None:
    with acting(aman.caseworker):
        other = actions.create_case(family.CONTENT, by=aman.caseworker)
        entry = Access.objects.get(case=other)
    assert writer.post(f"/cases/{case.reference}/access/{entry.pk}/end/").status_code == 404


def test_roles_without_cases_have_no_list_and_no_form(aman: Party, sign_in: SignIn) -> None:
    for actor in (aman.dpo, aman.director, aman.admin):
        assert sign_in(actor).get("/cases/").status_code == 403
    for actor in (aman.practitioner, aman.dpo):
        client = sign_in(actor)
        assert client.get("/cases/new/").status_code == 403
        assert client.post("/cases/autosave/", TYPED).status_code == 403


def test_a_colleague_is_let_in_and_out_again(
    aman: Party, writer: Client, case: Case, colleague: Actor, sign_in: SignIn
) -> None:
    given = writer.post(
        f"/cases/{case.reference}/access/", {"membership": colleague.membership_id, "reason": "covers"}
    )
    assert given.status_code == 302
    assert sign_in(colleague).get(f"/cases/{case.reference}/").status_code == 200
    with acting(aman.caseworker):
        entry = Access.objects.get(case=case, membership_id=colleague.membership_id)
    assert writer.post(f"/cases/{case.reference}/access/{entry.pk}/end/")["Location"].endswith(
        f"{case.reference}/"
    )
    assert sign_in(colleague).get(f"/cases/{case.reference}/").status_code == 404


def test_who_ends_their_own_access_is_led_back_to_the_list(
    aman: Party, writer: Client, case: Case, colleague: Actor
) -> None:
    with acting(aman.caseworker):
        actions.give_access(
            case, by=aman.caseworker, membership_id=colleague.membership_id, reason=AccessReason.COVERS
        )
        entry = Access.objects.get(case=case, membership_id=aman.caseworker.membership_id)
    assert writer.post(f"/cases/{case.reference}/access/{entry.pk}/end/")["Location"] == "/cases/"


def test_a_wrong_choice_of_colleague_is_shown_again(aman: Party, writer: Client, case: Case) -> None:
    for membership in ("", "x", "999999", aman.admin.membership_id):
        answer = writer.post(
            f"/cases/{case.reference}/access/", {"membership": membership, "reason": "covers"}
        )
        assert answer.status_code == 422


def test_who_only_reads_sees_no_buttons_and_changes_nothing(aman: Party, case: Case, sign_in: SignIn) -> None:
    given = {"membership_id": aman.practitioner.membership_id, "reason": AccessReason.SERVICE}
    with acting(aman.caseworker):
        actions.give_access(case, by=aman.caseworker, **given)
    client, address = sign_in(aman.practitioner), f"/cases/{case.reference}/"
    page = client.get(address).content.decode()
    assert (
        f"{address}edit/" not in page and f"{address}access/" not in page and f"{address}close/" not in page
    )
    assert client.post(f"{address}edit/", {**TYPED, "version": "1"}).status_code == 403
    assert client.post(f"{address}close/", {"reason": "left"}).status_code == 403
    assert (
        client.post(
            f"{address}access/", {"membership": aman.duty.membership_id, "reason": "covers"}
        ).status_code
        == 403
    )
    assert client.post(f"{address}note/", {"body": "x"}).status_code == 302


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
    address, seen = "/cases/?category=domestic_violence", []
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
