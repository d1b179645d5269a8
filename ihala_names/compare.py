"""Two names as sets of tokens: which token answers which, and what the whole is worth.

The best assignment is found exactly. A token without an answer costs the same on both sides, so the score is
symmetric; a family name put first costs a little, because it is common.
"""

from typing import NamedTuple

import numpy as np

from . import kernels
from .letters import Token, tokens_of
from .model import LetterModel, shipped
from .people import COMPANION, MOTHER, MOTHER_DIFFERS, RELATIVE_MOST, Person, other_evidence
from .vocabulary import score, scores_of

MISSING = 3.0
"""What a token without an answer costs."""
TURNED = 1.5
"""What each token out of order costs."""
INITIAL = 0.8
"""The share that an initial earns of what its one letter is worth."""
LEAST = 0.5
"""A pair of tokens below this is no pair."""


class Pairing(NamedTuple):
    """One token of each name that stand for the same part; `score` in log odds."""

    left: int
    right: int
    score: float


class Comparison(NamedTuple):
    """What two names are worth, and why."""

    score: float
    pairs: tuple[Pairing, ...]


def best_assignment(scores: np.ndarray) -> Comparison:
    """The assignment of rows to columns that is worth most; entries below `LEAST` are no pairs.

    Which of four tokens and more are out of order depends on whose order is read: the better reading counts, so that
    neither name comes first.
    """
    ours, theirs = _assigned(scores), _assigned(scores.T)
    if theirs.score <= ours.score:
        return ours
    return Comparison(theirs.score, tuple(Pairing(j, i, value) for i, j, value in theirs.pairs))


def _assigned(scores: np.ndarray) -> Comparison:
    rows, columns = scores.shape
    out = np.full(rows, -1, np.int32)
    room = kernels.room(rows, columns)
    table = np.ascontiguousarray(scores, np.float32)
    value = kernels.assign(table, rows, columns, MISSING, TURNED, LEAST, *room, out)
    pairs = [Pairing(i, int(j), float(scores[i, j])) for i, j in enumerate(out) if j >= 0]
    return Comparison(float(value), tuple(pairs))


class Match(NamedTuple):
    """What two records say about being one person, and why, in words for a log or a command line."""

    score: float
    names: Comparison
    evidence: dict[str, float]
    reasons: tuple[str, ...]


def token_scores(left: list[Token], right: list[Token], model: LetterModel) -> np.ndarray:
    """What each token of one name is worth with each of the other."""
    found = scores_of(model, left, right)
    for row, one in enumerate(left):
        for column, two in enumerate(right):
            found[row, column] = _with_initial(found[row, column], one, two, model)
    return found


def _with_initial(value: float, one: Token, two: Token, model: LetterModel) -> float:
    shorter, longer = sorted((one, two), key=lambda token: len(token.codes))
    if len(shorter.codes) == 1 and len(longer.codes) > 1:
        value = max(value, INITIAL * score(model, shorter, Token(longer.script, longer.codes[:1])))
    return value


def compare_names(one: str, two: str, model: LetterModel | None = None) -> Comparison:
    """Log odds that two names are one person's, from the names alone; 0 where one is empty."""
    left, right = tokens_of(one), tokens_of(two)
    if not left or not right:
        return Comparison(0.0, ())
    return best_assignment(token_scores(left, right, model or shipped()))


def compare(one: Person, two: Person, model: LetterModel | None = None) -> Match:
    """Log odds from everything that is known of both, with the reasons; symmetric."""
    names = compare_names(one.name, two.name, model)
    evidence = dict(other_evidence(one, two))
    evidence |= _relatives(one, two, model)
    left, right = tokens_of(one.name), tokens_of(two.name)
    reasons = [f"{left[p.left].text()} ~ {right[p.right].text()} {p.score:+.1f}" for p in names.pairs]
    reasons += [f"{kind} {value:+.1f}" for kind, value in evidence.items()]
    return Match(names.score + sum(evidence.values()), names, evidence, tuple(reasons))


def _relatives(one: Person, two: Person, model: LetterModel | None) -> dict[str, float]:
    found: dict[str, float] = {}
    if one.mother and two.mother:
        value = compare_names(one.mother, two.mother, model).score
        found["mother"] = max(MOTHER_DIFFERS, min(RELATIVE_MOST, MOTHER * value))
    if one.companions and two.companions:
        scores = np.array(
            [[compare_names(a, b, model).score for b in two.companions[:10]] for a in one.companions[:10]]
        )
        shared = sum(pair.score for pair in best_assignment(scores).pairs)
        if shared > 0:
            found["companions"] = min(RELATIVE_MOST, COMPANION * shared)
    return found
