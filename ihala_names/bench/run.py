"""The bench: train on one part of the names, search and link people made of the other."""

import time
from collections.abc import Callable
from pathlib import Path

from .. import model, train
from ..index import Index
from ..live import LiveIndex
from . import baselines, linking
from .people import Made, Town

Say = Callable[[str], None]
Query = tuple[str, int | None]
OTHERS_MOST = 50_000


def run(path: Path, say: Say, *, people: int = 12_000, queries: int = 300, lists: int = 10_000) -> int:
    """Print a table; the figures are of this machine and of names the model never saw."""
    town = Town(path)
    begun = time.process_time()
    letters = model.assemble(train.train(town.training))
    spent = time.process_time() - begun
    say(f"trained on {len(town.training)} pairs in {spent:.1f} s CPU; {len(town.forms)} forms kept apart")
    made = town.people(people)
    pool = [one.latin if place % 2 == 0 else one.arabic for place, one in enumerate(made)]
    begun = time.process_time()
    index = Index(pool, [one.year for one in made], letters)
    spent = time.process_time() - begun
    say(f"index of {people} people: {spent:.1f} s CPU, {index.nbytes / 1e6:.0f} MB held")
    say(_reloaded(pool, made, letters))
    others = _others(pool, say)
    sample = town.random.sample(range(people), min(queries, people))
    say("first / in ten")
    for name, ask in _questions(town, made, pool).items():
        asked = [ask(place) for place in sample]
        say(f"  {name}: " + _row(index, others, pool, sample, asked))
    if lists:
        for line in linking.rows(town, lists, letters):
            say(line)
    return 0


def _reloaded(pool: list[str], made: list[Made], letters: model.LetterModel) -> str:
    """What a search process pays when it starts: row by row, and from a snapshot."""
    begun = time.process_time()
    rows = ((place.to_bytes(16, "big"), name, made[place].year) for place, name in enumerate(pool))
    snapshot = LiveIndex(rows, letters).snapshot()
    row_by_row, begun = time.process_time() - begun, time.process_time()
    again = LiveIndex.load(snapshot, letters)
    loaded = time.process_time() - begun
    held = f"{again.nbytes / 1e6:.0f} MB held with keys"
    return f"search process: row by row {row_by_row:.1f} s CPU, from a snapshot {loaded:.1f} s CPU, {held}"


def _others(pool: list[str], say: Say) -> dict[str, baselines.Search]:
    if len(pool) > OTHERS_MOST:
        say(f"other methods are left out above {OTHERS_MOST} people: they scan all of them in Python")
        return {}
    fuzzy = baselines.rapidfuzz(pool)
    if fuzzy is None:
        say("rapidfuzz: not installed here, not measured")
    found = {"trigrams": baselines.trigrams(pool), "phonetic key": baselines.phonetic(pool)}
    return found if fuzzy is None else {**found, "rapidfuzz": fuzzy}


def _questions(town: Town, made: list[Made], pool: list[str]) -> dict[str, Callable[[int], Query]]:
    def cross(place: int) -> str:
        return made[place].arabic if place % 2 == 0 else made[place].latin

    def near(place: int) -> int:
        return made[place].year + town.random.randint(-2, 2)

    def some() -> int:
        return town.random.choice((1, 2))

    return {
        "across scripts": lambda place: (cross(place), None),
        "across, 1 edit": lambda place: (town.edited(cross(place), 1), None),
        "across, 2 edits": lambda place: (town.edited(cross(place), 2), None),
        "across, 1-2 edits, birth year +-2": lambda place: (town.edited(cross(place), some()), near(place)),
        "across, middle name dropped": lambda place: (town.dropped(cross(place)), None),
        "same script, 1 edit": lambda place: (town.edited(pool[place], 1), None),
        "same script, 1-2 edits": lambda place: (town.edited(pool[place], some()), None),
    }


def _row(
    index: Index, others: dict[str, baselines.Search], pool: list[str], sample: list[int], asked: list[Query]
) -> str:
    found, spent = [], []
    for name, year in asked:
        begun = time.process_time()
        found.append([hit.place for hit in index.search(name, year)])
        spent.append((time.process_time() - begun) * 1000)
    spent.sort()
    cells = [f"ours {_ranks(found, sample, pool)}"]
    for label, search in others.items():
        cells.append(f"{label} {_ranks([search(name) for name, _ in asked], sample, pool)}")
    return (
        ", ".join(cells)
        + f"; ours {spent[len(spent) // 2]:.0f}/{spent[len(spent) * 95 // 100]:.0f} ms CPU p50/p95"
    )


def _ranks(found: list[list[int]], sample: list[int], pool: list[str]) -> str:
    """A person of the very same name is right: the names alone cannot tell."""
    first = sum(bool(one) and pool[one[0]] == pool[place] for one, place in zip(found, sample, strict=True))
    ten = sum(any(pool[hit] == pool[place] for hit in one) for one, place in zip(found, sample, strict=True))
    return f"{first / len(sample):.3f}/{ten / len(sample):.3f}"
