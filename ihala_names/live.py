"""An index that follows its people: put, replace, remove, search, explain, snapshot. In memory only.

People have keys of sixteen bytes (a UUID's) and one or more names. Most of them stand in one settled index; those who
changed since stand in a small one beside it, made anew by the first search after a change, and both are joined when
the small one grows. Whoever is removed is found by no search that begins afterwards; `compact` takes the last letter
of their names out of memory, and so does `snapshot`.
"""

import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from . import parts as parts_of
from .compare import best_assignment, token_scores
from .index import Index
from .letters import tokens_of
from .model import LetterModel, shipped
from .parts import BadSnapshot
from .people import year_evidence

KEY_BYTES = 16
FRESH_MOST = 1000
"""So many changed people are kept beside the settled ones; joining a million takes about a second."""
LOOKED_AT = 10
"""Rows looked at for each person wanted: one person may be found by several of their names."""


class Found(NamedTuple):
    """A person found, by key, and the log odds."""

    key: bytes
    score: float


class Reason(NamedTuple):
    """Which part of the query answered which part of the person's name, and what that says in log odds."""

    query: str
    person: str
    score: float


class Explanation(NamedTuple):
    """Why a person was found: pairs of parts, what the birth year says (0 where one is unknown), and the sum."""

    pairs: tuple[Reason, ...]
    birth_year: float
    score: float


Row = tuple[bytes, str, int | None]


class LiveIndex:
    """People by key. Every method may be called from any thread; one runs at a time."""

    _beside: tuple[Index, np.ndarray] | None

    def __init__(self, people: Iterable[Row] = (), model: LetterModel | None = None) -> None:
        """`people` are (key, name, birth year or None), a person with several names once for each."""
        self._lock = threading.RLock()
        self._model = model or shipped()
        keys: list[bytes] = []

        def names() -> Iterable[tuple[str, int | None]]:
            for key, name, year in people:
                keys.append(_checked(key))
                yield name, year

        self._settle(_read(names()), keys)

    @classmethod
    def load(cls, snapshot: bytes, model: LetterModel | None = None) -> "LiveIndex":
        """The index that wrote this snapshot; `BadSnapshot` for other bytes."""
        parts, keys = parts_of.unpack(snapshot)
        if len(keys) != KEY_BYTES * len(parts.year):
            raise BadSnapshot("the snapshot of people has not one key for each name")
        index = cls(model=model)
        index._settle(parts, np.frombuffer(keys, f"S{KEY_BYTES}"))
        return index

    def snapshot(self) -> bytes:
        """Everything as bytes, without a trace of whoever was removed. It holds names: seal it."""
        with self._lock:
            self.compact()
            return parts_of.pack(self._index.parts(), self._keys.tobytes())

    def put(self, key: bytes, names: str | Sequence[str], year: int | None = None) -> None:
        """Add a person, or replace all that was known of them."""
        with self._lock:
            self.remove(_checked(key))
            self._fresh[key] = ((names,) if isinstance(names, str) else tuple(names), year)
            self._beside = None
            if len(self._fresh) > FRESH_MOST:
                self.compact()

    def remove(self, key: bytes) -> bool:
        """Take a person out; false when they were not there."""
        with self._lock:
            rows = self._rows(_checked(key))
            known = bool(len(rows))
            self._index.hide(rows)
            if self._fresh.pop(key, None) is not None:
                self._beside = None
                known = True
            return known

    def search(self, name: str, year: int | None = None, top: int = 10) -> list[Found]:
        """The people a name may belong to, best first, each once."""
        with self._lock:
            found: dict[bytes, float] = {}
            beside, keys = self._beside_now()
            for index, owners in ((self._index, self._keys), (beside, keys)):
                for hit in index.search(name, year, top * LOOKED_AT):
                    key = _whole(owners[hit.place])
                    found[key] = max(found.get(key, hit.score), hit.score)
            best = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:top]
            return [Found(key, score) for key, score in best]

    def explain(self, name: str, key: bytes, year: int | None = None) -> Explanation | None:
        """Why this person is found by this name; None when the person is not here."""
        with self._lock:
            beside, keys = self._beside_now()
            query = tokens_of(name)
            best: Explanation | None = None
            for index, rows in (
                (self._index, self._rows(_checked(key))),
                (beside, np.flatnonzero(keys == key)),
            ):
                for row in rows:
                    found = self._explained(index, int(row), query, year)
                    best = found if best is None or found.score > best.score else best
            return best

    def __len__(self) -> int:
        """How many people."""
        with self._lock:
            here = self._keys[~self._index.hidden]
            return len(np.unique(here)) + len(self._fresh)

    def __contains__(self, key: object) -> bool:
        """Whether the person is here."""
        with self._lock:
            return isinstance(key, bytes) and (key in self._fresh or bool(len(self._rows(_checked(key)))))

    @property
    def nbytes(self) -> int:
        """Bytes held for the settled people."""
        return self._index.nbytes + self._keys.nbytes + self._order.nbytes

    def compact(self) -> None:
        """Join what changed to what is settled; nothing of a removed name is left in memory."""
        with self._lock:
            if not self._fresh and not self._index.hidden.any():
                return
            beside, keys = self._beside_now()
            keep = ~self._index.hidden
            parts = parts_of.joined(parts_of.kept(self._index.parts(), keep), beside.parts())
            self._settle(parts, np.concatenate((self._keys[keep], keys)))

    def _settle(self, parts: parts_of.Parts, keys: Sequence[bytes] | np.ndarray) -> None:
        self._keys = np.array(keys, f"S{KEY_BYTES}")
        self._order = np.argsort(self._keys).astype(np.int32)
        self._index = Index.of(parts, self._model)
        self._fresh: dict[bytes, tuple[tuple[str, ...], int | None]] = {}
        self._beside = None

    def _beside_now(self) -> tuple[Index, np.ndarray]:
        if self._beside is None:
            rows = [(key, name, year) for key, (names, year) in self._fresh.items() for name in names]
            index = Index((name for _, name, _ in rows), (year for *_, year in rows), self._model)
            self._beside = index, np.array([key for key, *_ in rows], f"S{KEY_BYTES}")
        return self._beside

    def _rows(self, key: bytes) -> np.ndarray:
        low, high = (np.searchsorted(self._keys, key, side, sorter=self._order) for side in ("left", "right"))
        rows = self._order[low:high]
        return rows[~self._index.hidden[rows]]

    def _explained(self, index: Index, row: int, query: list, year: int | None) -> Explanation:
        tokens, born = index.person(row)
        says = year_evidence(year, born)
        if not query or not tokens:
            return Explanation((), says, says)
        found = best_assignment(token_scores(query, tokens, self._model))
        pairs = (Reason(query[p.left].text(), tokens[p.right].text(), p.score) for p in found.pairs)
        return Explanation(tuple(pairs), says, found.score + says)


def _read(rows: Iterable[tuple[str, int | None]]) -> parts_of.Parts:
    """Names and years from one stream, so that a million rows need not be held twice."""
    years: list[int | None] = []

    def names() -> Iterable[str]:
        for name, year in rows:
            years.append(year)
            yield name

    return parts_of.read(names(), years)


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    return key


def _whole(key: bytes) -> bytes:
    """numpy leaves zeros at the end of bytes out."""
    return bytes(key).ljust(KEY_BYTES, b"\0")
