"""The unit that compares two organisations' encodings. It has no key, no name and no way out but its answer.

Runs in a process of its own (`bare`) that is started for one run and ended after it. It sees how many records there
are and how alike two of them are, and nothing about whom they are.
"""

from base64 import b64decode, b64encode
from typing import Any

import numpy as np

from ihala_names import hardened

from . import bare

SURE = 0.88
"""Share of common features from which it is the same person. Brothers and sisters with given names of their own came to
0.79 at most; names of two parts that differ in one letter of one part, with the same year, come to 0.87."""
PERHAPS = 0.5
"""From here on people look closer. In the other script 99 % of names reach it, 96 % with a wrong letter and a year that
is one off; of 600 strangers asked among 3,000 records one in fifteen does, where names are common nearly one in two."""
JOINT = hardened.THRESHOLD
"""For a count nobody looks at pairs, so it counts from where errors in both directions are about even."""

YES, NO, CLOSER = "yes", "no", "closer"
Encoded = dict[str, Any]


def bits_of(encoded: Encoded) -> np.ndarray:
    """The rows of bits as 64-bit words."""
    flat = np.frombuffer(
        bytearray(b64decode(encoded["bits"])), np.uint64
    )  # writable, as the compiled loops expect
    return flat.reshape(len(encoded["owners"]), hardened.BITS // 64)


def nearest(one: Encoded, others: Encoded) -> tuple[str, int | None]:
    """Is the one person of `one` among `others`? The answer, and the place of the record that it rests on."""
    mine = set(one["marks"][0]) if one["marks"] else set()
    shared = {place: mine & set(marks) for place, marks in enumerate(others["marks"]) if mine & set(marks)}
    for document, marks in shared.items():
        if any(mark.startswith("d") for mark in marks):
            return YES, document
    share, place = _most_alike(one, others)
    if place is not None and (share >= SURE or (place in shared and share >= PERHAPS)):
        return YES, place
    if shared:
        return CLOSER, next(iter(shared))
    return (CLOSER, place) if share >= PERHAPS else (NO, None)


def _most_alike(one: Encoded, others: Encoded) -> tuple[float, int | None]:
    left, right = bits_of(one), bits_of(others)
    if not len(left) or not len(right):
        return 0.0, None
    apart = np.stack([np.bitwise_count(row ^ right).sum(axis=1, dtype=np.int64) for row in left]).min(axis=0)
    best = int(apart.argmin())
    return 1.0 - 2.0 * float(apart[best]) / hardened.BITS, others["owners"][best]


def joint(one: Encoded, others: Encoded) -> int:
    """How many people stand in both lists, each counted once."""
    pairs = [
        (link.score, one["owners"][link.left], others["owners"][link.right])
        for link in hardened.compare(bits_of(one), bits_of(others), JOINT)
    ]
    documents: dict[str, int] = {
        mark: place for place, marks in enumerate(others["marks"]) for mark in marks if mark.startswith("d")
    }
    for place, marks in enumerate(one["marks"]):
        pairs += [(1.0, place, documents[mark]) for mark in marks if mark in documents]
    left: set[int] = set()
    right: set[int] = set()
    for _score, mine, theirs in sorted(pairs, reverse=True):
        if mine not in left and theirs not in right:
            left.add(mine)
            right.add(theirs)
    return len(left)


def answer(question: dict[str, Any]) -> Any:
    """`{"of": "nearest" or "joint", "one": …, "others": …}`."""
    if question["of"] == "joint":
        return joint(question["one"], question["others"])
    return nearest(question["one"], question["others"])


def main() -> None:
    """Load and compile while files can still be read, by the very way an answer takes, then answer."""
    row = hardened.encode([hardened.Record("", "x", 1990, ())], hardened.new_key())
    one = {"bits": b64encode(row.tobytes()).decode(), "owners": [0], "marks": [[]]}
    for of in ("nearest", "joint"):
        answer({"of": of, "one": one, "others": one})
    bare.serve(answer)


if __name__ == "__main__":
    main()
