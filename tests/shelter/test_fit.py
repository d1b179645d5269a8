"""Who fits where: the table of families written from the rules, and the rules one by one."""

import csv
from pathlib import Path

import pytest
from django.utils.translation import override

from ihala.shelter.fit import Household, Lodgers, Member, Place, fit
from ihala.shelter.fit_words import Clause, Reach, Verdict, sentence

HERE = Path(__file__).parent
SEXES = {"F": "female", "M": "male", "X": "unknown"}
BANDS = {"0": "0-1", "2": "2-4", "5": "5-11", "12": "12-17", "18": "18-59", "60": "60+", "?": "unknown"}
VERDICTS = {"F": Verdict.FITS, "C": Verdict.CONDITIONS, "N": Verdict.NO}


def table(name: str) -> list[dict[str, str]]:
    """A table that a shelter manager can read."""
    with (HERE / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def people(text: str) -> tuple[Member, ...]:
    """ "F18 M5" as members."""
    return tuple(Member(SEXES[one[0]], BANDS[one[1:]]) for one in text.split())


def number(text: str) -> int | None:
    """A limit, or none."""
    return int(text) if text else None


def place(row: dict[str, str], key: int) -> Place:
    """A line of the table of units."""
    lodgers = [
        Lodgers(None, people(family)) for family in row["who lives there now"].split("|") if family.strip()
    ]
    return Place(
        key=key, house=int(row["house"]), name=row["unit"],
        beds=tuple(range(key * 100, key * 100 + int(row["free beds"]))),
        cots=tuple(range(key * 100 + 50, key * 100 + 50 + int(row["free cots"]))),
        sexes=frozenset(row["sexes"].split()), ages_from=number(row["ages from"]), ages_to=number(row["ages to"]),
        boys_until=number(row["boys until"]), reach=Reach(row["reached"]), shared=row["shared"] == "yes",
        lodgers=tuple(lodgers),
    )  # fmt: skip


UNITS = {row["unit"]: place(row, key) for key, row in enumerate(table("units"), 1)}
LAYOUTS = {letter: [UNITS[name] for name in UNITS if name[0] == letter] for letter in "ABCDEFGHIJKL"}
HOUSEHOLDS = table("households")
WORDS = {row["code"]: (row["english"], row["العربية"]) for row in table("sentences")}


def household(row: dict[str, str]) -> Household:
    """A line of the table of households."""
    return Household.of(
        [{"sex": one.sex, "age_band": one.age_band} for one in people(row["household"])], row["needs"].split()
    )


def expected(cell: str) -> tuple[Verdict, list[str]]:
    """ "C:cot+near" as verdict and clauses; what speaks for a fitting unit stands in the row's own words."""
    letter, _colon, clauses = cell.partition(":")
    return VERDICTS[letter], clauses.split("+") if clauses else []


def in_words(letter: str, codes: list[str], language: int) -> str:
    """The sentence as the table of sentences has it."""
    between = ("; ", "؛ ")[language]
    return f"{WORDS[letter][language]}: {between.join(WORDS[code][language] for code in codes)}."


def test_the_table_has_60_households_and_12_layouts() -> None:
    assert len(HOUSEHOLDS) == 60
    assert len(LAYOUTS) == 12
    assert {code for code in WORDS if len(code) > 1} == set(Clause.values)


@pytest.mark.parametrize("row", HOUSEHOLDS, ids=[f"{row['no']} {row['who this is']}" for row in HOUSEHOLDS])
def test_every_household_gets_the_right_answer_and_its_sentence_for_every_layout(row: dict[str, str]) -> None:
    asked = household(row)
    wrong = {}
    for letter, places in LAYOUTS.items():
        answer = fit(asked, places)
        verdict, codes = expected(row[letter])
        codes = codes or row["if it fits"].split("+")
        for language, index in (("en", 0), ("ar", 1)):
            with override(language):
                said = sentence(answer.verdict, answer.clauses)
            right = in_words(row[letter][0], codes, index)
            if (answer.verdict, said) != (verdict, right):
                wrong[letter, language] = f"{said} — expected {right}"
    assert not wrong
