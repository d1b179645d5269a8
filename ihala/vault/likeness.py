"""Is one of these people one of those, as far as names, telephones and documents tell? Compared inside the agent alone.

One door: `likeness()`. The setting `IHALA_LIKENESS` names what stands behind it: `ihala.matching.spellings.spelled`
knows spellings and scripts; `exact`, equality after normalising, is what it begins with and what tests use.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

SHORTEST_NAME = 2
"""Words. One word alone, such as a first name, says too little about who somebody is."""
SHORTEST_NUMBER = 6
TELEPHONE_DIGITS = 9
"""The last digits of a telephone number, which the country's prefix or a leading nought does not change."""

_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": ""}
)


@dataclass(frozen=True)
class Traits:
    """What is known of one person, as it was written."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    birth_year: int | None = None
    nationality: str = ""
    sex: str = ""


Likeness = Callable[[Sequence[Traits], Sequence[Traits]], bool]


def traits_of(person: Mapping[str, Any]) -> Traits:
    """Of a person's sealed values: names, numbers of phones and documents, birth year, nationality, sex; no others."""
    names = tuple(person[key] for key in ("name", "name_latin") if isinstance(person.get(key), str))
    coded = (person[key] if isinstance(person.get(key), str) else "" for key in ("nationality", "sex"))
    return Traits(
        names, _numbers(person.get("phones")), _numbers(person.get("documents")), _year(person), *coded
    )


def _year(person: Mapping[str, Any]) -> int | None:
    birth = person.get("birth")
    day = birth.get("date") if isinstance(birth, Mapping) else None
    return int(day[:4]) if isinstance(day, str) and day[:4].isdecimal() else None


def _numbers(rows: Any) -> tuple[str, ...]:
    if not isinstance(rows, list):
        return ()
    return tuple(
        row["number"] for row in rows if isinstance(row, Mapping) and isinstance(row.get("number"), str)
    )


def name(text: str) -> str:
    """A name without marks, case and variants of the same letter; "" where it is too short to mean somebody."""
    plain = unicodedata.normalize("NFKD", text).translate(_LETTERS).casefold()
    plain = "".join(sign for sign in plain if unicodedata.category(sign) not in ("Mn", "Cf"))
    words = re.findall(r"\w+", plain)
    return " ".join(words) if len(words) >= SHORTEST_NAME else ""


def phone(text: str) -> str:
    """The digits that tell a telephone; "" for a short code, which is nobody's own."""
    found = _digits(text)
    return found[-TELEPHONE_DIGITS:] if len(found) >= SHORTEST_NUMBER else ""


def document(text: str) -> str:
    """Letters and digits of a document's number; "" where it is too short to mean one."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    found = "".join(_digit(sign) for sign in plain if sign.isalnum())
    return found if len(found) >= SHORTEST_NUMBER else ""


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())


def _digit(sign: str) -> str:
    return str(unicodedata.digit(sign)) if sign.isdigit() else sign


def exact(people: Iterable[Traits], others: Iterable[Traits]) -> bool:
    """Have two of them the same name, telephone or document once it is normalised?"""
    return bool(_marks(people) & _marks(others))


def _marks(people: Iterable[Traits]) -> set[tuple[str, str]]:
    return {
        (kind, found)
        for one in people
        for kind, normalise in (("names", name), ("phones", phone), ("documents", document))
        for value in getattr(one, kind)
        if (found := normalise(value))
    }


@cache
def likeness() -> Likeness:
    """The comparison this installation uses."""
    found: Likeness = import_string(settings.IHALA_LIKENESS)
    return found
