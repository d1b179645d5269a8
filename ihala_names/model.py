"""The letter model: what operations between spellings are worth, read from the weights shipped beside it.

A score is a natural-log odds: how much likelier two spellings are to be one name than two names by chance. The three
models (Arabic with Latin, Arabic with Arabic, Latin with Latin) are probabilities of the same kind, each divided by
its own probability of either spelling alone, which is what makes their scores comparable.
"""

import gzip
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from .letters import ARABIC, LATIN, N_ARABIC, N_LATIN, N_OTHER, OTHER, SIZES, Token

WEIGHTS = Path(__file__).parent / "data" / "weights.tsv.gz"
INSERT, DROP, SUBSTITUTE, SWAP = 0.02, 0.02, 0.015, 0.3
"""The typo channel, as odds against the letters standing there by chance."""


@dataclass(frozen=True)
class Side:
    """What one model knows of one script alone."""

    one: np.ndarray
    two: np.ndarray
    three: np.ndarray
    best_one: np.ndarray
    best_two: np.ndarray
    best_three: np.ndarray


@dataclass(frozen=True)
class Table:
    """One model: ratios of its operations, as the kernels take them, and its two sides."""

    first: np.ndarray
    second: np.ndarray
    third: np.ndarray
    sides: dict[int, Side]


@dataclass(frozen=True)
class LetterModel:
    """The three models, and one for scripts of which nothing is known but whether letters are equal."""

    cross: Table
    within: tuple[Table, Table, Table]
    heard: np.ndarray
    """Probability of each Arabic letter with each group of none to three Latin letters."""
    laid_out: dict[tuple[int, int], Any] = field(default_factory=dict)
    """What `operations` made of it, by pair of scripts."""

    @cached_property
    def hearing(self) -> tuple[np.ndarray, np.ndarray]:
        """For each group of one to three Latin letters the Arabic letter it most likely writes, and how likely."""
        return self.heard.argmax(axis=0), np.log(np.maximum(self.heard.max(axis=0), 1e-12))

    def table(self, script: int, other: int) -> Table | None:
        """The model for a pair of scripts; None where there is none."""
        if script == other:
            return self.within[script]
        return None if OTHER in (script, other) else self.cross


def _side(one: np.ndarray, two: np.ndarray, three: np.ndarray, best: tuple[np.ndarray, ...]) -> Side:
    return Side(one + INSERT + SUBSTITUTE, two, three, *best)


def _none() -> np.ndarray:
    return np.zeros(1)


