"""What is known of a person that can tell who they are, read from what a case says about them.

Plain values, whatever the shape of a form: the search, the comparison with another organisation and the queue of
duplicates all begin here. Nothing in this module is ever stored or leaves the process that opened the values. It needs
neither Django nor the letter model, so that the search process can use it.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PHONE, DOCUMENT = "p", "d"
"""What stands before a number where both kinds stand in one list."""
SHORTEST_CODE = 4
"""Signs of the shortest telephone, document or code that can mean somebody."""


class NotHeld(LookupError):
    """The organisation's people are not in memory."""


@dataclass(frozen=True)
class Known:
    """One person. Names as written, in any script; telephones as digits, documents as capital letters and digits."""

    names: tuple[str, ...] = ()
    year: int | None = None
    sex: str = ""
    nationality: str = ""
    phones: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    @property
    def findable(self) -> bool:
        """Whether anything is known by which somebody could be found."""
        return bool(self.names or self.phones or self.documents)


def known_of(*values: Mapping[str, Any] | None) -> Known:
    """Of a person's opened values, class by class in any order; None (erased) and {"absent": …} say nothing."""
    said: dict[str, Any] = {}
    for one in values:
        said.update(one or {})
    return Known(
        names=_distinct(_text(said.get(key)) for key in ("name", "name_latin")),
        year=_year(said.get("birth")),
        sex=sex_of(said.get("sex")),
        nationality=_text(said.get("nationality")),
        phones=_distinct(digits(number) for number in _numbers(said.get("phones"))),
        documents=_distinct(
            code(number) for number in (*_numbers(said.get("documents")), _text(said.get("case_code")))
        ),
    )


def sex_of(value: Any) -> str:
    """What tells two people apart; "unknown" and the like say nothing."""
    return value if value in ("female", "male") else ""


def digits(text: str) -> str:
    """The digits of a telephone in any script; "" if there are too few to mean somebody."""
    found = "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())
    return found if len(found) >= SHORTEST_CODE else ""


def code(text: str) -> str:
    """Letters and digits of a document's number, in capitals and Western digits; "" if too few."""
    plain = unicodedata.normalize("NFKC", text).upper()
    found = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain if sign.isalnum()
    )
    return found if len(found) >= SHORTEST_CODE else ""


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _numbers(rows: Any) -> list[str]:
    if not isinstance(rows, list):
        return []
    return [_text(row.get("number")) for row in rows if isinstance(row, Mapping)]


def _year(birth: Any) -> int | None:
    day = birth.get("date") if isinstance(birth, Mapping) else None
    return int(day[:4]) if isinstance(day, str) and day[:4].isdecimal() else None


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
