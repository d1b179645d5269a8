"""The people of one organisation in memory: names in an index, telephones and documents beside it.

Evidence is a natural-log odds and adds up, as everywhere in `ihala_names`. A name is found in any spelling and script
by the letter model; a number by any part of it that somebody remembers, and a longer one with one digit wrong.
"""

import heapq
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ihala_names.letters import tokens_of
from ihala_names.live import Explanation, LiveIndex
from ihala_names.parts import BadSnapshot
from ihala_names.people import AGREES, DIFFERS, YEARS, year_evidence

from .asked import Asked
from .known import PHONE, SHORTEST_CODE
from .numbers import Numbers, nearly_at

KEY = 16
LEAST = 2.5
"""Log odds below which nobody is named."""
CANDIDATES = 50
"""People looked at closely by name, and as many by number."""
DIGIT = 1.4
"""What each remembered digit says; seven digits and more say as much as the whole number."""
FORGIVING = 7
"""Digits from which one may be wrong."""
NEAR = 2.0
"""What a wrong digit costs."""
OTHER_NAME = -2.0
"""The most that another name or year takes from a number that fits."""

Match = tuple[bytes, float, list[str]]
Numbered = tuple[float, list[str]]


class Row(NamedTuple):
    """A person: names, year of birth, sex, nationality, and numbers behind a letter that says what they are."""

    key: bytes
    names: tuple[str, ...]
    year: int | None
    traits: tuple[str, str]
    numbers: tuple[str, ...]


class CaseRow(NamedTuple):
    """A case as of one write, with the people in it who can be found; stamp 0: it is not there any more."""

    key: bytes
    stamp: int
    people: tuple[Row, ...]


def row_of(case: Any) -> CaseRow:
    """A case as it comes through the pipe."""
    key, stamp, people = case
    return CaseRow(bytes.fromhex(key), stamp, tuple(_person(one) for one in people))


def _person(person: Any) -> Row:
    key, names, year, sex, nationality, numbers = person
    return Row(bytes.fromhex(key), tuple(names), year, (sex, nationality), tuple(numbers))


