"""Search over up to a million names, in memory.

People are lists of numbers of tokens, tokens are numbers in a sorted vocabulary, and each token lists its people. A
query's tokens are scored against the whole vocabulary once; the people of the tokens that come near are added up, and
the best few hundred are compared exactly. Nothing of this is ever written anywhere.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from . import kernels, spacing
from .asking import NOTHING
from .compare import INITIAL, LEAST, MISSING, TURNED
from .letters import Token, tokens_of
from .model import LetterModel, shipped
from .parts import NO_YEAR, Parts, read
from .people import YEAR_APART, YEARS
from .vocabulary import Near, Vocabulary, score

EXACT, EXACT_RESPACED = 1000, 200
"""How many people are compared exactly."""
GIVEN = 200_000
"""How many people may be reached by one query token, nearest tokens first."""
SHARE, FLOOR_LEAST, FLOOR_MOST = 0.25, 1.0, 4.0
"""A token comes near when it has this share of what a repetition would score, within these bounds."""
_WORTH = np.array([YEARS[distance] for distance in range(kernels.FARTHEST + 1)], np.float32)

Memory = dict[Token, Near]
"""What a vocabulary answered for a token."""


class Hit(NamedTuple):
    """A person found: place in the pool from 0, and the log odds."""

    place: int
    score: float


class Index:
    """A pool of names, and birth years where known."""

    def __init__(
        self,
        names: Iterable[str],
        years: Iterable[int | None] | None = None,
        model: LetterModel | None = None,
    ) -> None:
        """Read all names once; `years` goes along with them."""
        self._hold(read(names, years), model or shipped())

    @classmethod
    def of(cls, parts: Parts, model: LetterModel | None = None) -> "Index":
        """The index of names that were read before."""
        index = cls.__new__(cls)
        index._hold(parts, model or shipped())
        return index

    def _hold(self, parts: Parts, model: LetterModel) -> None:
        self.model = model
        self._token, self._start, self._year = parts.token, parts.start, parts.year
        self.size = len(self._year)
        self.hidden = np.zeros(self.size, bool)
        self.vocabulary = Vocabulary(parts.tokens, model)
        self._people = np.empty(len(self._token), np.int32)
        self._pstart = np.zeros(self.vocabulary.size + 1, np.int32)
        kernels.postings(self._token, self._start, self._people, self._pstart)
        self._lengths = np.diff(self._start).astype(np.uint8)
        self._points = np.zeros(self.size, np.float32)
        self._stamp = np.zeros(self.size, np.uint8)
        self._touched = np.zeros(self.size, np.int32)

    def search(
        self, name: str, year: int | None = None, top: int = 10, memory: Memory | None = None
    ) -> list[Hit]:
        """The people a name may belong to, best first; an empty name finds nobody.

        `memory` keeps what was found for each token, for a run over many names; its owner forgets it after the run.
        """
        tokens = tokens_of(name)
        if not tokens or not self.size or not self.vocabulary.size:
            return []
        memory = {} if memory is None else memory
        worth = [self.vocabulary.repeated(token) for token in tokens]
        near = self._near(tokens, [_floor(one) for one in worth], memory)
        who, values = self._found(tokens, near, year, EXACT)
        if spacing.is_weak(values, worth):
            who, values = self._respaced(tokens, worth, near, year, who, values)
        order = np.lexsort((who, -values))[:top]
        return [Hit(int(who[i]), float(values[i])) for i in order]

    def hide(self, rows: np.ndarray) -> None:
        """Find these people no more."""
        self.hidden[rows] = True

    def person(self, row: int) -> tuple[list[Token], int | None]:
        """The tokens of one person, and the birth year where known."""
        numbers = self._token[self._start[row] : self._start[row + 1]].tolist()
        return [self.vocabulary.token(number) for number in numbers], int(self._year[row]) or None

    def parts(self) -> Parts:
        """Everything it was made from, hidden people too."""
        tokens = [self.vocabulary.token(place) for place in range(self.vocabulary.size)]
        return Parts(tokens, self._token, self._start, self._year)

    @property
    def nbytes(self) -> int:
        """Bytes held for people and tokens."""
        mine = [value for value in vars(self).values() if isinstance(value, np.ndarray)]
        return sum(array.nbytes for array in mine) + self.vocabulary.nbytes

    def _near(self, tokens: Sequence[Token], floors: Sequence[float], memory: Memory) -> list[Near]:
        new = {token: floor for token, floor in zip(tokens, floors, strict=True) if token not in memory}
        found = self.vocabulary.near(list(new), list(new.values()))
        memory.update(zip(new, found, strict=True))
        return [memory[token] for token in tokens]

    def _found(
        self, tokens: Sequence[Token], near: Sequence[Near], year: int | None, most: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Who comes near by these tokens, and the exact score of each."""
        count = 0
        for mark, (ids, scores) in enumerate(near, 1):
            count = kernels.gather(
                ids, scores + np.float32(MISSING), self._pstart, self._people, GIVEN, self._stamp, mark,
                self._points, self._touched, count,
            )  # fmt: skip
        who = np.empty(most, np.int32)
        kept = kernels.best_of(
            self._touched, count, self._points, self._stamp, self._lengths, self.hidden, np.float32(MISSING),
            self._year, year or NO_YEAR, _WORTH, np.float32(YEAR_APART), most, who,
        )  # fmt: skip
        return who[:kept], self._exact(who[:kept], tokens, year)

    def _exact(self, who: np.ndarray, tokens: Sequence[Token], year: int | None) -> np.ndarray:
        numbers = np.empty(int(self._lengths[who].sum(dtype=np.int64)), np.int32)
        kernels.numbers_of(who, self._start, self._token, numbers)
        places, columns = np.unique(numbers, return_inverse=True)
        scores = self.vocabulary.scores(tokens, places)
        self._initials(tokens, places, scores)
        out = np.empty(len(who), np.float32)
        kernels.rank(who, self._lengths, columns, scores, MISSING, TURNED, LEAST, out)
        if year is not None:
            out += kernels.years_worth(self._year[who], year, _WORTH, np.float32(YEAR_APART))
        return out

    def _initials(self, tokens: Sequence[Token], places: np.ndarray, scores: np.ndarray) -> None:
        """A single letter earns part of what it is worth with the first letter of the other token."""
        lengths = np.diff(self.vocabulary.starts)[places]
        for row, token in enumerate(tokens):
            single = len(token.codes) == 1
            firsts: dict[Token, float] = {}
            for column in np.flatnonzero(lengths > 1 if single else lengths == 1).tolist():
                other = self.vocabulary.token(int(places[column]))
                one, two = (token, _first(other)) if single else (_first(token), other)
                if two not in firsts:
                    firsts[two] = INITIAL * score(self.model, one, two)
                scores[row, column] = max(scores[row, column], firsts[two])

    def _respaced(
        self, tokens: Sequence[Token], worth: Sequence[float], near: Sequence[Near], year: int | None,
        who: np.ndarray, values: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """What is found when a space was left out, put in or moved, along with what was found without."""
        memory = dict(zip(tokens, near, strict=True))
        variants = spacing.variants(tokens, worth, near)
        new = list({token: None for variant in variants for token in variant if token not in memory})
        self._near(new, [spacing.floor(self.vocabulary.repeated(token)) for token in new], memory)
        best = dict(zip(who.tolist(), values.tolist(), strict=True))
        for variant in spacing.promising(variants, memory, max(best.values(), default=NOTHING)):
            found = self._found(variant, [memory[token] for token in variant], year, EXACT_RESPACED)
            for one, value in zip(found[0].tolist(), found[1].tolist(), strict=True):
                best[one] = max(best.get(one, NOTHING), value - spacing.COST)
        return np.fromiter(best, np.int32, len(best)), np.fromiter(best.values(), np.float32, len(best))


def _floor(worth: float) -> float:
    return min(FLOOR_MOST, max(FLOOR_LEAST, SHARE * worth))


def _first(token: Token) -> Token:
    return Token(token.script, token.codes[:1])
