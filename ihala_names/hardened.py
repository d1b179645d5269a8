"""Compare two parties' lists without showing a name: encodings made in memory under a key of this run.

Each party reduces a record to weighted features that both scripts share (pairs of sounds of each part, by rule and as
the letter model hears it, birth years near by, pairs of characters of further columns), hashes them under a key that
the two parties made for this run alone, and keeps one bit (Li & König, WWW 2010) of each of `BITS` weighted min-hashes
by tabulation (Pătraşcu & Thorup, J. ACM 2012; exponential weights after Ioffe, ICDM 2010). No bit stands for one
feature, and everything about a person is in one encoding: name, year and the rest cannot be counted apart. The
comparing unit holds no key; how alike two records are is the share of bits in which they agree. Nothing here is
stored: key and encodings end with the run. What it does not hide: that two records of one list are equal in
everything, and how many records there are.
"""

import math
import os
import secrets
from array import array
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from itertools import pairwise
from typing import TypeVar

import numpy as np

from . import comparing
from .letters import Token, tokens_of
from .link import Link, Record, one_to_one
from .model import LetterModel, shipped
from .sounds import reading, skeleton

BITS = 1024
CUT = np.uint64(88)
"""Of the first 256 bits, strangers differ in about 114; a pair that shares two fifths of its features in 77."""
LEAST, CONTRAST = 0.3, 0.4
THRESHOLD = 0.44
"""The score from which a pair counts: errors in both directions were about even, with common and with rare names."""
YEARS_NEAR, YEAR = 2, 1.7
"""Birth years so far apart still share features, and what each of those weighs."""
LOOSE = 3
"""How far apart two consonants of one part may be to make a pair."""
USUAL, EVENED = 12.0, 0.5
"""The weight of a usual part, and how far others are brought to it: 0 leaves them, 1 makes all parts weigh the same."""
ROOM = 1_000_000
"""Pairs kept per part of the comparison; when they do not fit, it is made again with more room."""
FULL, HALF, SOME = 1.0, 0.5, 0.25
"""What features weigh: pairs as heard; pairs by rule and single letters; pairs with others between them."""
T = TypeVar("T")
Feature = tuple[str, float]
OfPart = tuple[tuple[Feature, ...], tuple[Feature, ...]]


def _of_part(token: Token, model: LetterModel) -> OfPart:
    """Features of a part of a name, and those it has besides when it comes first.

    Pairs bear the order of letters, letters by themselves and pairs with others between survive a slip of typing.
    """
    heard, ruled = reading(token, model), skeleton(token)
    heard_pairs = [pair[0] + pair[1] for pair in pairwise(f"^{heard}$")]
    ruled_pairs = [pair[0] + pair[1] for pair in pairwise(f"^{ruled}$")]
    loose = {
        before + after for place, before in enumerate(ruled) for after in ruled[place + 1 : place + 1 + LOOSE]
    }
    found = [(pair, FULL) for pair in heard_pairs] + [("." + letter, HALF) for letter in set(heard)]
    found += [("/" + pair, HALF) for pair in ruled_pairs] + [("/" + letter, HALF) for letter in set(ruled)]
    found += [("_" + pair, SOME) for pair in loose]
    first = [("1" + pair, SOME) for pair in heard_pairs]
    scale = _scale(sum(weight for _, weight in found))
    return tuple((text, weight * scale) for text, weight in found), tuple(first)


def _scale(total: float) -> float:
    """What makes a long part outweigh a short one by less than its letters; in steps, so that weights are few."""
    return float(2.0 ** (round(2 * EVENED * math.log2(USUAL / total)) / 2)) if total else 1.0


def features(record: Record, model: LetterModel | None = None) -> Iterator[Feature]:
    """What of a record goes into its encoding, and its weight; one that stands twice counts as the heavier."""
    return _of_record(record, lambda token: _of_part(token, model or shipped()), _besides)


def _of_record(
    record: Record,
    of_part: Callable[[Token], tuple[Iterable[T], Iterable[T]]],
    besides: Callable[[Record], Iterable[T]],
) -> Iterator[T]:
    """Of each part what it always has, of the first what it has besides, and everything but the name."""
    for place, token in enumerate(tokens_of(record.name)):
        always, first = of_part(token)
        yield from always
        if place == 0:
            yield from first
    yield from besides(record)


def _besides(record: Record) -> Iterator[Feature]:
    """Features of everything but the name."""
    if record.year is not None:
        for year in range(record.year - YEARS_NEAR, record.year + YEARS_NEAR + 1):
            yield f"year {year}", YEAR
    for column, value in enumerate(record.more):
        plain = "".join(c for c in value.casefold()[:200] if c.isalnum())
        if plain:
            framed = f"^{plain}$"
            yield from ((f"{column}:{framed[place : place + 2]}", FULL) for place in range(len(framed) - 1))


