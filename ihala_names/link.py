"""Link two lists of people: who stands in both?

Each person of one list is searched in the other; then pairs are taken best first, so that nobody is given away twice.
Brothers and sisters share a family name and a father's name: their own first names tell them apart, and where the list
holds the right one as well, one-to-one assignment gives each their own.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from .reading import BadInput, rows_of, year_of

THRESHOLD = 9.0
"""Log odds from which a pair counts; a hundred million pairs of strangers bring about ten thousand chances."""
NEAREST = 5


class Record(NamedTuple):
    """One line of a list: its own id, a name, a birth year where known, and anything else as text."""

    key: str
    name: str
    year: int | None
    more: tuple[str, ...]


class Link(NamedTuple):
    """Places in the two lists, and how sure."""

    left: int
    right: int
    score: float


def read_records(path: Path) -> list[Record]:
    """`id TAB name TAB birth year TAB …`; ids are unique."""
    records: list[Record] = []
    seen: dict[str, int] = {}
    for number, fields in rows_of(path, least=2):
        if fields[0] in seen:
            raise BadInput(
                f"{path}, line {number}: id '{fields[0][:40]}' stands on line {seen[fields[0]]} already"
            )
        seen[fields[0]] = number
        year = year_of(fields[2] if len(fields) > 2 else "", path, number)
        records.append(Record(fields[0], fields[1], year, tuple(fields[3:])))
    return records


def one_to_one(pairs: list[Link], threshold: float) -> list[Link]:
    """Pairs from the threshold on, best first, each person at most once; ties go to the earlier lines."""
    left: set[int] = set()
    right: set[int] = set()
    taken = []
    for pair in sorted(pairs, key=lambda pair: (-pair.score, pair.left, pair.right)):
        if pair.score < threshold:
            break
        if pair.left not in left and pair.right not in right:
            left.add(pair.left)
            right.add(pair.right)
            taken.append(pair)
    return taken


def link(left: list[Record], right: list[Record], threshold: float = THRESHOLD) -> list[Link]:
    """Link in clear, within one organisation: names by the letter model, birth years, and whatever else is equal."""
    from .index import Index, Memory

    index = Index((record.name for record in right), [record.year for record in right])
    worth = Others(left, right)
    memory: Memory = {}
    pairs = []
    for place, record in enumerate(left):
        for hit in index.search(record.name, record.year, NEAREST, memory):
            pairs.append(Link(place, hit.place, hit.score + worth.of(record, right[hit.place])))
    return one_to_one(pairs, threshold)


class Others:
    """What further columns say: equal values count by how rare they are, different ones a little against."""

    DIFFERS = -0.7

    def __init__(self, left: list[Record], right: list[Record]) -> None:
        """Count the values of each column once."""
        self._total = len(left) + len(right)
        self._counts: dict[tuple[int, str], int] = {}
        for record in (*left, *right):
            for column, value in enumerate(record.more):
                key = (column, _plain(value))
                self._counts[key] = self._counts.get(key, 0) + 1

    def of(self, one: Record, two: Record) -> float:
        """The log odds of all further columns of a pair."""
        total = 0.0
        for column, (left, right) in enumerate(zip(one.more, two.more, strict=False)):
            a, b = _plain(left), _plain(right)
            if a and b:
                rare = float(np.log(self._total / self._counts[column, a]))
                total += min(8.0, max(0.0, rare)) if a == b else self.DIFFERS
        return total


def _plain(value: str) -> str:
    return "".join(c for c in value.casefold() if c.isalnum())
