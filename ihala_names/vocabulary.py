"""The distinct tokens of many names, sorted so that a scan reuses what prefixes have in common."""

import numpy as np

from . import kernels
from .letters import ARABIC, LATIN, OTHER, Token
from .model import FROM_ARABIC, FROM_LATIN, SAME, SIZES, LetterModel, Table, suffix_best

WIDEST = 6000
"""Candidates kept per query token; beyond, the weakest could not lead to a person anyway."""
NOTHING = -99.0


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

    def _prepared(self, token: Token, script: int, table: Table) -> tuple[int, np.ndarray, np.ndarray, float]:
        same = token.script == script
        kind = SAME if same else (FROM_LATIN if token.script == LATIN else FROM_ARABIC)
        weights = self.weight[script] if same else self.cross[script]
        query = np.frombuffer(token.codes, np.uint8).astype(np.int64)
        return kind, weights, query, alone(table, token)

    def complete(self, token: Token, places: np.ndarray, row: np.ndarray) -> None:
        """Write the scores of the tokens at these places into `row`, whatever they are."""
        for script in (ARABIC, LATIN, OTHER):
            mine = places[(places >= self.bounds[script]) & (places < self.bounds[script + 1])]
            table = self.model.table(token.script, script)
            if table is None or not len(mine):
                continue
            kind, weights, query, base = self._prepared(token, script, table)
            kernels.complete(
                kind, query, base, weights, self.letters, self.starts, mine,
                table.first, table.second, table.third, self.model.typos, row,
            )  # fmt: skip

    def _scan(self, token: Token, script: int, floor: float) -> tuple[np.ndarray, np.ndarray]:
        low, high = self.bounds[script], self.bounds[script + 1]
        table = self.model.table(token.script, script)
        if table is None or low == high:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        kind, weights, query, base = self._prepared(token, script, table)
        typos = self.model.typos.copy()
        typos[0] = np.exp(floor + base)
        ids = np.empty(high - low, np.int32)
        scores = np.empty(high - low, np.float32)
        count = kernels.scan(
            kind, query, base, weights, suffix_best(table.sides[token.script], token), self.letters, self.starts,
            self.lcp, low, high, table.first, table.second, table.third, typos, floor, ids, scores,
        )  # fmt: skip
        return ids[:count], scores[:count]


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
    kind = SAME if one.script == two.script else FROM_ARABIC
    value = kernels.pair(
        kind, np.frombuffer(one.codes, np.uint8).astype(np.int64), np.frombuffer(two.codes, np.uint8),
        table.first, table.second, table.third, model.typos,
    )  # fmt: skip
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
