"""A case as a form has it: one flat mapping of names → texts, "companions-0-birth" → "1994-05-03".

`typed_of` turns stored content into it, `row_numbers` finds the rows that came. Names without a field mean nothing.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from . import codelists
from .content import CASE, COMPANION, PERSON_OF_CONCERN, SURVIVOR, CaseContent, Field, Kind, numbered
from .enums import PersonRole
from .fit import MOST_ROWS, is_absent

Typed = MultiValueDict[str, str]
Named = Iterator[tuple[str, list[str]]]
ABSENT = "absent:"
IN_ONE_SELECT = (Kind.CHOICE, Kind.YES_NO)
WITH_ROWS = (Kind.ROWS, Kind.NOTES)
OURS = re.compile(
    r"(survivor|case|companions-\d{1,3}|persons_of_concern-\d{1,3})-[a-zA-Z_]{1,40}(-\d{1,3}-[a-zA-Z_]{1,40})?"
)


def rows_of(field: Field) -> tuple[Field, ...]:
    """The fields of one row; a note is a row with a text."""
    if field.kind == Kind.NOTES:
        return (Field("text", field.disclosure_class, _("Note"), Kind.TEXT),)
    return field.rows


def only_ours(typed: Typed) -> dict[str, list[str]]:
    """What belongs to the form of a case, as a draft keeps it."""
    return {name: typed.getlist(name) for name in typed if OURS.fullmatch(name)}


def _numbers(typed: Typed, prefix: str) -> set[int]:
    shape = re.compile(rf"{re.escape(prefix)}-(\d{{1,3}})-")
    return {int(match[1]) for name in typed if (match := shape.match(name))}


def row_numbers(typed: Typed, prefix: str) -> list[int]:
    """The rows under `prefix` that came and are not marked as removed, in order; at most `MOST_ROWS`."""
    found = _numbers(typed, prefix)
    kept = sorted(number for number in found if not typed.get(f"{prefix}-{number}-DELETE"))
    return kept[:MOST_ROWS]


def next_number(typed: Typed, prefix: str) -> int:
    """The number of one more row under `prefix`: never that of one that was just removed."""
    return max(_numbers(typed, prefix), default=-1) + 1


def one_more(typed: Typed, prefix: str) -> Typed:
    """The same with one more empty row under `prefix`."""
    grown = typed.copy()
    grown[f"{prefix}-{next_number(typed, prefix)}-row"] = "1"
    return grown


def typed_of(content: CaseContent) -> Typed:
    """A stored case as its form would have come."""
    typed: Typed = MultiValueDict()
    groups = [("survivor", SURVIVOR, content.survivor), ("case", CASE, content.case)]
    groups += [
        (f"companions-{n}", COMPANION, values) for n, values in numbered(content, PersonRole.COMPANION)
    ]
    groups += [
        (f"persons_of_concern-{n}", PERSON_OF_CONCERN, values)
        for n, values in numbered(content, PersonRole.PERSON_OF_CONCERN)
    ]
    for prefix, fields, values in groups:
        for name, texts in _named(prefix, fields, values):
            typed.setlist(name, texts)
    return typed


def _named(prefix: str, fields: tuple[Field, ...], values: dict[str, Any]) -> Named:
    for field in fields:
        if field.key in values:
            yield from _named_value(f"{prefix}-{field.key}", field, values[field.key])


def _named_value(name: str, field: Field, value: Any) -> Named:
    if is_absent(value):
        code = value["absent"]
        yield (name, [ABSENT + code]) if field.kind in IN_ONE_SELECT else (f"{name}_absent", [code])
    elif field.kind in WITH_ROWS:
        for number, row in enumerate(value):
            row = row if field.kind == Kind.ROWS else {"text": row}
            yield f"{name}-{number}-row", ["1"]
            yield from _named(f"{name}-{number}", rows_of(field), row)
    elif field.kind == Kind.BIRTH:
        yield name, [value["given"]]
        yield f"{name}_was", [json.dumps(value, ensure_ascii=False)]
    elif field.kind == Kind.YES_NO:
        yield name, ["yes" if value else "no"]
    elif field.kind == Kind.OTHER_CHOICE:
        yield name, [field.label_of(value)]
    elif field.kind == Kind.COUNTRY:
        yield name, [codelists.country(value)]
    else:
        yield name, value if isinstance(value, list) else [value]
