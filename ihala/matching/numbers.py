"""Telephones and documents of many people in one text, so that a part of one is found by a single pass over it."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping

MOST = 5000
"""Places looked at for one part; what is more common than that names nobody."""
BETWEEN = "\n"


class Numbers:
    """Made anew by the first search after a change; numbers of one person stand side by side."""

    def __init__(self, numbers: Mapping[bytes, tuple[str, ...]]) -> None:
        self._keys = list(numbers)
        pieces = [BETWEEN.join(own) for own in numbers.values()]
        self._starts = [0]
        for piece in pieces:
            self._starts.append(self._starts[-1] + len(piece) + len(BETWEEN))
        self._text = BETWEEN.join(pieces)

    def holding(self, part: str) -> set[bytes]:
        """Who has a number with this in it."""
        return {self._owner(at) for at in places(self._text, part)}

    def nearly(self, number: str) -> set[bytes]:
        """Who has a number with this in it but for one sign."""
        return {self._owner(at) for at in nearly_at(self._text, number)}

    def _owner(self, at: int) -> bytes:
        return self._keys[bisect_right(self._starts, at) - 1]


def places(text: str, part: str) -> Iterator[int]:
    """Where it stands, at most `MOST` times."""
    at, left = text.find(part), MOST
    while at >= 0 and left:
        yield at
        at, left = text.find(part, at + 1), left - 1


def nearly_at(text: str, number: str) -> Iterator[int]:
    """Where it stands but for one sign. One half of it is right then, so only there it is looked at sign by sign."""
    middle = len(number) // 2
    for half, before in ((number[:middle], 0), (number[middle:], middle)):
        for at in places(text, half):
            start = at - before
            stretch = text[start : start + len(number)] if start >= 0 else ""
            if len(stretch) == len(number) and sum(map(str.__ne__, stretch, number)) <= 1:
                yield at
