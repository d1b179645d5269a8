"""What is known of a person, and what each piece of it says about two records being one person.

All evidence is a natural-log odds, so that it adds up: +3 means twenty times likelier to be one person than two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

YEARS = {0: 2.8, 1: 2.1, 2: 1.6}
"""Birth years by distance; two strangers of a shelter's ages share a year one time in fifty."""
YEAR_APART = -3.5
AGREES = {"sex": 0.6, "nationality": 1.5, "phone": 7.0, "document": 9.0}
DIFFERS = {"sex": -4.0, "nationality": -1.5, "phone": -0.3, "document": -1.0}
"""A telephone is shared by a household and a document is renewed: what differs there says little."""
MOTHER, COMPANION = 0.7, 0.6
"""A share of the score of a relative's name; families share names, so it does not count in full."""
RELATIVE_MOST = 8.0
MOTHER_DIFFERS = -2.0


@dataclass(frozen=True)
class Person:
    """One record, as much as is known. Names are in any script and spelling."""

    name: str
    birth_year: int | None = None
    sex: str = ""
    nationality: str = ""
    phone: str = ""
    document: str = ""
    mother: str = ""
    companions: tuple[str, ...] = field(default=())


def year_evidence(one: int | None, two: int | None) -> float:
    """What two birth years say; 0 where one is unknown."""
    if one is None or two is None:
        return 0.0
    return YEARS.get(abs(one - two), YEAR_APART)


def _plain(kind: str, value: str) -> str:
    digits = "".join(str(int(c)) for c in value if c.isdecimal())
    if kind == "phone":
        return digits[-9:]
    return "".join(c for c in value.casefold() if c.isalnum() and not c.isdecimal()) + digits


def other_evidence(one: Person, two: Person) -> Mapping[str, float]:
    """What everything but the names says, by kind; a kind that is unknown on one side is left out."""
    found: dict[str, float] = {}
    if one.birth_year is not None and two.birth_year is not None:
        found["birth_year"] = year_evidence(one.birth_year, two.birth_year)
    for kind, agrees in AGREES.items():
        left, right = _plain(kind, getattr(one, kind)), _plain(kind, getattr(two, kind))
        if left and right:
            found[kind] = agrees if left == right else DIFFERS[kind]
    return found