class Pool:
    """By key: cases with the stamp of their write and their people; people with what is known beside their names."""

    def __init__(self, index: LiveIndex) -> None:
        self.index = index
        self.stamps: dict[bytes, int] = {}
        self.people: dict[bytes, tuple[bytes, ...]] = {}
        self.numbers: dict[bytes, tuple[str, ...]] = {}
        self.traits: dict[bytes, tuple[str, str]] = {}
        self.years: dict[bytes, int | None] = {}
        self._same: dict[Any, Any] = {}
        self._beside: Numbers | None = None

    @classmethod
    def of(cls, cases: Iterable[Any]) -> "Pool":
        """All people at once, which is much quicker than one by one."""
        rows = [row_of(case) for case in cases]
        pool = cls(LiveIndex(_named(person for case in rows for person in case.people)))
        for case in rows:
            pool._note(case)
        return pool

    def __len__(self) -> int:
        """How many people."""
        return len(self.years)

    def replace(self, cases: Iterable[CaseRow]) -> None:
        """What each of these cases says now; nothing of what it said before stays."""
        self._beside = None
        for case in cases:
            staying = {person.key for person in case.people}
            for key in self.people.pop(case.key, ()):
                if key not in staying:
                    self.index.remove(key)
                for kept in (self.numbers, self.traits, self.years):
                    kept.pop(key, None)
            self.stamps.pop(case.key, None)
            if case.stamp:
                self._note(case)
            for person in case.people:
                self.index.put(person.key, person.names, person.year)
        self.index.compact()

    def _note(self, case: CaseRow) -> None:
        self.stamps[case.key] = case.stamp
        self.people[case.key] = tuple(person.key for person in case.people)
        for person in case.people:
            self.years[person.key] = person.year
            if person.numbers:
                self.numbers[person.key] = person.numbers
            if person.traits != ("", ""):
                self.traits[person.key] = self._same.setdefault(person.traits, person.traits)

    # ------------------------------------------------------------------------------------------- searching

    def find(self, asked: Asked, top: int) -> list[Match]:
        """The people this may be, likeliest first."""
        named = {}
        if asked.name:
            named = {one.key: one.score for one in self.index.search(asked.name, asked.year, CANDIDATES)}
        numbered = dict(self._numbered(_wanted(asked)))
        scored = [
            (self._score(key, asked, named.get(key)) + numbered.get(key, (0.0, []))[0], key)
            for key in named | numbered
        ]
        best = heapq.nsmallest(top, ((-score, key) for score, key in scored if score >= LEAST))
        return [(key, -score, self._codes(key, asked, numbered)) for score, key in best]

    def _score(self, key: bytes, asked: Asked, named: float | None) -> float:
        """What name, year and traits say; `named` is what the search by name said of name and year together."""
        score = named
        if score is None:
            explained = self.index.explain(asked.name, key, asked.year) if asked.name else None
            said = explained.score if explained else year_evidence(asked.year, self.years.get(key))
            score = max(said, OTHER_NAME)  # the number is hers, whatever name she gives today
        traits = self.traits.get(key, ("", ""))
        for kind, mine, theirs in zip(
            ("sex", "nationality"), (asked.sex, asked.nationality), traits, strict=True
        ):
            if mine and theirs:
                score += (AGREES if mine == theirs else DIFFERS)[kind]
        return score

    def _codes(self, key: bytes, asked: Asked, numbered: dict[bytes, Numbered]) -> list[str]:
        """Why this person, in codes that the page has words for."""
        named = self.index.explain(asked.name, key) if asked.name else None
        codes = _of_name(named, len(tokens_of(asked.name))) if named else []
        codes += numbered.get(key, (0.0, []))[1]
        year = self.years.get(key)
        if asked.year and year:
            codes.append(_of_year(abs(asked.year - year)))
        return codes

    def _numbered(self, wanted: list[tuple[str, bool]]) -> Iterator[tuple[bytes, Numbered]]:
        """People whose numbers answer what is wanted; at most `CANDIDATES`, the best."""
        if not wanted:
            return
        beside = self._beside = self._beside or Numbers(self.numbers)
        scores: dict[bytes, float] = {}
        codes: dict[bytes, list[str]] = {}
        for number, may_be_part in wanted:
            exact = beside.holding(number)
            near = set() if exact or len(number) < FORGIVING else beside.nearly(number)
            for key in exact or near:
                best = max(_answers(number, own, may_be_part) for own in self.numbers[key])
                if best[0]:
                    scores[key] = scores.get(key, 0.0) + best[0]
                    codes.setdefault(key, []).append(best[1])
        for key in heapq.nlargest(CANDIDATES, scores, key=lambda key: (scores[key], key)):
            yield key, (scores[key], codes[key])

    # ------------------------------------------------------------------------------------------- snapshot

    def snapshot(self) -> bytes:
        """All of it as bytes."""
        beside = {
            "cases": [
                [
                    key.hex(),
                    self.stamps[key],
                    [
                        [person.hex(), self.years[person], self.traits.get(person), self.numbers.get(person)]
                        for person in people
                    ],
                ]
                for key, people in self.people.items()
            ]
        }
        names = self.index.snapshot()
        return len(names).to_bytes(8, "big") + names + json.dumps(beside, separators=(",", ":")).encode()

    @classmethod
    def restored(cls, data: bytes) -> "Pool":
        """What `snapshot` wrote; `BadSnapshot` for other bytes."""
        size = int.from_bytes(data[:8], "big")
        pool = cls(LiveIndex.load(data[8 : 8 + size]))
        try:
            cases = json.loads(data[8 + size :])["cases"]
            for key, stamp, people in cases:
                pool._note(CaseRow(bytes.fromhex(key), stamp, tuple(_beside(one) for one in people)))
        except (ValueError, LookupError, TypeError):
            raise BadSnapshot("what stands beside the names cannot be read") from None
        return pool


def _beside(person: Any) -> Row:
    key, year, traits, numbers = person
    sex, nationality = traits or ("", "")
    return Row(bytes.fromhex(key), (), year, (sex, nationality), tuple(numbers or ()))


def _named(people: Iterable[Row]) -> Iterator[tuple[bytes, str, int | None]]:
    return ((one.key, name, one.year) for one in people for name in one.names)


def _wanted(asked: Asked) -> list[tuple[str, bool]]:
    """Numbers to look for, and whether they may be a part of one: digits may, a document's code is whole or begins."""
    return [(number, True) for number in asked.numbers] + [(code, False) for code in asked.codes]


def _answers(number: str, own: str, may_be_part: bool) -> tuple[float, str]:
    """What it says that `number` was typed and `own` is known, and the code of it."""
    kind, own = own[0], own[1:]
    word = "phone" if kind == PHONE else "document"
    whole = AGREES[word]
    if number in own:
        if len(number) * 5 >= len(own) * 4 or (kind == PHONE and len(number) >= 9):
            return whole, word
        if may_be_part or len(number) >= SHORTEST_CODE + 2:
            return min(whole, DIGIT * len(number)), f"{word}_part"
        return 0.0, ""
    if len(number) >= FORGIVING and next(nearly_at(own, number), None) is not None:
        return min(whole, DIGIT * len(number)) - NEAR, f"{word}_near"
    return 0.0, ""


def _of_year(apart: int) -> str:
    return "year" if apart == 0 else "year_near" if apart in YEARS else "year_apart"


def _of_name(named: Explanation, words: int) -> list[str]:
    """How the name answers: as typed, spelled otherwise, in the other script; whole or in part."""
    if not named.pairs:
        return []
    codes = ["name" if len(named.pairs) >= words else "name_part"]
    if any(pair.query.isascii() is not pair.person.isascii() for pair in named.pairs):
        codes.append("other_script")
    elif any(pair.query != pair.person for pair in named.pairs):
        codes.append("other_spelling")
    return codes
