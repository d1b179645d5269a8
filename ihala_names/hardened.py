"""Compare two parties' lists without showing a name: encodings made in memory under a key of this run.

Each party reduces a record to features that both scripts share (pairs of letters of a consonant skeleton, birth years
near by, pairs of characters of further columns), hashes them under a key that the two parties made for this run alone,
and keeps one bit (Li & König, WWW 2010) of each of `BITS` min-hashes by tabulation (Pătraşcu & Thorup, J. ACM 2012).
No bit stands for one feature, and everything about a person is in one encoding: name, year and the rest cannot be
counted apart. The comparing unit holds no key; how alike two records are is the share of bits in which they agree.
Nothing here is stored: key and encodings end with the run. What it does not hide: that two records of one list are
equal in everything, and how many records there are.
"""

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import numpy as np

from . import comparing
from .letters import ARABIC, ARABIC_LETTERS, LATIN, LATIN_LETTERS, Token, tokens_of
from .link import Link, Record, one_to_one

BITS = 512
CUT, FIRST = 52, 128
"""Of the first 128 bits, strangers differ in about 61; a pair that shares a third of its features in 43."""
THRESHOLD = 0.52
"""The estimated share of common features from which a pair counts."""
YEARS_NEAR = 2
MOST = 4_000_000
"""Close pairs kept per part of the comparison."""

_ARABIC_SOUND = {
    **dict.fromkeys("بپ", "b"), **dict.fromkeys("تثط", "t"), **dict.fromkeys("سصزظ", "s"), **dict.fromkeys("ذدض", "d"),
    **dict.fromkeys("جژغگ", "g"), **dict.fromkeys("حه", "h"), **dict.fromkeys("كقخ", "k"), **dict.fromkeys("شچ", "c"),
    **dict.fromkeys("فڤ", "f"), "ر": "r", "ل": "l", "م": "m", "ن": "n",
}  # fmt: skip
_LATIN_GROUP = {
    "sch": "c", "tch": "c", "sh": "c", "ch": "c", "kh": "k", "ck": "k", "gh": "g", "dj": "g", "th": "t", "dh": "d",
    "ph": "f", "ce": "s", "ci": "s", "cy": "s",
}  # fmt: skip
_LATIN_SOUND = dict(zip("bcdfghjklmnpqrstvxz", "bkdfghgklmnbkrstfks", strict=True))


def skeleton(token: Token) -> str:
    """The consonants of a token as sounds both scripts can write; doubled ones once, a last h left out."""
    if token.script == ARABIC:
        text = "".join(ARABIC_LETTERS[code - 1] for code in token.codes)
        sounds = "".join(_ARABIC_SOUND.get(letter, "") for letter in text)
    elif token.script == LATIN:
        sounds = _latin_sounds("".join(LATIN_LETTERS[code - 1] for code in token.codes))
    else:
        sounds = "".join(chr(0x2460 + code) for code in token.codes)
    single = "".join(sound for place, sound in enumerate(sounds) if place == 0 or sounds[place - 1] != sound)
    return single.rstrip("h") or single


def _latin_sounds(text: str) -> str:
    sounds, place = [], 0
    while place < len(text):
        for size in (3, 2):
            group = text[place : place + size]
            if group in _LATIN_GROUP:
                sounds.append(_LATIN_GROUP[group])
                place += size - (group[0] == "c" and group[1:] in {"e", "i", "y"})
                break
        else:
            sounds.append(_LATIN_SOUND.get(text[place], ""))
            place += 1
    return "".join(sounds)


def features(record: Record) -> Iterator[str]:
    """What of a record goes into its encoding; a set, so order within the name does not matter."""
    for token in tokens_of(record.name):
        framed = f"^{skeleton(token)}$"
        yield from (framed[place : place + 2] for place in range(len(framed) - 1))
        yield from (framed[place] + "_" + framed[place + 2] for place in range(len(framed) - 2))
        yield "=" + framed
    if record.year is not None:
        for year in range(record.year - YEARS_NEAR, record.year + YEARS_NEAR + 1):
            yield f"year {year}"
    for column, value in enumerate(record.more):
        plain = "".join(c for c in value.casefold()[:200] if c.isalnum())
        if plain:
            framed = f"^{plain}$"
            yield from (f"{column}:{framed[place : place + 2]}" for place in range(len(framed) - 1))


def new_key() -> bytes:
    """A key for one run, to be agreed by the two parties and forgotten by both."""
    return secrets.token_bytes(32)


def encode(records: list[Record], key: bytes) -> np.ndarray:
    """One row of `BITS` bits per record, as 64-bit words. Both parties call it with the same key.

    A record that says nothing gets bits by chance, so that it is like no other.
    """
    known: dict[str, int] = {}
    flat: list[int] = []
    starts = [0]
    for record in records:
        for feature in sorted(set(features(record))) or [secrets.token_hex()]:
            if feature not in known:
                digest = blake2b(feature.encode(), key=key, digest_size=4, person=b"ihala.feature")
                known[feature] = int.from_bytes(digest.digest(), "big")
            flat.append(known[feature])
        starts.append(len(flat))
    out = np.zeros((len(records), BITS // 64), np.uint64)
    comparing.encode(np.array(flat, np.uint32), np.array(starts, np.int64), _tables(key), out)
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
    """Links of two lists of encodings, one to one; this is all the comparing unit does, and it has no key."""
    if not len(left) or not len(right):
        return []
    most = int((1.0 - threshold) * BITS / 2)
    first = np.ascontiguousarray(right[:, : FIRST // 64].T)
    workers = min(os.cpu_count() or 1, len(left))
    bounds = np.linspace(0, len(left), workers + 1).astype(int)

    def part(worker: int) -> list[Link]:
        room = min(MOST, len(left) * len(right))
        ids, mates, apart = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
        count = comparing.close(
            left, bounds[worker], bounds[worker + 1], right, first, CUT, most, ids, mates, apart
        )
        found = zip(ids[:count].tolist(), mates[:count].tolist(), apart[:count].tolist(), strict=True)
        return [Link(i, j, 1.0 - 2.0 * d / BITS) for i, j, d in found]

    with ThreadPoolExecutor(workers) as pool:
        pairs = [pair for found in pool.map(part, range(workers)) for pair in found]
    return one_to_one(pairs, threshold)


def link(left: list[Record], right: list[Record], threshold: float = THRESHOLD) -> list[Link]:
    """Both parties' part and the comparing unit's in one go, for judging and for tests."""
    key = new_key()
    return compare(encode(left, key), encode(right, key), threshold)
