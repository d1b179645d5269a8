"""Values as typed or imported, brought into their field's shape; nothing is guessed, nothing lost, nothing breaks."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ihala.cases.content import CASE, PERSONS, CaseContent, Field
from ihala.cases.enums import PersonRole
from ihala.cases.fit import LONGEST_TEXT, MOST_ROWS, Misfit, Unfit, fit
from ihala.cases.normalise import Doubt
from ihala.cases.rules import field_at, package_of

from .strategies import anything, contents

DAY = date(2026, 11, 5)
FIELDS = [field for fields in (*PERSONS.values(), CASE) for field in fields]


def at(path: str, raw: object) -> object:
    return fit(field_at(path), raw, on=DAY).value


def unfit(path: str, raw: object, misfit: Misfit) -> None:
    with pytest.raises(Unfit) as found:
        fit(field_at(path), raw, on=DAY)
    assert found.value.misfit == misfit


@given(contents)
@settings(max_examples=60, deadline=None)
def test_what_fits_still_fits(content: CaseContent) -> None:
    for values in package_of(content).values():
        for path, value in values.items():
            once = fit(field_at(path), value, on=DAY).value
            assert once is None or fit(field_at(path), once, on=DAY).value == once


@given(st.sampled_from(FIELDS), anything)
@settings(max_examples=400, deadline=None)
def test_anything_at_all_fits_or_is_unfit(field: Field, raw: object) -> None:
    try:
        found = fit(field, raw, on=DAY)
    except Unfit:
        return
    text = json.dumps(found.value, ensure_ascii=False)
    text.encode()
    assert "\x00" not in text and "\u202e" not in text


def test_texts_are_cleaned_and_kept_as_text() -> None:
    hostile = "<script>alert(1)</script> '; DROP TABLE cases_case; -- =HYPERLINK(1) \u202eevil\x00"
    assert (
        at("survivor.name", hostile)
        == "<script>alert(1)</script> '; DROP TABLE cases_case; -- =HYPERLINK(1) evil"
    )
    assert at("survivor.name", " \u200b ") is None
    assert at("case.reason", "a\r\nb") == "a\nb"
    unfit("case.reason", "x" * (LONGEST_TEXT + 1), Misfit.TOO_LONG)
    unfit("case.reason", "x" * 2_000_000, Misfit.TOO_LONG)
    unfit("survivor.name", 7, Misfit.WRONG_KIND)


def test_births_are_understood_on_the_day_of_the_form() -> None:
    assert at("survivor.birth", "about 19")["date"] == "2007-11-05"  # type: ignore[index]
    assert at("survivor.birth", " ") is None
    kept = {"date": "1994-05-03", "approximate": False, "given": "x", "calendar": "gregorian"}
    assert at("survivor.birth", kept) == kept
    for wrong in ({"date": 7}, kept | {"date": "1994-13-40"}, kept | {"date": 7}, kept | {"approximate": "no"},
                  kept | {"calendar": "lunar"}, kept | {"given": 7}, kept | {"more": 1}):  # fmt: skip
        unfit("survivor.birth", wrong, Misfit.WRONG_KIND)
    found = fit(field_at("survivor.birth"), "2026-13-40", on=DAY)
    assert (
        found.value["given"] == "2026-13-40"
        and found.value["date"] is None
        and found.doubts == (("", Doubt.IMPOSSIBLE_DATE),)
    )


def test_choices_fit_by_code_and_leave_over_what_they_do_not_know() -> None:
    assert at("case.danger", "extreme") == "extreme"
    unfit("case.danger", "very", Misfit.NO_SUCH_CHOICE)
    unfit("case.danger", ["extreme"], Misfit.NO_SUCH_CHOICE)
    assert at("case.exploitation", "sexual") == ["sexual"]
    found = fit(field_at("survivor.needs"), ["cot", "moon", 7, "cot"], on=DAY)
    assert found.value == ["cot"] and found.leftovers == (("1", "moon"), ("2", 7))
    unfit("survivor.needs", ["moon"], Misfit.NO_SUCH_CHOICE)
    unfit("survivor.needs", ["cot"] * 1000, Misfit.TOO_MANY)
    assert at("companions.0.relation", "daughter") == "daughter"
    assert at("companions.0.relation", "neighbour") == "neighbour"
    assert at("case.languages", ["am", "en"]) == ["am", "en"]
    unfit("survivor.nationality", "XX", Misfit.NO_SUCH_CHOICE)


def test_yes_is_true_and_nothing_else() -> None:
    assert at("case.children_witnessed", False) is False
    unfit("case.children_witnessed", 1, Misfit.WRONG_KIND)
    unfit("case.children_witnessed", "true", Misfit.WRONG_KIND)


def test_a_reason_for_no_answer_fits_everywhere_but_where_an_answer_is_needed() -> None:
    assert at("survivor.documents", {"absent": "not_asked"}) == {"absent": "not_asked"}
    unfit("survivor.sex", {"absent": "not_asked"}, Misfit.NO_SUCH_CHOICE)
    unfit("survivor.name", {"absent": "nonsense"}, Misfit.WRONG_KIND)


def test_rows_keep_what_fits_and_name_what_does_not() -> None:
    found = fit(
        field_at("survivor.phones"),
        [
            {"number": "٠٥٠ ١٢٣ ٤٥٦٧", "safe": True, "owner": "aunt"},
            "loose",
            {"safe": "maybe"},
            {},
            {"number": "05"},
        ],
        on=DAY,
    )
    assert found.value == [{"number": "+971 50 123 4567", "safe": True}, {"number": "05"}]
    assert found.leftovers == (("0.owner", "aunt"), ("1", "loose"), ("2.safe", "maybe"))
    assert found.doubts == (("1.number", Doubt.UNKNOWN_PHONE),)
    unfit("survivor.phones", "05", Misfit.WRONG_KIND)
    unfit("survivor.phones", [{}] * (MOST_ROWS + 1), Misfit.TOO_MANY)
    assert at("survivor.phones", [{}]) is None


def test_a_lone_number_is_a_row_where_a_row_has_nothing_else() -> None:
    assert at("persons_of_concern.0.phones", ["+971 55 000 1188"]) == [{"number": "+971 55 000 1188"}]


def test_a_wrong_check_digit_is_a_doubt_and_the_number_stays() -> None:
    shown, doubted = [], []
    for digit in range(10):
        found = fit(
            field_at("survivor.documents"),
            [{"type": "emirates_id", "number": f"78419870000000{digit}"}],
            on=DAY,
        )
        shown.append(found.value[0]["number"])
        doubted += [doubt for _place, doubt in found.doubts]
    assert (
        shown == [f"784-1987-0000000-{digit}" for digit in range(10)] and doubted == [Doubt.CHECK_DIGIT] * 9
    )
    odd = fit(field_at("survivor.documents"), [{"type": "emirates_id", "number": "١٢"}], on=DAY)
    assert odd.value[0]["number"] == "12" and odd.doubts == (("0.number", Doubt.NOT_EMIRATES_ID),)
    none = fit(
        field_at("survivor.documents"), [{"type": "emirates_id", "number": {"absent": "unknown"}}], on=DAY
    )
    assert none.value == [{"type": "emirates_id", "number": {"absent": "unknown"}}]


def test_notes_are_texts() -> None:
    assert at("case.notes", ["a", "", "b\x00"]) == ["a", "b"]
    assert at("case.notes", "lone") == ["lone"]
    assert at("case.notes", [" "]) is None
    unfit("case.notes", ["x"] * 101, Misfit.TOO_MANY)
    unfit("case.notes", [["x"]], Misfit.WRONG_KIND)


def test_labels_of_codes_are_found_again() -> None:
    relation = next(field for field in PERSONS[PersonRole.COMPANION] if field.key == "relation")
    assert relation.code_of(relation.label_of("daughter")) == "daughter"
    assert relation.code_of("x") == "x" and Field("k", relation.disclosure_class, "k").code_of("x") == "x"
