"""What tells who somebody is, and what somebody typed to find them."""

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from ihala.matching.asked import Asked, read
from ihala.matching.known import Known, code, digits, known_of
from tests import given

YEAR = 2026


def test_a_person_is_known_by_what_the_case_says_in_its_classes():
    survivor = given.family().content.survivor
    known = known_of({"sex": "female", "nationality": "AE"}, survivor)
    assert known.names == ("مها سلطان العوضي", "Maha Sultan Alawadhi")
    assert (known.year, known.sex, known.nationality) == (1991, "female", "AE")
    assert known.phones == ("971500017431",)
    assert known.documents and known.documents[0].startswith("7841991")
    assert known.findable


@pytest.mark.parametrize(
    "values",
    [
        None,
        {},
        {"name": {"absent": "unknown"}, "birth": {"absent": "unknown"}, "phones": {"absent": "refused"}},
        {"name": " ", "birth": {"date": None}, "phones": ["0501234567", {"number": 5}], "documents": "A1"},
    ],
)
def test_what_was_not_said_finds_nobody(values):
    assert known_of(values, None) == Known()
    assert not known_of(values).findable


def test_words_say_again_what_was_asked_and_one_letter_asks_nothing():
    asked = Asked("Mariam Abdulrahman", 1990, ("501234567",), ("N011846277",))
    assert read(asked.words, YEAR) == asked
    assert Asked("م").empty and Asked("a b", 1990).empty and not Asked("مي").empty


def test_numbers_are_read_in_every_script_and_short_ones_are_nobodys():
    assert digits("+٩٧١ ٥٠ ١٢٣-٤٥٦٧") == "971501234567"
    assert digits("999") == ""
    assert code("a ١٢٣-۴۵۶") == "A123456"
    assert code("A1") == ""


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Mariam Abdulrahman", Asked("Mariam Abdulrahman")),
        ("مريم عبد الرحمن 1990", Asked("مريم عبد الرحمن", 1990)),
        ("مريم ١٩٩٠ عبد الرحمن", Asked("مريم عبد الرحمن", 1990)),
        ("+971 50 123 4567", Asked(numbers=("971501234567",))),
        ("050-123-4567", Asked(numbers=("501234567",))),
        ("0097150 1234567", Asked(numbers=("971501234567",))),
        ("4567", Asked(numbers=("4567",))),
        ("050 1990 234", Asked(numbers=("501990234",))),
        ("1990 0501234567", Asked(year=1990, numbers=("501234567",))),
        ("0501234567 1990", Asked(year=1990, numbers=("501234567",))),
        ("1990", Asked(year=1990, numbers=("1990",))),
        ("2027", Asked(numbers=("2027",))),
        ("784-1991-4410231-3", Asked(numbers=("784199144102313",))),
        ("a08837215, Blessing", Asked("Blessing", codes=("A08837215",))),
        ("Ma7moud", Asked("Ma7moud")),
        ("12 7", Asked()),
        ("", Asked()),
    ],
)
def test_what_was_typed_is_taken_apart(typed, asked):
    assert read(typed, YEAR) == asked
    assert asked.empty is (asked == Asked())


@settings(max_examples=60, deadline=None)
@examples(st.text(max_size=300))
def test_whatever_is_typed_is_read_in_bounded_form(typed):
    asked = read(typed, YEAR)
    assert len(asked.name) <= 400
    assert all(number.isdecimal() and len(number) >= 4 for number in asked.numbers)
