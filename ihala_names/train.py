"""Learn the letter model from attested pairs of spellings (`ihala names train`).

Joint multigrams (Bisani & Ney, Speech Communication 50, 2008) with one Arabic letter to none to three Latin letters,
or two to one; the two models within one script learn from spellings that share their counterpart in the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import learning
from .letters import ARABIC, ARABIC_LETTERS, LATIN, N_ARABIC, N_LATIN, tokens_of
from .reading import BadInput, rows_of

VARIANTS = (("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ة", "ه"), ("ى", "ي"), ("ؤ", "و"), ("ئ", "ي"))
"""Written with less care, the left letter is the right one; training shows each pair both ways."""
FOREIGN = (
    ("پ", "p", "ب"), ("چ", "ch", "ج"), ("چ", "tch", "ش"), ("چ", "k", "ك"), ("گ", "g", "ج"), ("گ", "g", "ك"),
    ("گ", "g", "غ"), ("گ", "gh", "ق"), ("ژ", "j", "ج"), ("ژ", "zh", "ز"), ("ژ", "g", "ج"), ("ڤ", "v", "ف"),
    ("ڤ", "w", "و"),
)  # fmt: skip
"""Letters too rare in the data to learn: what they sound like, and what is written in their place."""


class Pair(NamedTuple):
    """One attested pair of spellings and how much it counts."""

    arabic: bytes
    latin: bytes
    weight: float


def read_pairs(path: Path) -> list[Pair]:
    """Pairs of single tokens from a file of `arabic TAB latin TAB count TAB …` with a header."""
    pairs = []
    for number, row in rows_of(path, least=3, header="arabic"):
        if not row[2].isdecimal():
            raise BadInput(f"{path}, line {number}: '{row[2][:20]}' is no count; a whole number is expected")
        arabic, latin = tokens_of(row[0]), tokens_of(row[1])
        if len(arabic) == len(latin) == 1 and (arabic[0].script, latin[0].script) == (ARABIC, LATIN):
            pairs.append(Pair(arabic[0].codes, latin[0].codes, min(float(row[2]), 20.0) ** 0.5))
    return pairs


def _plain(codes: bytes) -> bytes:
    table = {ARABIC_LETTERS.index(a) + 1: ARABIC_LETTERS.index(b) + 1 for a, b in VARIANTS}
    return bytes(table.get(code, code) for code in codes)


def _packed(tokens: Iterable[bytes]) -> tuple[np.ndarray, np.ndarray]:
    tokens = list(tokens)
    starts = np.zeros(len(tokens) + 1, np.int64)
    np.cumsum([len(token) for token in tokens], out=starts[1:])
    return np.frombuffer(b"".join(tokens), np.uint8).astype(np.int64), starts


def _start_cross(latin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where learning begins: letters by their frequency, longer groups rarer."""
    P1 = np.zeros((N_ARABIC, N_LATIN**3))
    letters = np.bincount(latin, minlength=N_LATIN) / len(latin)
    letters[0] = 0
    P1[:, 0] = 0.1
    P1[:, 1:N_LATIN] = letters[1:]
    two = np.outer(letters[1:], letters[1:])
    pairs_at = (np.arange(1, N_LATIN)[:, None] * N_LATIN + np.arange(1, N_LATIN)).ravel()
    P1[:, pairs_at] = two.ravel() * 0.3
    triples_at = (np.arange(1, N_LATIN)[:, None] * N_LATIN**2 + pairs_at).ravel()
    P1[:, triples_at] = np.outer(letters[1:], two).ravel() * 0.02
    P2 = np.zeros((N_ARABIC, N_ARABIC, N_LATIN)) + letters * 1e-3
    return P1, P2


