"""What follows from a case's content: the disclosure package, its labels and display, household counts, age bands.

Reads and computes, never writes. Others import the registry's types from here.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ihala.core.vocabulary import AgeBand, DisclosureClass, Sex

from .content import CASE, PERSONS, CaseContent, Field, people
from .enums import PersonRole

__all__ = ["CaseContent", "Field"]

JSON = Any
Package = dict[DisclosureClass, dict[str, JSON]]
#: Sealed classes of a case, in the order a reader asks for them.
CLASSES = (
    DisclosureClass.TRIAGE,
    DisclosureClass.IDENTITY,
    DisclosureClass.NARRATIVE,
    DisclosureClass.SAFETY,
    DisclosureClass.CLINICAL,
)
_PREFIX = {
    "survivor": PersonRole.SURVIVOR,
    "companions": PersonRole.COMPANION,
    "persons_of_concern": PersonRole.PERSON_OF_CONCERN,
}
_BANDS = (
    (2, AgeBand.INFANT),
    (5, AgeBand.TODDLER),
    (12, AgeBand.CHILD),
    (18, AgeBand.TEEN),
    (60, AgeBand.ADULT),
)


def is_empty(value: JSON) -> bool:
    """True for a value that says nothing; False and {"absent": …} do say something."""
    return value is None or value == "" or value == [] or value == {}


def tidy(content: CaseContent) -> CaseContent:
    """The same content without empty values; everyone who needs a place has a sex; empty people go."""
    return CaseContent(
        category=str(content.category),
        survivor=_tidy_person(content.survivor),
        companions=tuple(_tidy_person(values) for values in content.companions if _filled(values)),
        persons_of_concern=tuple(_filled(values) for values in content.persons_of_concern if _filled(values)),
        case=_filled(content.case),
    )


def _filled(values: dict[str, JSON]) -> dict[str, JSON]:
    return {key: value for key, value in values.items() if not is_empty(value)}


def _tidy_person(values: dict[str, JSON]) -> dict[str, JSON]:
    sex = values.get("sex")
    return {**_filled(values), "sex": str(sex) if sex in Sex.values else str(Sex.UNKNOWN)}


def package_of(content: CaseContent) -> Package:
    """Every value by class and flat path: "survivor.name", "companions.0.birth", "case.reason"."""
    package: Package = {}
    for role, position, values in people(content):
        for field in PERSONS[role]:
            if not is_empty(values.get(field.key)):
                path = _path(role, position, field.key)
                package.setdefault(field.disclosure_class, {})[path] = values[field.key]
    for field in CASE:
        if not is_empty(content.case.get(field.key)):
            package.setdefault(field.disclosure_class, {})[f"case.{field.key}"] = content.case[field.key]
    return package


def _path(role: str, position: int, key: str) -> str:
    if role == PersonRole.SURVIVOR:
        return f"survivor.{key}"
    prefix = "companions" if role == PersonRole.COMPANION else "persons_of_concern"
    return f"{prefix}.{position}.{key}"


def content_of(package: Package, category: str) -> CaseContent:
    """The inverse of `package_of`; of a package with only some classes, what these classes say."""
    survivor: dict[str, JSON] = {}
    case: dict[str, JSON] = {}
    rows: dict[str, dict[int, dict[str, JSON]]] = {"companions": {}, "persons_of_concern": {}}
    for values in package.values():
        for path, value in values.items():
            head, *middle, key = path.split(".")
            if middle:
                rows[head].setdefault(int(middle[0]), {})[key] = value
            else:
                (case if head == "case" else survivor)[key] = value
    return CaseContent(
        category=str(category),
        survivor=survivor,
        companions=_in_order(rows["companions"]),
        persons_of_concern=_in_order(rows["persons_of_concern"]),
        case=case,
    )


def _in_order(rows: dict[int, dict[str, JSON]]) -> tuple[dict[str, JSON], ...]:
    return tuple(rows.get(position, {}) for position in range(max(rows, default=-1) + 1))


def field_at(path: str) -> Field:
    """The registry's field of a path; KeyError if there is none."""
    head, *middle, key = path.split(".")
    fields = CASE if head == "case" else PERSONS[_PREFIX[head]]
    if head != "case" and bool(middle) is (head == "survivor"):
        raise KeyError(path)
    for field in fields:
        if field.key == key:
            return field
    raise KeyError(path)


def labels(path: str) -> str:
    """What a path is called in the active language: "Companion 1: Date of birth"."""
    field = field_at(path)
    head, *middle, _key = path.split(".")
    if head == "case":
        return str(field.label)
    who = str(_PREFIX[head].label)
    if middle:
        who = f"{who} {int(middle[0]) + 1}"
    return _("%(who)s: %(what)s") % {"who": who, "what": field.label}


def age_on(birth: JSON, day: date) -> int | None:
    """Whole years on `day` of a birth value; None if no date is known."""
    given = birth.get("date") if isinstance(birth, dict) else None
    if not given:
        return None
    born = date.fromisoformat(given)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_band(birth: JSON, day: date) -> AgeBand:
    """The coarse age that stands in clear, for housing and counts."""
    years = age_on(birth, day)
    if years is None or years < 0:
        return AgeBand.UNKNOWN
    return next((band for limit, band in _BANDS if years < limit), AgeBand.OLDER)


def household(content: CaseContent, day: date) -> list[dict[str, str]]:
    """Who is to be housed, in clear: {role, sex, age_band} of the survivor and each companion."""
    return [
        {
            "role": str(role),
            "sex": str(values.get("sex") or Sex.UNKNOWN),
            "age_band": str(age_band(values.get("birth"), day)),
        }
        for role, _position, values in people(content)
        if role != PersonRole.PERSON_OF_CONCERN
    ]


def by_class(fields: tuple[Field, ...], values: dict[str, JSON]) -> dict[DisclosureClass, dict[str, JSON]]:
    """A person's or the case's sealed values by class; `sex` stands in clear and is left out."""
    sorted_values: dict[DisclosureClass, dict[str, JSON]] = {}
    for field in fields:
        if field.key in values and field.key != "sex":
            sorted_values.setdefault(field.disclosure_class, {})[field.key] = values[field.key]
    return sorted_values