def new_key() -> bytes:
    """A key for one run, to be agreed by the two parties and forgotten by both."""
    return secrets.token_bytes(32)


def encode(records: list[Record], key: bytes, model: LetterModel | None = None) -> np.ndarray:
    """One row of `BITS` bits per record, as 64-bit words. Both parties call it with the same key.

    A record that says nothing gets bits by chance, so that it is like no other.
    """
    known: dict[Feature, int] = {}
    seen: dict[Token, tuple[array[int], array[int]]] = {}
    flat, starts = array("i"), array("q", [0])

    def numbered(found: Iterable[Feature]) -> "array[int]":
        return array("i", [known.setdefault(feature, len(known)) for feature in found])

    def of_part(token: Token) -> "tuple[array[int], array[int]]":
        if token not in seen:
            always, first = _of_part(token, model or shipped())
            seen[token] = numbered(always), numbered(first)
        return seen[token]

    for record in records:
        numbers = set(_of_record(record, of_part, lambda one: numbered(_besides(one))))
        flat.extend(numbers or numbered([(secrets.token_hex(), FULL)]))
        starts.append(len(flat))
    digests = b"".join(
        blake2b(text.encode(), key=key, digest_size=4, person=b"ihala.feature").digest() for text, _ in known
    )
    weights = np.array([weight for _, weight in known], np.float32)
    out = np.zeros((len(records), BITS // 64), np.uint64)
    comparing.encode(
        np.array(flat, np.int32), np.array(starts, np.int64), np.frombuffer(digests, np.uint32), weights,
        _tables(key), out,
    )  # fmt: skip
    return out


def _tables(key: bytes) -> np.ndarray:
    """The random words of tabulation, from the key by a keyed hash in counter mode."""
    blocks = BITS * 4 * 256 * 8 // 64
    words = b"".join(
        blake2b(n.to_bytes(4, "big"), key=key, person=b"ihala.tables").digest() for n in range(blocks)
    )
    return np.frombuffer(words, np.uint64).reshape(BITS, 4, 256)


def likeness(one: np.ndarray, two: np.ndarray) -> float:
    """The estimated share of common features of two encodings, from 0 to 1."""
    apart = sum(int(word).bit_count() for word in one ^ two)
    return max(0.0, 1.0 - 2.0 * apart / BITS)


def compare(left: np.ndarray, right: np.ndarray, threshold: float = THRESHOLD) -> list[Link]:
    """Links of two lists of encodings, one to one; this is all the comparing unit does, and it has no key.

    A pair's score is its likeness, less a share of how far the next one like it reaches above `LEAST`: among people of
    common names a likeness says less, and this is how the unit knows without knowing names.
    """
    if not len(left) or not len(right):
        return []
    first = np.ascontiguousarray(right[:, : comparing.FIRST].T)
    workers = min(len(os.sched_getaffinity(0)), len(left))
    bounds = np.linspace(0, len(left), workers + 1).astype(int)
    mine = np.full((len(left), 2), LEAST, np.float32)

    def part(worker: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        theirs = np.full((len(right), 2), LEAST, np.float32)
        room, count = min(ROOM, len(left) * len(right)), -1
        while count < 0:
            ids, mates, scores = (
                np.empty(room, np.int32),
                np.empty(room, np.int32),
                np.empty(room, np.float32),
            )
            theirs[:], mine[bounds[worker] : bounds[worker + 1]] = LEAST, LEAST
            count = comparing.close(
                left, bounds[worker], bounds[worker + 1], right, first, CUT, np.float32(LEAST),
                np.float32(CONTRAST), np.float32(threshold), mine, theirs, ids, mates, scores,
            )  # fmt: skip
            room *= 4
        return ids[:count], mates[:count], scores[:count], theirs

    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(part, range(workers)))
    ids, mates, scores = (np.concatenate([part[column] for part in found]) for column in range(3))
    theirs = np.sort(np.concatenate([part[3] for part in found], axis=1), axis=1)[:, ::-1]
    next_like = _next(mine[ids], scores) + _next(theirs[mates], scores)
    scores = scores - CONTRAST * (next_like - 2 * LEAST)
    counts = scores >= threshold
    columns = (column[counts].tolist() for column in (ids, mates, scores))
    return one_to_one([Link(*row) for row in zip(*columns, strict=True)], threshold)


def _next(best: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The best score of a record with any other than this pair's."""
    return np.where(scores < best[:, 0], best[:, 0], best[:, 1])


def link(
    left: list[Record],
    right: list[Record],
    threshold: float = THRESHOLD,
    model: LetterModel | None = None,
) -> list[Link]:
    """Both parties' part and the comparing unit's in one go, for judging and for tests."""
    key = new_key()
    return compare(encode(left, key, model), encode(right, key, model), threshold)
