"""The distinct tokens of many names, sorted so that a scan reuses what beginnings have in common."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from . import lanes
from .asking import NOTHING, Query, alone, asked, grouped
from .letters import ARABIC, LATIN, OTHER, SIZES, Token
from .model import LetterModel, Table

WIDEST = 6000
"""Candidates kept per query token; beyond, the weakest could not lead to a person anyway."""
SCRIPTS = (ARABIC, LATIN, OTHER)
WORTH_TWO = 10_000
"""From so many tokens on, two threads share a scan."""
Near = tuple[np.ndarray, np.ndarray]
"""Places in the vocabulary and their scores, best first."""


class Vocabulary:
    """Distinct tokens: letters, common beginnings, and how each model weighs them alone."""

    def __init__(self, tokens: list[Token], model: LetterModel) -> None:
        """`tokens` are distinct and sorted."""
        self.model = model
        self.size = len(tokens)
        self.starts = np.zeros(self.size + 1, np.int32)
        np.cumsum([len(t.codes) for t in tokens], out=self.starts[1:])
        self.letters = np.frombuffer(b"".join(t.codes for t in tokens), np.uint8)
        scripts = np.array([t.script for t in tokens], np.uint8)
        self.bounds = np.searchsorted(scripts, [ARABIC, LATIN, OTHER, OTHER + 1]).tolist()
        self.lcp = np.zeros(self.size, np.uint8)
        lanes.common_beginnings(self.letters, self.starts, self.lcp)
        self.lcp[[low for low in self.bounds if low < self.size]] = 0
        self.weight = np.ones(self.size, np.float32)
        self.cross_weight = np.ones(self.size, np.float32)
        for script in SCRIPTS:
            self._weigh(model.within[script], script, self.weight)
            if script != OTHER:
                self._weigh(model.cross, script, self.cross_weight)

    def _weigh(self, table: Table, script: int, out: np.ndarray) -> None:
        side, (low, high) = table.sides[script], self._range(script)
        lanes.marginals(
            self.letters, self.starts, low, high, SIZES[script], side.one, side.two, side.three, out
        )

    def _range(self, script: int) -> tuple[int, int]:
        return self.bounds[script], self.bounds[script + 1]

    def token(self, place: int) -> Token:
        """The token at a place."""
        script = int(np.searchsorted(self.bounds, place, side="right")) - 1
        return Token(script, self.letters[self.starts[place] : self.starts[place + 1]].tobytes())

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(value.nbytes for value in vars(self).values() if isinstance(value, np.ndarray))

    def repeated(self, token: Token) -> float:
        """What the same spelling again would score."""
        return score(self.model, token, token)

    def near(self, tokens: Sequence[Token], floors: Sequence[float]) -> list[Near]:
        """For each token the places and scores of those that score at least its floor with it, best first."""
        found: list[Near] = [(np.empty(0, np.int32), np.empty(0, np.float32))] * len(tokens)
        for group in grouped(tokens):
            mine, least = [tokens[i] for i in group], [floors[i] for i in group]
            parts = [self._scan(mine, least, script) for script in SCRIPTS]
            for lane, i in enumerate(group):
                ids = np.concatenate([part[lane][0] for part in parts])
                scores = np.concatenate([part[lane][1] for part in parts])
                order = np.argsort(-scores, kind="stable")[:WIDEST]
                found[i] = ids[order], scores[order]
        return found

    def scores(self, tokens: Sequence[Token], places: np.ndarray) -> np.ndarray:
        """What each token scores with each of those at these sorted places, `[token, place]`."""
        out = np.full((len(tokens), len(places)), NOTHING, np.float32)
        cuts = np.searchsorted(places, self.bounds)
        for group in grouped(tokens):
            for script in SCRIPTS:
                low, high = cuts[script], cuts[script + 1]
                query = asked([tokens[i] for i in group], script, self.model) if low < high else None
                if query is not None:
                    part = np.empty((len(group), high - low), np.float32)
                    lanes.some(
                        self.letters, self.starts, self._alone(query, script), places[low:high], *query.tables,
                        query.ends, part,
                    )  # fmt: skip
                    out[group, low:high] = query.scores(part)
        return out

    def _alone(self, query: Query, script: int) -> np.ndarray:
        return self.weight if query.script == script else self.cross_weight

    def _scan(self, tokens: list[Token], floors: list[float], script: int) -> list[Near]:
        low, high = self._range(script)
        query = asked(tokens, script, self.model) if low < high else None
        if query is None:
            return [(np.empty(0, np.int32), np.empty(0, np.float32))] * len(tokens)
        best, least = query.bounds(tokens, floors)

        def part(bounds: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, list[int]]:
            ids = np.empty((len(tokens), bounds[1] - bounds[0]), np.int32)
            ratios = np.empty(ids.shape, np.float32)
            counts = np.zeros(len(tokens), np.int64)
            lanes.scan(
                self.letters, self.starts, self.lcp, self._alone(query, script), *bounds, *query.tables,
                best, least, query.ends, ids, ratios, counts,
            )  # fmt: skip
            return ids, ratios, counts.tolist()

        if high - low < WORTH_TWO:
            parts = [part((low, high))]
        else:
            middle = (low + high) // 2
            parts = list(_workers().map(part, ((low, middle), (middle, high))))
        found = []
        for lane in range(len(tokens)):
            ids = np.concatenate([ids[lane, : counts[lane]] for ids, _, counts in parts])
            ratios = np.concatenate([ratios[lane, : counts[lane]] for _, ratios, counts in parts])
            found.append((ids, query.score(lane, ratios)))
        return found


@lru_cache(maxsize=1)
def _workers() -> ThreadPoolExecutor:
    """Two threads for the loops, which hold no lock of the interpreter."""
    return ThreadPoolExecutor(2, "names")


def score(model: LetterModel, one: Token, two: Token) -> float:
    """Log odds that two tokens are one name; symmetric, `NOTHING` where there is no model."""
    if one.script > two.script or (one.script == two.script and one.codes > two.codes):
        one, two = two, one
    return float(scores_of(model, [one], [two])[0, 0])


def scores_of(model: LetterModel, left: Sequence[Token], right: Sequence[Token]) -> np.ndarray:
    """`score` of each with each, symmetric but for rounding."""
    out = np.full((len(left), len(right)), NOTHING, np.float32)
    for script in SCRIPTS:
        columns = [place for place, token in enumerate(right) if token.script == script]
        for group in grouped(left) if columns else ():
            query = asked([left[i] for i in group], script, model)
            if query is not None:
                theirs = [right[place] for place in columns]
                out[np.ix_(group, columns)] = _with_each(query, theirs)
    return out


def _with_each(query: Query, tokens: list[Token]) -> np.ndarray:
    starts = np.zeros(len(tokens) + 1, np.int32)
    np.cumsum([len(token.codes) for token in tokens], out=starts[1:])
    letters = np.frombuffer(b"".join(token.codes for token in tokens), np.uint8)
    ratios = np.empty((len(query.ends), len(tokens)), np.float32)
    places = np.arange(len(tokens), dtype=np.int32)
    none = np.ones(len(tokens), np.float32)
    lanes.some(letters, starts, none, places, *query.tables, query.ends, ratios)
    return query.scores(ratios) - np.array([alone(query.table, token) for token in tokens], np.float32)
