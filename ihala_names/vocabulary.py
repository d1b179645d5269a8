"""The distinct tokens of many names, sorted so that a scan reuses what prefixes have in common."""

from typing import Any

import numpy as np

from . import kernels
from .letters import ARABIC, LATIN, N_ARABIC, N_LATIN, OTHER, SIZES, Token
from .model import FROM_ARABIC, FROM_LATIN, SAME, LetterModel, Table, suffix_best

WIDEST = 6000
"""Candidates kept per query token; beyond, the weakest could not lead to a person anyway."""
NOTHING = -99.0
BOLD = 0.6
"""How much of the best possible ending a prefix is credited with; at 1 nothing is lost and half as fast."""


class Vocabulary:
    """Distinct tokens: letters, common prefixes, and how each model weighs them alone."""

    def __init__(self, tokens: list[Token], model: LetterModel) -> None:
        """`tokens` are distinct and sorted."""
        self.model = model
        self.size = len(tokens)
        self.starts = np.zeros(self.size + 1, np.int32)
        np.cumsum([len(t.codes) for t in tokens], out=self.starts[1:])
        self.letters = np.frombuffer(b"".join(t.codes for t in tokens), np.uint8)
        scripts = np.array([t.script for t in tokens], np.uint8)
        self.bounds = np.searchsorted(scripts, [ARABIC, LATIN, OTHER, OTHER + 1])
        self.lcp = _prefixes(tokens)
        self.weight = {
            script: self._weights(model.within[script], script) for script in (ARABIC, LATIN, OTHER)
        }
        self.cross = {script: self._weights(model.cross, script) for script in (ARABIC, LATIN)}

    def _weights(self, table: Table, script: int) -> np.ndarray:
        low, high = self.bounds[script], self.bounds[script + 1]
        out = np.zeros(self.size, np.float32)
        side = table.sides[script]
        kernels.marginals(
            self.letters, self.starts, low, high, SIZES[script], side.one, side.two, side.three, out
        )
        return out

    def token(self, place: int) -> Token:
        """The token at a place."""
        script = int(np.searchsorted(self.bounds, place, side="right")) - 1
        return Token(script, self.letters[self.starts[place] : self.starts[place + 1]].tobytes())

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        mine: list[np.ndarray] = [
            self.starts,
            self.letters,
            self.lcp,
            *self.weight.values(),
            *self.cross.values(),
        ]
        return sum(array.nbytes for array in mine)

    def repeated(self, token: Token) -> float:
        """What the same spelling again would score."""
        return score(self.model, token, token)

    def near(self, token: Token, floor: float) -> tuple[np.ndarray, np.ndarray]:
        """Places and scores of the tokens that score at least `floor` with this one, best first."""
        found = [self._scan(token, script, floor) for script in (ARABIC, LATIN, OTHER)]
        ids = np.concatenate([one for one, _ in found])
        scores = np.concatenate([two for _, two in found])
        order = np.argsort(-scores, kind="stable")[:WIDEST]
        return ids[order], scores[order]

    def complete(self, token: Token, places: np.ndarray, row: np.ndarray) -> None:
        """Write the scores of the tokens at these places into `row`, whatever they are."""
        for script in (ARABIC, LATIN, OTHER):
            mine = places[(places >= self.bounds[script]) & (places < self.bounds[script + 1])]
            table = self.model.table(token.script, script)
            if table is None or not len(mine):
                continue
            kind, query, n, *tables = laid_out(table, token, script)
            kernels.complete(  # type: ignore[call-arg]
                kind, query, alone(table, token), self._alone(token, script), self.letters, self.starts, mine, n,
                *tables, self.model.typos, row,
            )  # fmt: skip

    def _alone(self, token: Token, script: int) -> np.ndarray:
        return self.weight[script] if token.script == script else self.cross[script]

    def _scan(self, token: Token, script: int, floor: float) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.bounds[script], self.bounds[script + 1]
        table = self.model.table(token.script, script)
        if table is None or low == high:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        kind, query, n, *tables = laid_out(table, token, script)
        base = alone(table, token)
        typos = self.model.typos.copy()
        typos[0] = np.exp(floor + base)
        ids = np.empty(high - low, np.int32)
        scores = np.empty(high - low, np.float32)
        best = suffix_best(table.sides[token.script], token) ** BOLD
        count = kernels.scan(  # type: ignore[call-arg]
            kind, query, base, self._alone(token, script), best, self.letters, self.starts, self.lcp,
            low, high, n, *tables, typos, floor, ids, scores,
        )  # fmt: skip
        return ids[:count], scores[:count]


