"""Who is to be housed, in words."""

import pytest
from django.utils import translation

from ihala.desk.context import capped
from ihala.desk.rows import household_words


def one(sex, band, role="companion"):
    return {"role": role, "sex": sex, "age_band": band}


@pytest.mark.parametrize(
    ("household", "words"),
    [
        ([], ""),
        ([one("female", "18-59")], "Woman (18 to 59)"),
        ([one("female", "18-59"), one("male", "5-11"), one("female", "12-17")],
         "Woman (18 to 59) · 2 children (5 to 11, 12 to 17)"),
        ([one("male", "12-17"), one("female", "60+")], "Boy (12 to 17) · Woman (60 and over)"),
        ([one("female", "0-1"), one("male", "unknown")], "Girl (Under 2) · Man (Age unknown)"),
        ([one("unknown", "unknown")], "Adult (Age unknown)"),
        ([one("unknown", "5-11"), one("male", "2-4")], "Child (5 to 11) · 1 child (2 to 4)"),
    ],
)  # fmt: skip
def test_a_household_is_told_in_counts_and_ages(household, words):
    with translation.override("en"):
        assert household_words(household) == words


@pytest.mark.parametrize(("number", "shown"), [(0, ""), (7, "7"), (99, "99"), (100, "99+"), (200, "99+")])
def test_counters_end_at_ninety_nine(number, shown):
    assert capped(number) == shown
