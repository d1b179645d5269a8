"""Two names, two people: odds, their reasons, and the laws they keep."""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ihala_names.compare import compare, compare_names
from ihala_names.people import Person

HOSTILE = [
    "", " ", "a" * 10_000, "ا" * 10_000, "مريم Mariam", "\u202eMariam\u202c", "12345", "١٢٣", "🙂", "aeiou", "واي",
    "م", "M", "Dr", "الشيخ", "ʼʼʼ", "Ω Ж 中", "\x00", "al al al", "عبد", "abu", "بن", "--", "'" * 500,
    "a b c d e f g h i j k l m n",
]  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(
        ["مريم", "Mariam", "Maryam Ali", "عبد الرحمن", "Abdel Rahmen", "أم محمد", "M. Ali", "آمنة"]
    ),
    st.text(st.sampled_from("abcdehimnrsyاأبحدعلمنيوة '-§"), max_size=24),
)


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("مريم عبدالرحمن", "Mariam Abdulrahman", "Marwan Abdulkarim"),
        ("مريم عبدالرحمن", "maryem abdel rahmen", "Miriam Abdallah"),
        ("محمد علي", "Mohd Aly", "Mahmoud Adli"),
        ("خديجة الهاشمي", "Khadijah Al Hashmi", "Khalida Hashem"),
        ("Chadia Djebbar", "شادية جبار", "Nadia Jabbour"),
        ("أحمد", "احمد", "حمد"),
        ("پرویز", "Parviz", "Barakat"),
        ("أم محمد", "Um Mohammed", "Umm Kulthum"),
        ("Shaikha", "شيخة", "Sheila"),
    ],
)
def test_the_same_name_in_another_spelling_beats_another_name(one, same, other):
    assert compare_names(one, same).score > max(3.0, compare_names(one, other).score)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("other", ["مريم", "Mariam Ali", ""])
def test_odd_and_hostile_names_are_answered_alike_from_both_sides(name, other):
    one, two = compare_names(name, other).score, compare_names(other, name).score
    assert math.isfinite(one)
    assert one == pytest.approx(two, abs=1e-3)


@settings(max_examples=60, deadline=None)
@example("a-aأb", "أa-b-a")
@given(NAMES, NAMES)
def test_odds_are_symmetric(one, two):
    assert compare_names(one, two).score == pytest.approx(compare_names(two, one).score, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(NAMES, NAMES, st.integers(1940, 2020))
def test_evidence_that_agrees_never_lowers_and_a_greater_distance_never_raises(one, two, year):
    bare = compare(Person(one), Person(two)).score
    by_distance = [compare(Person(one, year), Person(two, year + apart)).score for apart in range(5)]
    assert by_distance == sorted(by_distance, reverse=True)
    assert by_distance[0] > bare
    assert compare(Person(one, phone="050 123 4567"), Person(two, phone="+971501234567")).score > bare


def test_one_more_edit_does_not_raise_the_odds():
    steps = ["khadija", "kadija", "kadja", "kaja", "ka"]
    scores = [compare_names("khadija", step).score for step in steps]
    assert scores == sorted(scores, reverse=True)


def test_a_missing_middle_name_and_a_swapped_order_cost_little():
    whole = compare_names("مريم علي حسن", "Mariam Ali Hassan").score
    assert 8 < compare_names("مريم علي حسن", "Mariam Hassan").score < whole
    assert 8 < compare_names("مريم علي حسن", "Hassan Mariam Ali").score < whole


def test_an_initial_counts_for_the_name_it_begins():
    assert (
        compare_names("M. Hassan", "Mariam Hassan").score > compare_names("K. Hassan", "Mariam Hassan").score
    )


def test_a_rare_name_says_more_than_a_common_one():
    assert compare_names("Ghadanfar", "غضنفر").score > compare_names("Ali", "علي").score


def test_other_evidence_is_weighed_and_named():
    one = Person("مريم علي", 1990, "f", "SY", "0501234567", "A 123", "خديجة", ("سامي", "ليلى"))
    two = Person("Mariam Ali", 1991, "F", "sy", "٠٥٠١٢٣٤٥٦٧", "a123", "Khadija", ("Sami", "Layla"))
    found = compare(one, two)
    assert set(found.evidence) == {
        "birth_year", "sex", "nationality", "phone", "document", "mother", "companions",
    }  # fmt: skip
    assert min(found.evidence.values()) > 0
    assert any("مريم ~ mariam" in reason for reason in found.reasons)
    assert found.score == pytest.approx(found.names.score + sum(found.evidence.values()))


def test_what_differs_counts_against():
    one = Person("مريم علي", 1990, "f", "SY", mother="خديجة", companions=("سامي",))
    two = Person("Mariam Ali", 1970, "m", "IN", mother="Samira", companions=("Klaus",))
    evidence = compare(one, two).evidence
    assert set(evidence) == {"birth_year", "sex", "nationality", "mother"}
    assert max(evidence.values()) < 0