def laid_out(table: Table, token: Token, script: int) -> tuple[Any, ...]:
    """Which way round, the query, and the model's ratios with one column per letter of the query.

    A column for each letter makes a step of the scan read neighbouring numbers only.
    """
    query = np.frombuffer(token.codes, np.uint8).astype(np.int64)
    before, first = np.concatenate(([0], query[:-1])), np.arange(len(query)) == 0
    R1, R2, R3 = table.first, table.second, table.third
    none = np.zeros((1, 1), np.float32)
    if token.script == script:
        n = SIZES[script]
        pairs = before * n + query
        wide = np.ascontiguousarray(R3[:, pairs]) if len(R3) > 1 else none
        return (
            SAME, query, n, R1[:, 0].copy(), np.ascontiguousarray(R1[:, query]), np.ascontiguousarray(R2[:, query]),
            np.ascontiguousarray(R2[pairs].T), wide,
        )  # fmt: skip
    if token.script == LATIN:
        two = before * N_LATIN + query
        earlier = np.concatenate(([0, 0], query[:-2]))[: len(query)]
        three = earlier * N_LATIN**2 + two
        ends = np.where(first, 0, two)
        return (
            FROM_LATIN, query, N_ARABIC, R1[:, 0].copy(), np.ascontiguousarray(R1[:, query]),
            np.ascontiguousarray(R1[:, ends]), np.ascontiguousarray(R1[:, three]), np.ascontiguousarray(R2[:, query]),
        )  # fmt: skip
    letters = np.ascontiguousarray(R1[query].T)
    pairs = before * N_ARABIC + query
    return FROM_ARABIC, query, N_ARABIC, none[0], letters, none, none, np.ascontiguousarray(R2[pairs].T)


def alone(table: Table, token: Token) -> float:
    """What the model makes of one token alone."""
    out = np.zeros(1, np.float32)
    side = table.sides[token.script]
    kernels.marginals(
        np.frombuffer(token.codes, np.uint8), np.array([0, len(token.codes)], np.int32), 0, 1,
        SIZES[token.script], side.one, side.two, side.three, out,
    )  # fmt: skip
    return float(out[0])


def score(model: LetterModel, one: Token, two: Token) -> float:
    """Log odds that two tokens are one name; symmetric, `NOTHING` where there is no model."""
    table = model.table(one.script, two.script)
    if table is None:
        return NOTHING
    if one.script > two.script or (one.script == two.script and one.codes > two.codes):
        one, two = two, one
    kind, query, n, *tables = laid_out(table, one, two.script)
    value = kernels.pair(kind, query, np.frombuffer(two.codes, np.uint8), n, *tables, model.typos)  # type: ignore[call-arg]
    return float(np.log(value)) - alone(table, one) - alone(table, two) if value > 0 else NOTHING


def _prefixes(tokens: list[Token]) -> np.ndarray:
    lcp = np.zeros(len(tokens), np.uint8)
    for place in range(1, len(tokens)):
        one, two = tokens[place - 1], tokens[place]
        if one.script == two.script:
            common = 0
            for a, b in zip(one.codes, two.codes, strict=False):
                if a != b:
                    break
                common += 1
            lcp[place] = common
    return lcp
