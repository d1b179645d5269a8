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

import os
import secrets
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import numpy as np

from . import comparing
from .letters import Token, tokens_of
from .link import Link, Record, one_to_one
from .model import LetterModel, shipped
from .sounds import reading, skeleton

BITS = 1024
CUT = np.uint64(92)
"""Of the first 256 bits, strangers differ in about 116; a pair that shares two fifths of its features in 77."""
LEAST, CONTRAST = 0.3, 0.6
THRESHOLD = 0.44
"""The score from which a pair counts: errors in both directions were about even, with common and with rare names."""
YEARS_NEAR = 3
ROOM = 1_000_000
"""Pairs kept per part of the comparison; when they do not fit, it is made again with more room."""
FULL, HALF, SOME = 1.0, 0.5, 0.25
"""What features weigh: years and sounds as heard; sounds by rule; those of the first part once more."""
Feature = tuple[str, float]
OfPart = tuple[tuple[Feature, ...], tuple[Feature, ...]]


def _of_part(token: Token, model: LetterModel) -> OfPart:
    """Features of a part of a name, and those it has besides when it comes first."""
    heard, ruled = f"^{reading(token, model)}$", f"^{skeleton(token)}$"
    pairs = [ruled[place : place + 2] for place in range(len(ruled) - 1)]
    found = [(heard[place : place + 2], FULL) for place in range(len(heard) - 1)]
    found += [("/" + pair, HALF) for pair in pairs]
    found += [(ruled[place] + "_" + ruled[place + 2], HALF) for place in range(len(ruled) - 2)]
    found.append(("=" + ruled, HALF))
    return tuple(found), tuple(("1" + pair, SOME) for pair in pairs)


def features(
    record: Record, model: LetterModel | None = None, seen: dict[Token, OfPart] | None = None
) -> Iterator[Feature]:
    """What of a record goes into its encoding, and its weight; a feature has one weight wherever it stands.

    `seen` keeps what was found for each part, for a run over many records.
    """
    model, seen = model or shipped(), {} if seen is None else seen
    for place, token in enumerate(tokens_of(record.name)):
        if token not in seen:
            seen[token] = _of_part(token, model)
        always, first = seen[token]
        yield from always
        if place == 0:
            yield from first
    if record.year is not None:
        for year in range(record.year - YEARS_NEAR, record.year + YEARS_NEAR + 1):
            yield f"year {year}", FULL
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
    seen: dict[Token, OfPart] = {}
    flat, starts = array("i"), array("q", [0])
    for record in records:
        found = set(features(record, model, seen)) or {(secrets.token_hex(), FULL)}
        flat.extend(known.setdefault(feature, len(known)) for feature in found)
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
    next_like = np.maximum(_next(mine[ids], scores), _next(theirs[mates], scores))
    scores = scores - CONTRAST * (next_like - LEAST)
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