def _letter_chances(P1: np.ndarray, P2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How often each Arabic and each Latin letter stands in what the operations write."""
    n = N_LATIN
    grams = P1.sum(0)
    two, three = grams[: n * n].reshape(n, n).copy(), grams.reshape(n, n, n).copy()
    two[0], three[0], three[:, 0] = 0, 0, 0
    arabic = P1.sum(1) + P2.sum((1, 2)) + P2.sum((0, 2))
    latin = grams[:n] + two.sum(0) + two.sum(1) + P2.sum((0, 1))
    latin = latin + three.sum((0, 1)) + three.sum((0, 2)) + three.sum((1, 2))
    return _frequencies(arabic), _frequencies(latin)


def _gram_chances(letters: np.ndarray) -> np.ndarray:
    """The chance of each group of none to three letters."""
    n = len(letters)
    chance = np.ones(n**3)
    chance[1:n] = letters[1:]
    chance[n : n * n] = np.outer(letters, letters).ravel()[n:]
    chance[n * n :] = np.einsum("i,j,k->ijk", letters, letters, letters).ravel()[n * n :]
    return chance


def cross_table(P1: np.ndarray, P2: np.ndarray) -> Table:
    """Ratios from the probabilities of operations across scripts."""
    n = N_LATIN
    uA, uL = _letter_chances(P1, P2)
    chance = _gram_chances(uL)
    R1 = P1 / (uA[:, None] * chance)
    R1[1:, 1:n] += SUBSTITUTE
    R2 = P2 / np.einsum("i,j,k->ijk", uA, uA, uL)
    pairs = (P2.sum(2) / np.outer(uA, uA)).ravel()
    arabic = _side(P1.sum(1) / uA, pairs, _none(), (R1.max(1), R2.max(2).ravel(), _none()))
    m1, best = P1.sum(0) / chance, R1.max(0)
    m1[1:n] += P2.sum((0, 1))[1:] / uL[1:]
    best[1:n] = np.maximum(best[1:n], R2.max((0, 1))[1:])
    m2 = m1[: n * n].copy()
    m2[:n] = 0
    latin = _side(m1[:n].copy(), m2, m1, (best[:n].copy(), best[: n * n].copy(), best))
    no_pairs = np.zeros((1, 1), np.float32)
    sides = {ARABIC: arabic, LATIN: latin}
    return Table(R1.astype(np.float32), R2.reshape(-1, n).astype(np.float32), no_pairs, sides)


def _frequencies(counts: np.ndarray) -> np.ndarray:
    smoothed = counts + counts.sum() * 1e-5
    smoothed[0] = 1.0
    smoothed[1:] /= smoothed[1:].sum()
    return smoothed


def within_table(P1: np.ndarray, P2: np.ndarray, P3: np.ndarray, script: int) -> Table:
    """The same within one script."""
    n = SIZES[script]
    wide = P3.shape[0] > 1
    pair, cell = P2.sum(1).reshape(n, n), P2.sum(0)
    u = P1.sum(1) + pair.sum(0) + pair.sum(1) + cell
    if wide:
        quad = P3.sum(1).reshape(n, n)
        u = u + quad.sum(0) + quad.sum(1)
    u = _frequencies(u)
    uu = np.outer(u, u).ravel()
    R1, R2 = P1 / np.outer(u, u), P2 / np.outer(uu, u)
    R1[1:, 1:] += SUBSTITUTE
    R3 = P3 / np.outer(uu, uu) if wide else P3
    one, two = (P1.sum(1) + cell) / u, P2.sum(1) / uu
    best_one = np.maximum(R1.max(1), R2.max(0))
    best_two = R2.max(1)
    if wide:
        two, best_two = two + P3.sum(1) / uu, np.maximum(best_two, R3.max(1))
    side = _side(one, two, _none(), (best_one, best_two, _none()))
    return Table(R1.astype(np.float32), R2.astype(np.float32), R3.astype(np.float32), {script: side})


def _other_table() -> Table:
    n = N_OTHER
    P1 = np.eye(n) / (n - 1)
    P1[0, 0] = 0
    return within_table(P1, np.zeros((n * n, n)), np.zeros((1, 1)), OTHER)


def assemble(parts: dict[str, np.ndarray]) -> LetterModel:
    """The model from the probabilities that training gives."""
    return LetterModel(
        cross_table(parts["cross1"], parts["cross2"]),
        (
            within_table(parts["arabic1"], parts["arabic2"], np.zeros((1, 1)), ARABIC),
            within_table(parts["latin1"], parts["latin2"], parts["latin3"], LATIN),
            _other_table(),
        ),
        parts["cross1"],
    )


SHAPES = {
    "cross1": (N_ARABIC, N_LATIN**3), "cross2": (N_ARABIC, N_ARABIC, N_LATIN),
    "arabic1": (N_ARABIC, N_ARABIC), "arabic2": (N_ARABIC**2, N_ARABIC),
    "latin1": (N_LATIN, N_LATIN), "latin2": (N_LATIN**2, N_LATIN), "latin3": (N_LATIN**2, N_LATIN**2),
}  # fmt: skip


def save(parts: dict[str, np.ndarray], path: Path) -> None:
    """One line per operation: table, place, probability; the same training gives the same bytes."""
    lines = []
    for name in SHAPES:
        flat = parts[name].ravel()
        lines += [f"{name}\t{place}\t{flat[place]:.4g}" for place in np.flatnonzero(flat)]
    with path.open("wb") as stream, gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
        packed.write(("\n".join(lines) + "\n").encode())


def load(path: Path = WEIGHTS) -> LetterModel:
    """The model from a file that `save` wrote."""
    parts = {name: np.zeros(int(np.prod(shape))) for name, shape in SHAPES.items()}
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        name, place, value = line.split("\t")
        parts[name][int(place)] = float(value)
    return assemble({name: flat.reshape(SHAPES[name]) for name, flat in parts.items()})


@lru_cache(maxsize=1)
def shipped() -> LetterModel:
    """The model that comes with the package, read once."""
    return load()


def suffix_best(side: Side, token: Token) -> np.ndarray:
    """For each place of the token, the best factor the letters after it can bring."""
    codes, n = token.codes, SIZES[token.script]
    best = np.ones(len(codes) + 1)
    for i in range(len(codes) - 1, -1, -1):
        value = max(side.best_one[codes[i]], INSERT) * best[i + 1]
        if i + 2 <= len(codes) and len(side.best_two) > 1:
            value = max(value, side.best_two[codes[i] * n + codes[i + 1]] * best[i + 2])
        if i + 3 <= len(codes) and len(side.best_three) > 1:
            value = max(
                value, side.best_three[(codes[i] * n + codes[i + 1]) * n + codes[i + 2]] * best[i + 3]
            )
        best[i] = value
    return best
