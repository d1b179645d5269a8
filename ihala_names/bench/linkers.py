"""Other methods that link lists, beside ours in the same run. None of them is a part of the product.

Each answers scored pairs, or None where its package is not installed, and is judged at the threshold that is best on
this very list, which it could not know: `linking.at_best`. Names are written as it is told: transliterated by table, as
for the search's baselines, or as our own consonants of both scripts, which no other package has.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any

import numpy as np

from ..letters import tokens_of
from ..link import Link, Record
from ..sounds import skeleton

Write = Callable[[str], str]
Linker = Callable[[list[Record], list[Record], Write], list[Link] | None]
NEAREST = 5
"""Pairs kept for each record by methods that compare all with all."""
FUZZY_YEAR, YEARS = 4.0, 5
"""Points of a hundred that a year apart costs, and the years after which it costs no more."""


def consonants(name: str) -> str:
    """The skeleton of each part."""
    return " ".join(skeleton(token) for token in tokens_of(name))


def rapidfuzz(left: list[Record], right: list[Record], write: Write) -> list[Link] | None:
    """Token-sort ratio of names and of each further column, less what a year apart costs; all with all."""
    if find_spec("rapidfuzz") is None:
        return None
    from rapidfuzz import fuzz, process

    sides = [[write(record.name) for record in side] for side in (left, right)]
    years = [np.array([record.year or 0 for record in side], np.float32) for side in (left, right)]
    columns = len(left[0].more)
    found = []
    for begin in range(0, len(left), 500):
        part = slice(begin, begin + 500)
        scores = process.cdist(
            sides[0][part], sides[1], scorer=fuzz.token_sort_ratio, dtype=np.float32, workers=-1
        )
        apart = np.minimum(np.abs(years[0][part, None] - years[1][None]), YEARS)
        scores -= FUZZY_YEAR * apart * (years[0][part, None] > 0) * (years[1][None] > 0)
        for column in range(columns):
            values = [[record.more[column] for record in side] for side in (left[part], right)]
            scores += process.cdist(*values, scorer=fuzz.ratio, dtype=np.float32, workers=-1)
        nearest = np.argpartition(-scores, min(NEAREST, len(right) - 1), axis=1)[:, :NEAREST]
        for place, mates in enumerate(nearest):
            found += [Link(begin + place, int(mate), float(scores[place, mate])) for mate in mates]
    return found


NAME_BITS, YEAR_BITS, OTHER_BITS = 300, 100, 150
LEAST_DICE = 0.55


def anonlink(left: list[Record], right: list[Record], write: Write) -> list[Link] | None:
    """Bloom filters of clkhash (bigrams, a fixed number of bits for each field, years by neighbourhood), by Dice."""
    if find_spec("anonlink") is None or find_spec("clkhash") is None:
        return None
    from anonlink.candidate_generation import find_candidate_pairs
    from anonlink.similarities import dice_coefficient
    from clkhash.clk import generate_clks

    secret = secrets.token_hex()
    sides = []
    for side in (left, right):
        rows = [(write(one.name), "" if one.year is None else str(one.year), *one.more) for one in side]
        sides.append(generate_clks(rows, _schema(len(left[0].more)), secret, validate=False, max_workers=1))
    scores, _, places = find_candidate_pairs(sides, dice_coefficient, LEAST_DICE, k=NEAREST)
    return [Link(*row) for row in zip(places[0], places[1], scores, strict=True)]


def _schema(columns: int) -> Any:
    from clkhash.comparators import NgramComparison, NumericComparison
    from clkhash.field_formats import (
        BitsPerFeatureStrategy,
        FieldHashingProperties,
        IntegerSpec,
        MissingValueSpec,
        StringSpec,
    )
    from clkhash.schema import Schema

    def hashed(comparator: Any, bits: int) -> Any:
        return FieldHashingProperties(
            comparator, BitsPerFeatureStrategy(bits), missing_value=MissingValueSpec("")
        )

    fields = [
        StringSpec("name", hashed(NgramComparison(2), NAME_BITS)),
        IntegerSpec("year", hashed(NumericComparison(4, 4), YEAR_BITS)),
    ]
    fields += [StringSpec(f"more {n}", hashed(NgramComparison(2), OTHER_BITS)) for n in range(columns)]
    return Schema(fields, 1024)


def splink(left: list[Record], right: list[Record], write: Write) -> list[Link] | None:
    """Fellegi and Sunter's model as Splink learns it from the lists, in clear, with frequencies of values."""
    if find_spec("splink") is None:
        return None
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    columns = [f"more_{n}" for n in range(len(left[0].more))]
    database = DuckDBAPI()
    sides = [
        database.register(_table(side, write), dataset_display_name=name)
        for side, name in ((left, "left_side"), (right, "right_side"))
    ]
    rules: Iterable[tuple[str, ...]] = [
        *((column,) for column in columns),
        ("year", "substr(first, 1, 1)"), ("year", "substr(last, 1, 1)"), ("year", "substr(first, 2, 1)"),
        ("substr(first, 1, 2)", "substr(last, 1, 2)"), ("first",), ("last",),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=_comparisons(columns, left),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        probability_two_random_records_match=0.5 / max(len(left), len(right)),
    )
    linker = Linker(sides, settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in (("year", "first"), ("last", "first"), ("last", "year")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict(threshold_match_weight=-10).as_dict()
    return [
        Link(int(one), int(two), float(weight))
        for one, two, weight in zip(
            found["unique_id_l"], found["unique_id_r"], found["match_weight"], strict=True
        )
    ]


def _table(side: list[Record], write: Write) -> dict[str, list[Any]]:
    """Columns as Splink wants them; what is not known is None."""
    parts = [write(record.name).split() or [""] for record in side]
    table: dict[str, list[Any]] = {
        "unique_id": list(range(len(side))),
        "first": [one[0] or None for one in parts],
        "middle": [" ".join(one[1:-1]) or None for one in parts],
        "last": [one[-1] if len(one) > 1 else None for one in parts],
        "year": [record.year for record in side],
    }
    for column in range(len(side[0].more)):
        table[f"more_{column}"] = [record.more[column] or None for record in side]
    return table


def _comparisons(columns: list[str], sample: list[Record]) -> list[Any]:
    from splink import comparison_level_library as levels
    from splink import comparison_library as library

    year = library.CustomComparison(
        [levels.NullLevel("year"), levels.ExactMatchLevel("year")]
        + [levels.AbsoluteDifferenceLevel("year", most) for most in (1, 2)]
        + [levels.ElseLevel()],
        output_column_name="year",
    )
    found = [
        library.NameComparison(name).configure(term_frequency_adjustments=True) for name in ("first", "last")
    ]
    found += [library.NameComparison("middle"), year]
    for place, column in enumerate(columns):
        digits = all(record.more[place].isdecimal() or not record.more[place] for record in sample)
        kind = library.DamerauLevenshteinAtThresholds if digits else library.JaroWinklerAtThresholds
        found.append(kind(column).configure(term_frequency_adjustments=True))
    return found
