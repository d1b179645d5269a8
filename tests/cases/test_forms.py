"""The form of a case: shown and sent back it says the same; anything typed is judged, never broken."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.datastructures import MultiValueDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ihala.cases import pages, rules
from ihala.cases.case_form import CaseForm
from ihala.cases.content import CaseContent
from ihala.cases.rules import tidy
from ihala.cases.typed import Typed, one_more, only_ours, row_numbers, typed_of
from ihala.core.veil import veil
from ihala.core.vocabulary import Category
from tests.organisations.cast import Party

from . import family
from .conftest import SignIn
from .strategies import contents

PARTS = ["survivor", "case", "companions-0", "companions-999", "persons_of_concern-1", "companions", "x"]
KEYS = ["name", "birth", "birth_was", "sex", "documents", "phones-0-number", "phones-0-safe", "languages",
        "languages_more",
        "needs", "nationality", "name_absent", "documents_absent", "notes-0-text", "reason", "DELETE",
        "row", "relation"]  # fmt: skip
names = st.builds("{}-{}".format, st.sampled_from(PARTS), st.sampled_from(KEYS)) | st.text(max_size=30)
texts = st.text(max_size=60) | st.sampled_from(
    ["absent:unknown", "absent:?", "yes", "am", "{", "[]", '{"given": "x"}', "null", "7", "\x00", "\u202e", "=1+1",
     "9" * 400]
)  # fmt: skip
typed_things = st.dictionaries(names, st.lists(texts, min_size=1, max_size=2), max_size=15)


def again(content: CaseContent) -> CaseContent:
    form = CaseForm(content.category, typed_of(content), checked=True)
    assert form.is_valid(), form.errors()
    return tidy(form.content())


def only_asked(content: CaseContent) -> CaseContent:
    """Answers of another category's questions are not on this category's form."""
    return tidy(CaseForm.of(content) and again(content))


@given(contents)
@settings(max_examples=25, deadline=timedelta(seconds=20), suppress_health_check=[HealthCheck.too_slow])
def test_a_form_shown_and_sent_back_says_the_same(content: CaseContent) -> None:
    once = only_asked(tidy(content))
    assert again(once) == once


def test_the_family_goes_through_the_form_unchanged() -> None:
    assert again(family.CONTENT) == family.CONTENT


@given(typed_things, st.sampled_from(Category.values))
@settings(max_examples=25, deadline=timedelta(seconds=20), suppress_health_check=[HealthCheck.too_slow])
def test_anything_typed_is_judged(things: dict[str, list[str]], category: str) -> None:
    typed = MultiValueDict(things)
    form = CaseForm(category, typed, checked=True)
    if form.is_valid():
        form.content()
    else:
        assert form.errors()
    assert CaseForm(category, typed).errors() == []


def test_a_form_that_is_only_shown_is_not_judged() -> None:
    form = CaseForm("child_abuse", MultiValueDict({"survivor-sex": ["?"]}))
    assert form.errors() == []


def test_rows_are_found_by_the_names_that_came() -> None:
    typed: Typed = MultiValueDict({name: ["1"] for name in (
        "companions-7-name", "companions-2-row", "companions-3-name", "companions-3-DELETE", "companions-1234-name",
    )})  # fmt: skip
    assert row_numbers(typed, "companions") == [2, 7]
    assert row_numbers(one_more(typed, "companions"), "companions") == [2, 7, 8]
    many: Typed = MultiValueDict({f"companions-{number}-name": ["x"] for number in range(300)})
    assert len(row_numbers(many, "companions")) == 20


def test_a_draft_keeps_only_what_the_form_asked() -> None:
    typed: Typed = MultiValueDict({"survivor-name": ["x"], "csrfmiddlewaretoken": ["t"],
                                   "companions-0-documents-1-number": ["1"],
                                   "add_companions": ["1"], "case-reason-evil": ["x"]})  # fmt: skip
    assert set(only_ours(typed)) == {"survivor-name", "companions-0-documents-1-number"}


@pytest.mark.django_db
def test_hostile_forms_are_answered_never_broken(aman: Party, sign_in: SignIn) -> None:
    client: Client = sign_in(aman.caseworker)
    huge = {"survivor-sex": "female", "case-reason": "x" * 900_000}
    hostile = {
        "survivor-sex": "female",
        "survivor-name": "<img src=x onerror=alert(1)> \u202e '; DROP TABLE cases_case; --",
        "survivor-documents-0-number": "=HYPERLINK(1)",
        "survivor-documents-0-type": "other",
        "case-languages": ["am", "zz"],
    }
    assert client.post("/cases/new/?category=" + veil("child_abuse"), huge).status_code == 422
    assert client.post(
        "/cases/new/?category=" + veil("child_abuse"), {**huge, "case-history": "y" * 900_000}
    ).status_code in (400, 413)
    assert client.post("/cases/autosave/?category=" + veil("child_abuse"), hostile).status_code == 200
    assert client.post("/cases/new/?category=" + veil("child_abuse"), hostile).status_code == 422
    made = client.post("/cases/new/?category=" + veil("child_abuse"), {**hostile, "case-languages": "am"})
    page = client.get(made["Location"]).content.decode()
    assert "<img src=x" not in page and "&lt;img src=x onerror=alert(1)&gt;" in page and "\u202e" not in page
    for path in ("/cases/C-0000-0000/", "/cases/%00/", "/cases/x'--/", "/cases/" + "9" * 300 + "/"):
        assert client.get(path).status_code == 404


@pytest.mark.django_db
@given(things=typed_things)
@settings(
    max_examples=8, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_any_form_sent_gets_an_answer(aman: Party, sign_in: SignIn, things: dict[str, list[str]]) -> None:
    client: Client = sign_in(aman.caseworker)
    sendable = {name.encode("utf-8", "ignore").decode(): [t.encode("utf-8", "ignore").decode() for t in values]
                for name, values in things.items()}  # fmt: skip
    assert client.post("/cases/new/?category=" + veil("human_trafficking"), sendable).status_code in (
        200,
        302,
        422,
    )
    assert client.post("/cases/autosave/?category=" + veil("human_trafficking"), sendable).status_code == 200
    assert client.get("/cases/new/?category=" + veil("human_trafficking")).status_code == 200


def test_a_birth_carried_along_in_another_shape_is_read_anew() -> None:
    for carried in ("{", "[]", '{"given": "1990"', "null"):
        typed: Typed = MultiValueDict(
            {"survivor-sex": ["female"], "survivor-birth": ["1990-05-03"], "survivor-birth_was": [carried]}
        )
        form = CaseForm("child_abuse", typed, checked=True)
        assert form.is_valid() and form.content().survivor["birth"]["date"] == "1990-05-03"


def test_what_is_stored_but_fits_no_more_is_named_on_the_page() -> None:
    odd = CaseContent("child_abuse", survivor={"nationality": "XX"}, case={"contact_phone": "05"})
    assert len(pages.doubts(odd)) == 2


def test_the_same_choices_in_another_order_are_no_difference() -> None:
    one = CaseContent("child_abuse", survivor={"needs": ["cot", "diet"]}, case={"languages": ["en", "am"]})
    other = CaseContent("child_abuse", survivor={"needs": ["diet", "cot"]}, case={"languages": ["am", "en"]})
    assert [change["label"] for change in pages.differences(one, other)] == [rules.labels("case.languages")]


def test_languages_keep_the_order_they_were_given_in() -> None:
    spoken = CaseContent("child_abuse", survivor={"sex": "female"}, case={"languages": ["ti", "en", "am"]})
    assert again(spoken).case["languages"] == ["ti", "en", "am"]
