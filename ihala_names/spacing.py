"""Names whose spaces went wrong: one left out, put in or moved, found again without trying everything."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from .compare import MISSING
from .letters import MAX_LETTERS, Token
from .vocabulary import Near

WEAK = 0.45
"""Below this share of what the name itself would score, other spacings are tried."""
COST = 3.0
"""What each of them costs."""
DOUBTFUL = 0.75
"""A token that comes nearer than this share of itself to some token is left as it stands."""
SHARE, LEAST, MOST = 0.4, 2.0, 6.0
NEW_MOST = 64
"""New tokens tried for one name."""
TRIED = 4
"""Spacings compared with people."""


def is_weak(values: np.ndarray, worth: Sequence[float]) -> bool:
    """Whether what was found is so little that the spaces may be wrong."""
    return float(values.max(initial=0.0)) < WEAK * sum(worth)


def floor(worth: float) -> float:
    """The score from which a new token comes near."""
    return min(MOST, max(LEAST, SHARE * worth))


def variants(tokens: Sequence[Token], worth: Sequence[float], near: Sequence[Near]) -> list[list[Token]]:
    """The same letters with one space left out, put in or moved, at tokens that nothing comes near."""
    doubtful = [_best(found) < DOUBTFUL * one for found, one in zip(near, worth, strict=True)]
    kept: list[list[Token]] = []
    new: set[Token] = set()
    for variant in _respaced(list(tokens), doubtful):
        new.update(variant)
        if len(new) > NEW_MOST:
            break
        kept.append(variant)
    return kept


def _respaced(tokens: list[Token], doubtful: Sequence[bool]) -> Iterator[list[Token]]:
    for place, (one, two) in enumerate(pairwise(tokens)):
        if one.script == two.script and (doubtful[place] or doubtful[place + 1]):
            joined = Token(one.script, (one.codes + two.codes)[:MAX_LETTERS])
            yield [*tokens[:place], joined, *tokens[place + 2 :]]
            if min(len(one.codes), len(two.codes)) > 1:
                for cut in (len(one.codes) - 1, len(one.codes) + 1):
                    yield from _cut(tokens[:place], joined, cut, tokens[place + 2 :])
    for place, token in enumerate(tokens):
        if doubtful[place]:
            for cut in range(2, len(token.codes) - 1):
                yield from _cut(tokens[:place], token, cut, tokens[place + 1 :])


def _cut(before: list[Token], token: Token, cut: int, after: list[Token]) -> Iterator[list[Token]]:
    """The token in two, each at least two letters."""
    if 2 <= cut <= len(token.codes) - 2:
        halves = (Token(token.script, token.codes[:cut]), Token(token.script, token.codes[cut:]))
        yield [*before, *halves, *after]


def promising(variants: Sequence[list[Token]], near: Mapping[Token, Near], found: float) -> list[list[Token]]:
    """The few that could be worth more than what was found, by the nearest token of each of theirs."""
    worth = [sum(max(_best(near[token]), -MISSING) for token in variant) - COST for variant in variants]
    order = sorted(range(len(variants)), key=lambda i: -worth[i])
    return [variants[i] for i in order[:TRIED] if worth[i] > found]


def _best(near: Near) -> float:
    return float(near[1][0]) if len(near[1]) else -MISSING
