"""What somebody typed into the search box, taken apart: a name, a birth year, numbers and codes, in any order.

    "مريم عبد الرحمن 1990"   a name and a birth year
    "+971 50 123 4567"       a telephone, however it is grouped
    "… 4567"                 the part of it that somebody remembers
    "A1234567"               a document

Needs no Django: the search process reads what is typed into a form with the same functions.
"""

import re
import unicodedata
from dataclasses import dataclass

from .known import SHORTEST_CODE

LONGEST = 200
"""Signs that are looked at; a name with everything beside it is far shorter."""
FIRST_YEAR = 1900
TELEPHONE = 7
"""Digits from which a number beside a year is a telephone and not a part of the same one."""
_GROUPING = str.maketrans("", "", "+-‐‑–—()./\\\u2066\u2067\u2068\u2069\u200e\u200f")
_AROUND = ",;:،؛\"'«»"


@dataclass(frozen=True)
class Asked:
    """`name` in any script, `year` of birth, `numbers` (digits of telephones and documents), `codes` with letters;
    `sex` and `nationality` where a form says them, never from the box."""

    name: str = ""
    year: int | None = None
    numbers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    sex: str = ""
    nationality: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is asked by which somebody could be found; one letter alone is nothing."""
        return not (any(len(word) > 1 for word in self.name.split()) or self.numbers or self.codes)

    @property
    def words(self) -> str:
        """The same as somebody would type it into the box."""
        return " ".join(
            [self.name, *([str(self.year)] if self.year else []), *self.numbers, *self.codes]
        ).strip()


def read(text: str, this_year: int) -> Asked:
    """Never raises; what is too short to mean somebody is left out."""
    names: list[str] = []
    groups: list[list[str]] = [[]]
    codes: list[str] = []
    for word in unicodedata.normalize("NFKC", text[:LONGEST]).split():
        plain = _western(word.strip(_AROUND)).translate(_GROUPING)
        if plain.isdecimal():
            groups[-1].append(plain)
            continue
        groups.append([])
        if any(sign.isdecimal() for sign in plain) and _is_code(plain):
            codes.append(plain.upper())
        else:
            names.append(word)
    years: list[int] = []
    numbers = [number for group in groups for number in _numbers(group, this_year, years)]
    alone = not names and not codes and not numbers
    if alone and years:
        numbers = [str(years[0])]
    return Asked(
        " ".join(names),
        years[0] if years else None,
        tuple(dict.fromkeys(numbers)),
        tuple(dict.fromkeys(codes)),
    )


def _western(word: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in word)


def _is_code(plain: str) -> bool:
    """Letters and digits of a document; "Ma7moud" has one digit among letters and is a name."""
    return plain.isalnum() and len(plain) >= SHORTEST_CODE and len(re.findall(r"\d", plain)) > len(plain) // 2


def _numbers(group: list[str], this_year: int, years: list[int]) -> list[str]:
    """Digits that stand side by side are one number, but for a year of birth before or after it."""
    if not group:
        return []
    for place in (0, -1):
        rest = group[1:] if place == 0 else group[:-1]
        if _is_year(group[place], this_year) and (not rest or sum(map(len, rest)) >= TELEPHONE):
            years.append(int(group[place]))
            group = rest
            break
    number = dialled("".join(group))
    return [number] if len(number) >= SHORTEST_CODE else []


def _is_year(digits: str, this_year: int) -> bool:
    return len(digits) == 4 and FIRST_YEAR <= int(digits) <= this_year


def dialled(digits: str) -> str:
    """A number without what is dialled before it: 00 of another country, 0 of a town or a mobile network."""
    return digits.lstrip("0")
