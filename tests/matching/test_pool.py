"""People in memory: what is held, replaced, forgotten, and written down to be sealed."""

import uuid

import pytest

from ihala.matching.asked import Asked, read
from ihala.matching.engine import Engine
from ihala.matching.known import NotHeld


def key(number):
    return uuid.UUID(int=number).hex


def case(number, *people, stamp=1):
    return [key(number), stamp, list(people)]


def person(number, names, year=None, sex="", nationality="", numbers=()):
    return [key(number), list(names), year, sex, nationality, list(numbers)]


MARIAM = person(
    1, ["مريم عبد الرحمن", "Mariam Abdulrahman"], 1990, "female", "SY", ["p971501234567", "dN0118462"]
)
SALIM = person(2, ["Salim Haddad"], 1971, "male", "LB", ["p96170123456"])


@pytest.fixture
def engine():
    found = Engine()
    found.ask("begin", organisation=1)
    found.ask("add", organisation=1, cases=[case(10, MARIAM), case(11, SALIM), case(12)])
    assert found.ask("finish", organisation=1) == (2, b"")
    with pytest.raises(NotHeld):
        find(found, "Mariam")
    found.ask("publish", organisation=1)
    return found


def find(engine, typed, organisation=1, **traits):
    asked = read(typed, 2026)
    question = vars(asked) | traits
    return engine.ask("find", organisation=organisation, asked=question, top=10)[0]


def test_an_organisation_that_is_not_held_is_said_to_be_not_held(engine):
    for question in (
        lambda: find(engine, "Mariam", organisation=2),
        lambda: engine.ask("stamps", organisation=2),
        lambda: engine.ask("snapshot", organisation=2),
        lambda: engine.ask("change", organisation=2, cases=[]),
    ):
        with pytest.raises(NotHeld):
            question()
    engine.ask("drop", organisation=1)
    engine.ask("drop", organisation=1)
    with pytest.raises(NotHeld):
        find(engine, "Mariam")


def test_what_is_known_beside_the_name_lifts_and_lowers(engine):
    (plain,) = find(engine, "Mariam Abdulrahman")
    scores = {
        traits: find(engine, typed, **dict(traits))[0][1]
        for typed, traits in (
            ("Mariam Abdulrahman", (("sex", "female"), ("nationality", "SY"))),
            ("Mariam Abdulrahman", (("sex", "male"), ("nationality", ""))),
        )
    }
    with_traits, other_sex = scores.values()
    assert with_traits > plain[1] > other_sex
    assert (
        find(engine, "Mariam Abdulrahman 1990")[0][1]
        > plain[1]
        > find(engine, "Mariam Abdulrahman 1960")[0][1]
    )


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("0501234567", ["phone"]), ("971501234567", ["phone"]), ("4567", ["phone_part"]), ("1234", ["phone_part"]),
        ("501234667", ["phone_near"]), ("501234697", None), ("123", None), ("N0118462", ["document"]),
        ("N0118463", ["document_near"]), ("N0118", None), ("N01184", ["document_part"]), ("0118462", ["document_part"]),
    ],
)  # fmt: skip
def test_a_number_is_found_whole_in_part_and_with_one_sign_wrong(engine, typed, codes):
    found = find(engine, typed)
    assert [one[2] for one in found if one[0] == key(1)] == ([codes] if codes else [])


def test_a_number_finds_her_under_whatever_name_she_gives_today(engine):
    (found,) = find(engine, "Zuleikha Qasimova 0501234567")
    assert found[0] == key(1) and "phone" in found[2]


def test_the_name_is_said_to_answer_in_part_or_in_the_other_script(engine):
    engine.ask("change", organisation=1, cases=[case(10, person(1, ["مريم عبد الرحمن"]), stamp=2)])
    assert find(engine, "Mariam Abdulrahman")[0][2] == ["name", "other_script"]
    assert find(engine, "Mariam Abdulrahman Alkhateeb")[0][2] == ["name_part", "other_script"]
    assert find(engine, "Saleem Hadad")[0][2] == ["name", "other_spelling"]


def test_a_replaced_case_holds_nothing_of_what_it_said(engine):
    engine.ask(
        "change", organisation=1, cases=[case(10, person(3, ["Ludmila Petrova"]), stamp=2), case(12, stamp=0)]
    )
    assert find(engine, "Mariam Abdulrahman") == [] and find(engine, "0501234567") == []
    assert find(engine, "Ludmila Petrova")[0][0] == key(3)
    number, stamps = engine.ask("stamps", organisation=1)
    assert (number, len(stamps)) == (2, 48)
    assert engine.ask("held")[0] == {"1": 2}


def test_a_snapshot_is_the_same_people_and_without_those_who_are_gone(engine):
    engine.ask("change", organisation=1, cases=[case(11, stamp=0)])
    _number, data = engine.ask("snapshot", organisation=1)
    assert b"Salim" not in data and b"96170123456" not in data
    other = Engine()
    assert other.ask("restore", data, organisation=1) == (True, b"")
    with pytest.raises(NotHeld):  # it is as old as it is, until it was compared
        find(other, "Mariam")
    other.ask("publish", organisation=1)
    assert find(other, "maryem abdel rahmen 1991") == find(engine, "maryem abdel rahmen 1991") != []
    assert other.ask("stamps", organisation=1) == engine.ask("stamps", organisation=1)
    for bytes_ in (b"", data[:50], data[:-9], data[:-9] + b"[" * 9):
        assert other.ask("restore", bytes_, organisation=2) == (False, b"")


def test_no_more_are_answered_than_fit_and_an_empty_question_finds_nobody(engine):
    many = [
        case(100 + n, person(100 + n, ["Mariam Abdulrahman"], numbers=["p971500000000"])) for n in range(80)
    ]
    engine.ask("change", organisation=1, cases=many)
    asked = vars(read("Mariam 971500000000", 2026))
    assert len(engine.ask("find", organisation=1, asked=asked, top=1000)[0]) == 50
    assert engine.ask("find", organisation=1, asked=vars(Asked()), top=10)[0] == []


def test_a_number_is_found_after_every_change_and_a_part_does_not_run_over_two(engine):
    assert find(engine, "50123456796170") == []  # the end of one telephone and the beginning of the next
    engine.ask(
        "change", organisation=1, cases=[case(11, person(2, ["Salim"], numbers=["p971559998877"]), stamp=2)]
    )
    assert [one[0] for one in find(engine, "0559998877")] == [key(2)]
    assert find(engine, "96170123456") == []
    assert [one[2] for one in find(engine, "971559998876")] == [["phone_near"]]
