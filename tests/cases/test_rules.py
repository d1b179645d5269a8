"""What follows from a case's content."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given, settings

from ihala.cases import codelists, rules
from ihala.cases.content import (
    CASE,
    COMPANION,
    PERSON_OF_CONCERN,
    PERSONS,
    SURVIVOR,
    CaseContent,
    Kind,
    people,
)
from ihala.cases.enums import PersonRole
from ihala.core.vocabulary import AgeBand, DisclosureClass

from . import family
from .strategies import contents

DAY = date(2026, 11, 2)


@given(contents)
@settings(max_examples=60, deadline=None)
def test_a_package_goes_back_to_the_content_it_was_made_of(content: CaseContent) -> None:
    assert rules.content_of(rules.package_of(content), content.category) == content


@given(contents)
@settings(max_examples=40, deadline=None)
def test_every_value_has_a_label_and_words_in_both_languages(content: CaseContent) -> None:
    for language in ("ar", "en"):
        with translation.override(language):
            for values in rules.package_of(content).values():
                for path, value in values.items():
                    assert rules.labels(path).strip()
                    shown = rules.display(path, value)
                    assert (isinstance(shown, str) and "{" not in shown.replace(str(value), "")) or shown


@given(contents)
@settings(max_examples=40, deadline=None)
def test_tidying_twice_is_tidying_once(content: CaseContent) -> None:
    assert rules.tidy(rules.tidy(content)) == rules.tidy(content)


def test_values_travel_in_the_class_of_their_field() -> None:
    package = rules.package_of(family.CONTENT)
    assert package[DisclosureClass.TRIAGE]["survivor.nationality"] == "ET"
    assert package[DisclosureClass.TRIAGE]["companions.1.needs"] == ["wheelchair"]
    assert package[DisclosureClass.IDENTITY]["companions.0.birth"]["date"] == "2019-02-11"
    assert package[DisclosureClass.NARRATIVE]["case.reason"].startswith("تعرضت")
    assert package[DisclosureClass.SAFETY]["persons_of_concern.0.name_latin"] == "Daniel Kebede"
    triage = str(package[DisclosureClass.TRIAGE])
    for word in ("Helen", "هيلين", "سارة", "EP4471203", "4567", "النخيل", "أمل"):
        assert word not in triage


def test_triage_asks_for_no_name_document_phone_place_or_story() -> None:
    told = {f.key for fields in (SURVIVOR, COMPANION, PERSON_OF_CONCERN, CASE) for f in fields
            if f.disclosure_class == DisclosureClass.TRIAGE}  # fmt: skip
    assert told == {"sex", "nationality", "needs", "languages", "interpreter", "danger"}


def test_all_about_a_person_of_concern_is_safety() -> None:
    assert {field.disclosure_class for field in PERSON_OF_CONCERN} == {DisclosureClass.SAFETY}


def test_keys_are_unique_and_rows_carry_their_fields() -> None:
    for fields in (*PERSONS.values(), CASE):
        keys = [field.key for field in fields]
        assert len(keys) == len(set(keys))
        assert all(bool(field.rows) is (field.kind == Kind.ROWS) for field in fields)
        assert all("." not in key for key in keys)


def test_a_package_with_some_classes_says_what_these_say() -> None:
    package = rules.package_of(family.CONTENT)
    seen = rules.content_of({DisclosureClass.TRIAGE: package[DisclosureClass.TRIAGE]}, "domestic_violence")
    assert seen.survivor == {"sex": "female", "nationality": "ET"}
    assert seen.companions == ({"sex": "female"}, {"sex": "male", "needs": ["wheelchair"]})
    assert seen.persons_of_concern == () and "reason" not in seen.case


def test_labels_name_who_and_what() -> None:
    with translation.override("en"):
        assert rules.labels("companions.0.birth") == "Companion 1: Date of birth"
        assert rules.labels("survivor.name") == "Survivor: Name"
        assert rules.labels("case.reason") == "What happened"


@pytest.mark.parametrize(
    "path", ["case.nothing", "survivor.0.name", "companions.name", "who.name", "survivor.secret"]
)
def test_a_path_without_a_field_is_an_error(path: str) -> None:
    with pytest.raises(KeyError):
        rules.field_at(path)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("survivor.name", {"absent": "declined"}, "Prefers not to say"),
        ("survivor.name", None, ""),
        ("survivor.birth", {"date": None, "approximate": False, "given": "spring", "calendar": "gregorian"}, "spring"),
        ("survivor.birth", family.BIRTH, "3 May 1994"),
        ("survivor.birth", family.BIRTH | {"calendar": "hijri", "given": "h"}, "3 May 1994 (given as: h)"),
        ("survivor.birth", family.BIRTH | {"approximate": True, "given": "32"}, "about 3 May 1994 (given as: 32)"),
        ("companions.0.relation", "daughter", "Daughter"),
        ("companions.0.relation", "the neighbour's child", "the neighbour's child"),
        ("survivor.needs", ["wheelchair", "cot"], "Wheelchair access, Cot"),
        ("case.languages", ["am", "xx"], "Amharic, xx"),
        ("survivor.nationality", "ET", "Ethiopia"),
        ("survivor.nationality", "??", "??"),
        ("case.children_witnessed", True, "Yes"),
        ("case.children_witnessed", False, "No"),
        ("case.notes", ["a", "b"], "a\nb"),
        ("case.danger", "extreme", "Extreme"),
        ("survivor.documents", [{"type": "passport", "number": "EP1"}], "Document: Passport · Number: EP1"),
    ],
)  # fmt: skip
def test_values_are_shown_in_words(path: str, value: object, words: str) -> None:
    with translation.override("en"):
        assert rules.display(path, value) == words


def test_arabic_lists_have_arabic_names() -> None:
    with translation.override("ar"):
        assert rules.display("survivor.nationality", "ET") == "إثيوبيا"
        assert codelists.language("am") == "الأمهرية"
    assert not codelists.is_country(["AE"]) and not codelists.is_language(None)


@pytest.mark.parametrize(
    ("born", "band"),
    [("2026-01-01", AgeBand.INFANT), ("2023-01-01", AgeBand.TODDLER), ("2014-11-03", AgeBand.CHILD),
     ("2014-11-02", AgeBand.TEEN), ("2008-11-03", AgeBand.TEEN), ("2008-11-02", AgeBand.ADULT),
     ("1960-01-01", AgeBand.OLDER), ("2027-01-01", AgeBand.UNKNOWN), (None, AgeBand.UNKNOWN)],
)  # fmt: skip
def test_age_bands_are_as_coarse_as_housing_needs(born: str | None, band: AgeBand) -> None:
    assert rules.age_band({"date": born}, DAY) == band
    assert rules.age_band({"absent": "unknown"}, DAY) == AgeBand.UNKNOWN


def test_the_household_is_counted_without_persons_of_concern() -> None:
    assert rules.household(family.CONTENT, DAY) == [
        {"role": "survivor", "sex": "female", "age_band": "18-59"},
        {"role": "companion", "sex": "female", "age_band": "5-11"},
        {"role": "companion", "sex": "male", "age_band": "12-17"},
    ]
    assert rules.household(CaseContent("child_abuse"), DAY)[0]["sex"] == "unknown"


def test_tidying_drops_what_says_nothing() -> None:
    untidy = replace(
        family.CONTENT,
        persons_of_concern=({}, {"name": ""}),
        case={"reason": "", "children_witnessed": False},
    )
    tidied = rules.tidy(untidy)
    assert tidied.persons_of_concern == () and tidied.case == {"children_witnessed": False}
    assert [role for role, _position, _values in people(tidied)] == [
        PersonRole.SURVIVOR, PersonRole.COMPANION, PersonRole.COMPANION,
    ]  # fmt: skip
