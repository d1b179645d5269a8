"""Terms as data: the mechanism's values by default, and a readable problem for every path that is wrong."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihala.core.vocabulary import Category, DisclosureClass, LegalBasis, Service, Urgency
from ihala.core.worktime import Duration
from ihala.organisations.enums import ClockName, Enquiries, Release
from ihala.organisations.terms import KEYS, InvalidTerms, TermsView, default_terms, read_terms

A, B = 1, 2
E, U, S = Urgency.EMERGENCY, Urgency.URGENT, Urgency.STANDARD


def view(**changes: Any) -> TermsView:
    return read_terms(default_terms(A, B) | changes, (A, B), id=7, version=3)


def problems(data: Any) -> list[str]:
    with pytest.raises(InvalidTerms) as caught:
        read_terms(data, (A, B))
    assert all(str(message) for _path, message in caught.value.problems)
    return [path for path, _message in caught.value.problems]


def wrong(path: str, value: Any) -> list[str]:
    """The paths of the problems when `value` stands at `path`."""
    data: Any = default_terms(A, B)
    *way, last = path.split(".")
    inner = data
    for key in way:
        inner = inner[int(key)] if isinstance(inner, list) else inner[key]
    inner[int(last) if isinstance(inner, list) else last] = value
    return problems(data)


MECHANISM = [
    ("awaiting_approval", None, (2, "hours"), (1, "working_days")),
    ("review_sending", (1, "hours"), None, None),
    ("sent", (15, "minutes"), (1, "hours"), (4, "working_hours")),
    ("under_review", (1, "hours"), (12, "hours"), (3, "working_days")),
    ("info_requested", (1, "hours"), (8, "hours"), (2, "working_days")),
    ("waitlisted", (24, "hours"), (3, "days"), (7, "days")),
    ("decline_proposed", (30, "minutes"), (4, "hours"), (1, "working_days")),
    ("declined", (1, "hours"), (4, "hours"), (1, "working_days")),
    ("survivor_declined", (1, "hours"), (4, "hours"), (1, "working_days")),
    ("no_response", (1, "hours"), (4, "hours"), (1, "working_days")),
    ("accepted", (2, "hours"), (24, "hours"), (3, "working_days")),
    ("handover", (1, "hours"), (1, "hours"), (1, "hours")),
    ("not_arrived", (1, "hours"), (1, "hours"), (1, "hours")),
    ("arrived", (7, "days"), (14, "days"), (30, "days")),
    ("outcome", (5, "days"), (5, "days"), (5, "days")),
    ("draft", None, None, None),
    ("completed", None, None, None),
]


@pytest.mark.parametrize(("name", "emergency", "urgent", "standard"), MECHANISM)
def test_the_default_clocks_are_the_table_of_the_mechanism(
    name: str, emergency: Any, urgent: Any, standard: Any
) -> None:
    for urgency, length in ((E, emergency), (U, urgent), (S, standard)):
        assert view().clock(name, urgency) == (Duration(*length) if length else None)


def test_by_default_everything_may_be_asked_in_both_directions() -> None:
    for frm in (A, B):
        assert view().covers(Category.CHILD_ABUSE, list(Service), frm)
        assert view().services_from(frm) == tuple(Service)
    assert not view().covers(Category.CHILD_ABUSE, ["shelter"], 3)
    assert view().services_from(3) == ()
    assert (view().id, view().version) == (7, 3)


def test_what_is_covered_follows_category_service_and_direction() -> None:
    narrow = view(
        categories=["domestic_violence"], directions=[{"from": A, "to": B, "services": ["shelter", "legal"]}]
    )
    assert narrow.covers("domestic_violence", "shelter", A)
    assert narrow.covers("domestic_violence", ["legal", "shelter"], A)
    assert not narrow.covers("domestic_violence", ["legal", "medical"], A)
    assert not narrow.covers("human_trafficking", "shelter", A)
    assert not narrow.covers("domestic_violence", "shelter", B)


def test_triage_opens_on_sending_and_the_rest_on_acceptance() -> None:
    for cls in DisclosureClass:
        expected = Release.SENDING if cls is DisclosureClass.TRIAGE else Release.ACCEPTANCE
        assert {view().released_at(cls, urgency) for urgency in Urgency} == {expected}


def test_without_consent_the_minimum_set_is_disclosed() -> None:
    assert view().legal_bases == tuple(LegalBasis)
    assert view().classes_under("vital_interest") == (DisclosureClass.TRIAGE, DisclosureClass.IDENTITY)
    assert set(view().classes_under("consent")) == set(DisclosureClass)
    assert view(legal_bases={"consent": ["triage", "identity"]}).classes_under("court_order") == ()


def test_second_persons_ladder_and_hints_are_read() -> None:
    read = view(admission={"1": {"ar": "نساء", "en": "women"}})
    assert read.second_person("approve") and not read.second_person("acknowledge")
    assert [rung.value for rung in read.ladder] == ["duty_officer", "supervisor", "director"]
    assert (read.admission_hint(A, "ar"), read.admission_hint(B, "en")) == ("نساء", "")


def test_an_organisation_answers_enquiries_only_as_it_signed() -> None:
    assert view(enquiries={"1": "by_hand"}).answers(A) == Enquiries.BY_HAND
    assert view().answers(B) == Enquiries.AUTOMATIC
    before = default_terms(A, B)
    del before["enquiries"]
    assert read_terms(before, (A, B)).answers(A) == Enquiries.NONE


@pytest.mark.parametrize("data", [None, [], "terms", 3])
def test_terms_are_an_object(data: Any) -> None:
    assert problems(data) == [""]


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_missing_and_nothing_is_unknown(key: str) -> None:
    data = default_terms(A, B)
    del data[key]
    assert problems(data) == [key]
    assert problems(default_terms(A, B) | {"extra": 1}) == ["extra"]


WRONG = [
    ("categories", [], ["categories"]),
    ("categories", "all", ["categories"]),
    ("categories", ["theft", 3], ["categories[0]", "categories[1]"]),
    ("categories", ["child_abuse", "child_abuse"], ["categories[1]"]),
    ("directions", {}, ["directions"]),
    ("directions", [], ["directions"]),
    ("directions", ["both"], ["directions[0]"]),
    ("directions.0", {"from": A, "to": B}, ["directions[0].services"]),
    ("directions.0.to", 9, ["directions[0]"]),
    ("directions.0.services", [], ["directions[0].services"]),
    ("directions.1", {"from": A, "to": B, "services": ["shelter"]}, ["directions"]),
    ("release", [], ["release"]),
    ("release.colour", {}, ["release.colour"]),
    ("release.triage.urgent", "acceptance", ["release.triage.urgent"]),
    ("release.identity.urgent", "sending", ["release.identity.urgent"]),
    ("release.narrative.emergency", "sending", ["release.narrative.emergency"]),
    ("release.safety.standard", "later", ["release.safety.standard"]),
    ("release.safety.sometimes", "never", ["release.safety.sometimes"]),
    ("release.clinical", {"standard": "never", "urgent": "never"}, ["release.clinical.emergency"]),
    ("clocks", None, ["clocks"]),
    ("clocks.sent", {"emergency": [15, "minutes"], "urgent": [1, "hours"]}, ["clocks.sent.standard"]),
    ("clocks.sent.urgent", [0, "hours"], ["clocks.sent.urgent"]),
    ("clocks.sent.urgent", [1001, "hours"], ["clocks.sent.urgent"]),
    ("clocks.sent.urgent", [True, "hours"], ["clocks.sent.urgent"]),
    ("clocks.sent.urgent", [1, "weeks"], ["clocks.sent.urgent"]),
    ("clocks.sent.urgent", [1], ["clocks.sent.urgent"]),
    ("clocks.sent.urgent", "1 hour", ["clocks.sent.urgent"]),
    ("clocks.sent.emergency", [1, "working_hours"], ["clocks.sent.emergency"]),
    ("clocks.tea", {}, ["clocks.tea"]),
    ("ladder", [], ["ladder"]),
    ("second_person", ["approve"], ["second_person"]),
    ("second_person", "all", ["second_person"]),
    ("legal_bases", [], ["legal_bases", "legal_bases"]),
    ("legal_bases", {"court_order": ["triage", "identity"]}, ["legal_bases"]),
    ("legal_bases.court_order", ["triage"], ["legal_bases.court_order"]),
    ("legal_bases.whim", [], ["legal_bases.whim"]),
    ("admission", 1, ["admission"]),
    ("enquiries", 1, ["enquiries"]),
    ("enquiries.1", "perhaps", ["enquiries.1"]),
    ("enquiries.9", "none", ["enquiries.9"]),
    ("admission.9", {"ar": "", "en": ""}, ["admission.9"]),
    ("admission.1", "women", ["admission.1"]),
    ("admission.1", {"ar": 1, "en": ""}, ["admission.1"]),
    ("admission.1", {"ar": "x" * 1001, "en": ""}, ["admission.1"]),
]


@pytest.mark.parametrize(("path", "value", "expected"), WRONG)
def test_every_problem_is_named_with_its_path(path: str, value: Any, expected: list[str]) -> None:
    assert wrong(path, value) == expected


def test_identity_may_open_on_sending_in_an_emergency() -> None:
    data = default_terms(A, B)
    data["release"]["identity"]["emergency"] = "sending"
    read = read_terms(data, (A, B))
    assert read.released_at("identity", "emergency") == Release.SENDING
    assert read.released_at("identity", "urgent") == Release.ACCEPTANCE


def test_several_problems_are_told_at_once() -> None:
    data = default_terms(A, B)
    data["categories"], data["ladder"] = [], ["nobody"]
    assert problems(data) == ["categories", "ladder[0]"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(key=st.sampled_from(list(default_terms(A, B))), value=JSON)
def test_whatever_stands_there_is_read_or_refused_with_a_path(key: str, value: Any) -> None:
    try:
        read_terms(deepcopy(default_terms(A, B)) | {key: value}, (A, B))
    except InvalidTerms as error:
        assert all(path.startswith(key) for path, _message in error.problems)


def test_every_clock_has_a_default() -> None:
    assert set(default_terms(A, B)["clocks"]) == set(ClockName.values)
