"""Up to eight query tokens laid out side by side for the loops in `lanes`, and what their ratios are worth."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import lanes
from .lanes import FRAME, LANES
from .letters import SIZES, Token
from .model import SWAP, LetterModel, Table, suffix_best
from .operations import SHRINK, Operations, operations

NOTHING = -99.0
BOLD = 0.6
"""How much of the best possible ending a beginning is credited with; at 1 nothing is lost and half as fast."""
LARGEST = float(np.finfo(np.float32).max)
"""What may still come after the first of two hundred letters is more than this; infinity times nothing is no number."""


def grouped(tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Which tokens go together: of one script, of like length, as many as there are lanes."""
    group: list[int] = []
    for i in sorted(range(len(tokens)), key=lambda i: (tokens[i].script, len(tokens[i].codes))):
        if group and (len(group) == LANES or tokens[group[0]].script != tokens[i].script):
            yield group
            group = []
        group.append(i)
    if group:
        yield group


class Query(NamedTuple):
    """Tokens of one script against one script: `tables` are what `lanes.scan` and `lanes.some` take."""

    script: int
    table: Table
    alone: np.ndarray
    lengths: np.ndarray
    ends: np.ndarray
    tables: tuple[Any, ...]

    def scores(self, ratios: np.ndarray) -> np.ndarray:
        """Log odds of ratios `[lane, any]`."""
        shift = (SHRINK * self.lengths - self.alone).astype(np.float32)[:, None]
        with np.errstate(divide="ignore"):
            return np.maximum(np.log(ratios) + shift, np.float32(NOTHING))

    def score(self, lane: int, ratios: np.ndarray) -> np.ndarray:
        """Log odds of one lane's ratios, none of which is 0."""
        return np.log(ratios) + np.float32(SHRINK * self.lengths[lane] - self.alone[lane])

    def bounds(self, tokens: Sequence[Token], floors: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
        """What may still come after each place, over the lane's threshold; and the thresholds of the whole."""
        threshold = np.array(floors) + self.alone
        best = np.zeros(LANES * (self.lengths.max() + 1), np.float32)
        for lane, token in enumerate(tokens):
            ending = suffix_best(self.table.sides[self.script], token) ** BOLD
            grown = np.exp(SHRINK * np.arange(len(ending)) - threshold[lane])
            best[lane::LANES][: len(ending)] = np.minimum(ending * grown, LARGEST)
        return best, np.exp(threshold - SHRINK * self.lengths).astype(np.float32)


def asked(tokens: Sequence[Token], script: int, model: LetterModel) -> Query | None:
    """The tokens laid out against a script; None where no model knows the pair of scripts."""
    mine = tokens[0].script
    table, known = model.table(mine, script), operations(model, mine, script)
    if table is None or known is None:
        return None
    lengths = np.array([len(token.codes) for token in tokens])
    letters = np.zeros(FRAME + LANES * (lengths.max() + 1), np.int64)
    for lane, token in enumerate(tokens):
        letters[FRAME + LANES + lane :: LANES][: len(token.codes)] = np.frombuffer(token.codes, np.uint8)
    return Query(
        script=mine,
        table=table,
        alone=np.array([alone(table, token) for token in tokens]),
        lengths=lengths,
        ends=FRAME + LANES * lengths + np.arange(len(tokens)),
        tables=_tables(known, letters, SIZES[mine], SIZES[script]),
    )


def _tables(known: Operations, letters: np.ndarray, mine: int, theirs: int) -> tuple[Any, ...]:
    """One column for each place of a row, so that a step of the scan reads neighbouring numbers only."""
    before, first = _earlier(letters, 1), _earlier(letters, 2)
    two = known.query_pairs[before * mine + letters] * (before > 0)
    none = np.zeros((1, 1), np.float32)
    one_three = none
    if len(known.query_triples) > 1:
        three = known.query_triples[(first * mine + before) * mine + letters] * (first > 0)
        one_three = known.one_three.take(three, axis=1)
    return (
        theirs,
        known.vocabulary_pairs,
        known.vocabulary_triples,
        known.drop,
        known.insert[letters] * (letters > 0),
        known.one.take(letters, axis=1),
        known.one_two.take(two, axis=1),
        one_three,
        known.two_one.take(letters, axis=1),
        known.two_two.take(two, axis=1) if known.two_two.any() else none,
        known.three_one.take(letters, axis=1),
        np.float32(SWAP),
    )


def _earlier(letters: np.ndarray, places: int) -> np.ndarray:
    """The letter so many places earlier in the same token."""
    out = np.zeros_like(letters)
    out[places * LANES :] = letters[: -places * LANES]
    return out


def alone(table: Table, token: Token) -> float:
    """What the model makes of one token alone, in natural logarithm."""
    out = np.zeros(1, np.float32)
    side = table.sides[token.script]
    lanes.marginals(
        np.frombuffer(token.codes, np.uint8), np.array([0, len(token.codes)], np.int32), 0, 1,
        SIZES[token.script], side.one, side.two, side.three, out,
    )  # fmt: skip
    return float(np.log(out[0]))
