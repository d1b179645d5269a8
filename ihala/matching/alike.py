"""Is one of these people one of those, in whatever spelling and script the names were written?

Runs in a process without keys (`bare`), so it imports nothing of the product that needs settings. A name speaks for
somebody only if every part of the shorter one has its answer in the longer one: brothers share a family's names and
not their own. How sure that is, `ihala_names` says in log odds; two thresholds turn them into "look closer".
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ihala_names.compare import compare_names
from ihala_names.index import Index
from ihala_names.letters import tokens_of
from ihala_names.people import year_evidence

from . import bare
from .known import Known

SURE = 7.0
"""Log odds from which names alone are enough. Of attested names, some known to the model, written in the other script,
97 % are found with it and 92 % with one wrong letter; of brothers 1 %, and of 14,000 pairs of strangers none."""
PERHAPS = 4.0
"""From here on names are enough if something else speaks for it."""
PART = 0.5
"""What each part of the shorter name must be worth with its answer."""
FEWEST_PARTS = 2
"""A first name alone says too little about who somebody is."""
NEAREST = 40
AGREES, DIFFERS = 1.5, -1.5
"""Estimated birth years and second passports are common, so what differs says less than in a search."""
OTHER_SEX = -4.0


def names_worth(one: str, other: str) -> float:
    """Log odds that two names are one person's; 0 where a part of the shorter one has no answer in the longer one."""
    compared = compare_names(one, other)
    least = min(len(tokens_of(one)), len(tokens_of(other)))
    answered = sum(pair.score >= PART for pair in compared.pairs)
    return compared.score if answered >= max(least, FEWEST_PARTS) else 0.0


def evidence(one: Known, other: Known) -> float:
    """What everything but the names says: birth year within two years, nationality, sex; 0 where unknown."""
    total = max(year_evidence(one.year, other.year), DIFFERS)
    if one.nationality and other.nationality:
        total += AGREES if one.nationality == other.nationality else DIFFERS
    if {one.sex, other.sex} == {"male", "female"}:
        total += OTHER_SEX
    return total


def alike(one: Known, other: Known) -> bool:
    """Are they so alike that somebody should look closer? Symmetric."""
    names = max((names_worth(a, b) for a in one.names for b in other.names), default=0.0)
    if names <= 0:
        return False
    further = evidence(one, other)
    return names + further >= SURE or (further > 0 and names >= PERHAPS)


def closer(people: Iterable[Known], others: Sequence[Known]) -> bool:
    """Is one of `people` like one of `others`? The index finds who comes near, and only these are compared."""
    written = [(name, place) for place, other in enumerate(others) for name in other.names]
    index = Index(name for name, _place in written)
    for person in people:
        near = {written[hit.place][1] for name in person.names for hit in index.search(name, None, NEAREST)}
        if any(alike(person, others[place]) for place in near):
            return True
    return False


def answer(question: dict[str, Any]) -> bool | list[bool]:
    """`{"people": […], "others": […]}`, each a mapping of `Known`'s fields: yes or no; `{"pairs": …}`: which pairs."""
    if "pairs" in question:
        return [alike(Known(**one), Known(**other)) for one, other in question["pairs"]]
    people, others = ([Known(**one) for one in question[side]] for side in ("people", "others"))
    return closer(people, others)


def main() -> None:
    """Load and compile everything while files can still be read, then answer."""
    closer([Known(("مريم علي",))], [Known(("Mariam Ali", "مريم علي"))])
    bare.serve(answer)


if __name__ == "__main__":
    main()
