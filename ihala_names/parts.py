"""Names as numbers: the distinct parts in order, for each name its parts, and how that is packed and unpacked.

This is all an index is made from. A packed form holds names: whoever keeps it seals it.
"""

import struct
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .letters import MAX_LETTERS, MAX_TOKENS, OTHER, SIZES, Token, is_compound_part, tokens_of

NO_YEAR = 0
MAGIC = b"ihala_names parts 1\n"
_HEAD = struct.Struct("<QQQQ")


class BadSnapshot(ValueError):
    """Bytes that no snapshot of this library is made of."""


class Parts(NamedTuple):
    """Distinct tokens, sorted; the numbers of all names' tokens one after the other; where each name begins; years."""

    tokens: list[Token]
    token: np.ndarray
    start: np.ndarray
    year: np.ndarray


def read(names: Iterable[str], years: Iterable[int | None] | None = None) -> Parts:
    """Read all names once; `years` goes along with them."""
    known: dict[Token, int] = {}
    simple: dict[str, int] = {}
    flat, starts = [], [0]
    for name in names:
        words = name.split()
        found = [simple.get(word, -1) for word in words]
        if -1 in found or len(found) > MAX_TOKENS:
            found = [known.setdefault(token, len(known)) for token in tokens_of(name)]
            for word in words:
                _remember(word, simple, known)
        flat += found
        starts.append(len(flat))
    year = np.zeros(len(starts) - 1, np.int16)
    if years is not None:
        year[:] = np.fromiter((year or NO_YEAR for year in years), np.int16, len(year))
    return _ordered(known, np.array(flat, np.int32), np.array(starts, np.int32), year)


def _remember(word: str, simple: dict[str, int], known: dict[Token, int]) -> None:
    """Words that always give the same one token need not be read again while these names are read."""
    if word in simple or is_compound_part(word):
        return
    tokens = tokens_of(word)
    if len(tokens) == 1 and tokens[0] in known:
        simple[word] = known[tokens[0]]


def _ordered(known: dict[Token, int], numbers: np.ndarray, starts: np.ndarray, year: np.ndarray) -> Parts:
    order = sorted(known)
    place = np.empty(len(order), np.int32)
    for rank, token in enumerate(order):
        place[known[token]] = rank
    return Parts(order, place[numbers] if len(numbers) else numbers, starts, year)


def kept(parts: Parts, rows: np.ndarray) -> Parts:
    """Only the names where `rows` is true, and only the tokens they have."""
    lengths = np.diff(parts.start)
    numbers = parts.token[np.repeat(rows, lengths)]
    used = np.zeros(len(parts.tokens), bool)
    used[numbers] = True
    place = np.cumsum(used, dtype=np.int32) - 1
    tokens = [token for token, keep in zip(parts.tokens, used.tolist(), strict=True) if keep]
    return Parts(tokens, place[numbers], _starts(lengths[rows]), parts.year[rows])


def joined(one: Parts, two: Parts) -> Parts:
    """The names of both, one's first."""
    known = {token: number for number, token in enumerate(one.tokens)}
    theirs = np.array([known.setdefault(token, len(known)) for token in two.tokens], np.int32)
    numbers = np.concatenate((one.token, theirs[two.token] if len(two.token) else two.token))
    start = np.concatenate((one.start, two.start[1:] + one.start[-1]))
    return _ordered(known, numbers, start, np.concatenate((one.year, two.year)))


def _starts(lengths: np.ndarray) -> np.ndarray:
    start = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=start[1:])
    return start


def pack(parts: Parts, more: bytes = b"") -> bytes:
    """Everything as bytes, for a snapshot that its owner seals; `more` is the owner's own, given back by `unpack`."""
    letters = b"".join(token.codes for token in parts.tokens)
    heads = bytes(value for token in parts.tokens for value in (token.script, len(token.codes)))
    lengths = np.diff(parts.start).astype(np.uint8)
    return b"".join(
        (
            MAGIC, _HEAD.pack(len(parts.year), len(parts.token), len(parts.tokens), len(letters)), heads, letters,
            lengths.tobytes(), parts.year.astype("<i2").tobytes(), parts.token.astype("<i4").tobytes(), more,
        )
    )  # fmt: skip


def unpack(data: bytes) -> tuple[Parts, bytes]:
    """What `pack` was given; `BadSnapshot` for anything else."""
    if not data.startswith(MAGIC) or len(data) < len(MAGIC) + _HEAD.size:
        raise BadSnapshot("no snapshot of names, or of another version of this library")
    names, numbers, distinct, letters = _HEAD.unpack_from(data, len(MAGIC))
    sizes = (2 * distinct, letters, names, 2 * names, 4 * numbers)
    ends = np.cumsum((len(MAGIC) + _HEAD.size, *sizes), dtype=object).tolist()
    if ends[-1] > len(data):
        raise BadSnapshot("the snapshot of names ends early")
    heads, text, lengths, year, token = (data[a:b] for a, b in pairwise(ends))
    parts = Parts(
        _tokens(heads, text),
        np.frombuffer(token, "<i4"),
        _starts(np.frombuffer(lengths, np.uint8)),
        np.frombuffer(year, "<i2"),
    )
    if parts.start[-1] != numbers or (numbers and not 0 <= parts.token.min() <= parts.token.max() < distinct):
        raise BadSnapshot("the snapshot of names contradicts itself")
    return parts, data[ends[-1] :]


def _tokens(heads: bytes, text: bytes) -> list[Token]:
    """Compiled loops trust these numbers, so none out of bounds is let in."""
    tokens, place = [], 0
    for script, length in zip(heads[::2], heads[1::2], strict=True):
        tokens.append(Token(script, text[place : place + length]))
        place += length
    sound = place == len(text) and all(one < two for one, two in pairwise(tokens))
    if not sound or not all(_sound(token) for token in tokens):
        raise BadSnapshot("the snapshot of names contradicts itself")
    return tokens


def _sound(token: Token) -> bool:
    if token.script > OTHER or not 0 < len(token.codes) <= MAX_LETTERS:
        return False
    return min(token.codes) > 0 and max(token.codes) < SIZES[token.script]
