"""Search over up to a million names, in memory.

People are lists of numbers of tokens, tokens are numbers in a sorted vocabulary, and each token lists its people. A
query token is scored against the whole vocabulary once; the people of the tokens that come near are added up, and the
best few hundred are compared exactly. Nothing of this is ever written anywhere.
"""

import heapq
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from . import kernels
from .compare import LEAST, MISSING, TURNED
from .letters import MAX_LETTERS, Token, tokens_of
from .model import LetterModel, shipped
from .parts import NO_YEAR, Parts, read
from .people import YEAR_APART, YEARS
from .vocabulary import NOTHING, Vocabulary

EXACT = 1000
"""How many people are compared exactly."""
WEAK, SPACE = 0.45, 3.0
"""Below this share of what the name itself would score, other spacings are tried; each costs this much."""
SHARE, FLOOR_LEAST, FLOOR_MOST = 0.25, 1.0, 4.0
"""A token comes near when it has this share of what a repetition would score, within these bounds."""


Memory = dict[Token, tuple[np.ndarray, np.ndarray]]
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
        self._people, self._pstart = _postings(self._token, self._start, self.vocabulary.size)
        self._points = np.zeros(self.size, np.float32)
        self._stamp = np.zeros(self.size, np.uint8)
        self._touched = np.zeros(self.size, np.int32)
        self._lengths = np.diff(self._start).astype(np.uint8)

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
        found = self._found(tokens, year, memory)
        worth = sum(self.vocabulary.repeated(token) for token in tokens)
        if max(found.values(), default=0.0) < WEAK * worth:
            for variant in respaced(tokens):
                for place, score in self._found(variant, year, memory).items():
                    found[place] = max(found.get(place, -99.0), score - SPACE)
        best = heapq.nsmallest(top, ((-score, place) for place, score in found.items()))
        return [Hit(place, -score) for score, place in best]

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

    def _found(self, tokens: list[Token], year: int | None, memory: Memory) -> dict[int, float]:
        near = [self._near(token, memory) for token in tokens]
        who = self._candidates(near, year)
        if not len(who):
            return {}
        return dict(zip(who.tolist(), self._exact(who, tokens, near, year).tolist(), strict=True))

    def _near(self, token: Token, memory: Memory) -> tuple[np.ndarray, np.ndarray]:
        if token not in memory:
            memory[token] = self.vocabulary.near(token, self._floor(token))
        return memory[token]

    def _floor(self, token: Token) -> float:
        return float(np.clip(SHARE * self.vocabulary.repeated(token), FLOOR_LEAST, FLOOR_MOST))

    def _candidates(self, near: list[tuple[np.ndarray, np.ndarray]], year: int | None) -> np.ndarray:
        count = 0
        for mark, (ids, scores) in enumerate(near, 1):
            order = np.arange(len(ids))
            count = kernels.gather(
                ids,
                scores + MISSING,
                order,
                self._pstart,
                self._people,
                self._stamp,
                mark,
                self._points,
                self._touched,
                count,
            )
        who = self._touched[:count].copy()
        self._stamp[who] = 0
        points = self._points[who] - MISSING * self._lengths[who]
        self._points[who] = 0
        who, points = who[~self.hidden[who]], points[~self.hidden[who]]
        if year is not None:
            points += self._years(who, year)
        if len(who) > EXACT:
            who = who[np.argpartition(-points, EXACT)[:EXACT]]
        return who

    def _years(self, who: np.ndarray, year: int) -> np.ndarray:
        apart = np.abs(self._year[who] - year)
        value = np.full(len(who), YEAR_APART, np.float32)
        for distance, worth in YEARS.items():
            value[apart == distance] = worth
        value[self._year[who] == NO_YEAR] = 0
        return value

    def _exact(
        self,
        who: np.ndarray,
        tokens: list[Token],
        near: list[tuple[np.ndarray, np.ndarray]],
        year: int | None,
    ) -> np.ndarray:
        theirs = np.unique(np.concatenate([self._token[self._start[w] : self._start[w + 1]] for w in who]))
        dense = np.full((len(tokens), self.vocabulary.size), NOTHING, np.float32)
        for row, (token, (ids, scores)) in enumerate(zip(tokens, near, strict=True)):
            dense[row, ids] = scores
            self.vocabulary.complete(token, theirs[dense[row, theirs] == NOTHING], dense[row])
        bonus = self._years(who, year) if year is not None else np.zeros(len(who), np.float32)
        out = np.zeros(len(who), np.float32)
        kernels.rank(who, self._start, self._token, dense, len(near), MISSING, TURNED, LEAST, bonus, out)
        return out


def respaced(tokens: list[Token]) -> Iterator[list[Token]]:
    """The same letters with one space left out, put in or moved."""
    for place, token in enumerate(tokens):
        before, after = tokens[:place], tokens[place + 1 :]
        yield from ([*before, *halves, *after] for halves in _split(token))
        if after and after[0].script == token.script:
            joined = Token(token.script, (token.codes + after[0].codes)[:MAX_LETTERS])
            yield [*before, joined, *after[1:]]
            if min(len(token.codes), len(after[0].codes)) > 1:
                for halves in _split(joined, len(token.codes)):
                    yield [*before, *halves, *after[1:]]


def _split(token: Token, around: int | None = None) -> Iterator[list[Token]]:
    """The token cut in two, at least two letters each; one letter to the side of `around` if given."""
    for cut in range(2, len(token.codes) - 1):
        if around is None or abs(cut - around) == 1:
            yield [Token(token.script, token.codes[:cut]), Token(token.script, token.codes[cut:])]


def _postings(token: np.ndarray, start: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(token, kind="stable")
    owner = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))
    ends = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(token, minlength=size), out=ends[1:])
    return owner[order], ends