def train_cross(pairs: list[Pair], rounds: int = 8, discount: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of the operations across scripts: `[N_ARABIC, N_LATIN**3]` and `[N_ARABIC, N_ARABIC, N_LATIN]`."""
    careless = [
        Pair(_plain(p.arabic), p.latin, p.weight * 0.35) for p in pairs if _plain(p.arabic) != p.arabic
    ]
    both = pairs + careless
    arabic, astart = _packed(p.arabic for p in both)
    latin, lstart = _packed(p.latin for p in both)
    weight = np.array([p.weight for p in both])
    P1, P2 = _start_cross(latin)
    for turn in range(rounds):
        total = P1.sum() + P2.sum()
        P1, P2 = P1 / total, P2 / total
        C1, C2 = np.zeros_like(P1), np.zeros_like(P2)
        learning.expect_cross(arabic, astart, latin, lstart, weight, P1, P2, C1, C2)
        cut = discount * min(1.0, turn / 3)
        P1, P2 = np.maximum(C1 - cut, 0), np.maximum(C2 - 2 * cut, 0)
        _foreign_cross(P1)
    total = P1.sum() + P2.sum()
    return P1 / total, P2 / total


def _code(letter: str) -> int:
    return ARABIC_LETTERS.index(letter) + 1


def gram(text: str) -> int:
    """Index of one to three Latin letters."""
    index = 0
    for character in text:
        index = index * N_LATIN + ord(character) - 96
    return index


def _foreign_cross(P1: np.ndarray) -> None:
    for letter, sound, _ in FOREIGN:
        for vowel in ("", "a", "i", "e", "o"):
            if len(sound + vowel) < 4:
                P1[_code(letter), gram(sound + vowel)] += 5.0


def siblings(pairs: list[Pair], side: str, limit: int = 6) -> Iterator[tuple[bytes, bytes, float]]:
    """Two spellings that share their counterpart, most frequent first, at most `limit` per counterpart."""
    groups: dict[bytes, list[tuple[float, bytes]]] = defaultdict(list)
    for pair in pairs:
        mine, other = (pair.latin, pair.arabic) if side == "latin" else (pair.arabic, pair.latin)
        groups[other].append((pair.weight, mine))
    for group in groups.values():
        best = sorted(group, reverse=True)[:limit]
        total = sum(weight for weight, _ in best)
        for w1, one in best:
            for w2, two in best:
                yield one, two, w1 * w2 / total


def _alike(pairs: list[Pair], side: str, exact: float) -> list[tuple[bytes, bytes, float]]:
    found = list(siblings(pairs, side))
    if side == "arabic":
        for pair in pairs:
            plain = _plain(pair.arabic)
            if plain != pair.arabic:
                found += [(pair.arabic, plain, pair.weight * 0.3), (plain, pair.arabic, pair.weight * 0.3)]
    return found + [(getattr(p, side), getattr(p, side), p.weight * exact) for p in pairs]


def train_same(
    pairs: list[Pair], side: str, rounds: int = 5, exact: float = 1.0, discount: float = 0.3
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities of the operations within one script; `exact` weighs a spelling that is simply repeated."""
    n = N_LATIN if side == "latin" else N_ARABIC
    found = _alike(pairs, side, exact)
    left, lstart = _packed(one for one, _, _ in found)
    right, rstart = _packed(two for _, two, _ in found)
    weight = np.array([w for _, _, w in found])
    P1 = np.full((n, n), 0.05 / n) + np.eye(n)
    P1[0, 0] = 0
    P2 = np.full((n * n, n), 0.01 / n)
    P3 = np.full((n * n, n * n), 0.001 / n) if side == "latin" else np.zeros((1, 1))
    for turn in range(rounds):
        total = P1.sum() + P2.sum() + P3.sum()
        P1, P2, P3 = P1 / total, P2 / total, P3 / total
        C1, C2, C3 = np.zeros_like(P1), np.zeros_like(P2), np.zeros_like(P3)
        learning.expect_same(left, lstart, right, rstart, weight, n, P1, P2, P3, C1, C2, C3)
        cut = discount * min(1.0, turn / 2)
        P1, P2, P3 = np.maximum(C1 - cut, 0), np.maximum(C2 - 2 * cut, 0), np.maximum(C3 - 3 * cut, 0)
        P1, P3 = (P1 + P1.T) / 2, (P3 + P3.T) / 2
        if side == "arabic":
            _foreign_same(P1)
    total = P1.sum() + P2.sum() + P3.sum()
    return P1 / total, P2 / total, P3 / total


def _foreign_same(P1: np.ndarray) -> None:
    for letter, _, stand_in in FOREIGN:
        one, two = _code(letter), _code(stand_in)
        P1[one, two] += 2.0
        P1[two, one] += 2.0
        P1[one, one] += 5.0


def train(pairs: list[Pair]) -> dict[str, np.ndarray]:
    """All three models; seconds for fifty thousand pairs."""
    cross1, cross2 = train_cross(pairs)
    latin1, latin2, latin3 = train_same(pairs, "latin")
    arabic1, arabic2, _ = train_same(pairs, "arabic")
    return {
        "cross1": cross1, "cross2": cross2, "arabic1": arabic1, "arabic2": arabic2,
        "latin1": latin1, "latin2": latin2, "latin3": latin3,
    }  # fmt: skip
