"""What a paper form says about people and about what happened, brought into the case's registry.

Every key the registry knows goes to its field. A value of the wrong type is a problem; a value of the right type that
no field fits, and every unknown key, is kept as a note. Nothing is dropped.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ihala.cases.content import CASE, PERSONS, CaseContent, Field, Kind
from ihala.cases.enums import PersonRole
from ihala.cases.fit import LONGEST_LINE, LONGEST_TEXT, MOST_ROWS, Misfit, Unfit, fit, is_absent
from ihala.cases.normalise import Birth, Doubt, day
from ihala.core.text import clean

from .intake_json import Number, Problem, below

WRONG_TYPE = _("This is not the type of value that belongs here.")
REFUSED_DOUBTS = frozenset({Doubt.IMPOSSIBLE_DATE, Doubt.IN_THE_FUTURE, Doubt.TOO_LONG_AGO})
"""A birth that cannot be is a slip in typing and is corrected at the source; what cannot be read is kept as given."""
MANY_CODES = frozenset({Kind.CHOICES, Kind.LANGUAGES, Kind.NOTES})
SURVIVOR = "survivor"
CASE_FIELDS: Mapping[str, Field] = {field.intake or field.key: field for field in CASE}
GROUPS = sorted({path.split(".")[0] for path in CASE_FIELDS if "." in path} - {SURVIVOR})


def is_text(raw: object) -> bool:
    """A JSON string; a number kept as its text is none."""
    return isinstance(raw, str) and not isinstance(raw, Number)


class Reader:
    """Reads values of one form and gathers problems, doubts and what is kept as a note, each with its path."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.problems: list[Problem] = []
        self.doubts: list[tuple[str, Doubt]] = []
        self.kept: list[tuple[str, str]] = []

    def problem(self, path: str, code: str, message: Promise | str) -> None:
        """Something for which the form is refused."""
        self.problems.append(Problem(path, code, message))

    def keep(self, path: str, raw: Any) -> None:
        """A value no field takes: kept as text."""
        if raw is None or raw == [] or raw == {} or raw == "":
            return
        written = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
        self.kept.append((path, clean(written)))

    def keep_others(self, path: str, values: Mapping[str, Any], known: Iterable[str]) -> None:
        """Everything under keys nobody knows."""
        names = set(known)
        for key, raw in values.items():
            if key not in names:
                self.keep(below(path, key), raw)

    def mapping(self, path: str, raw: Any) -> dict[str, Any]:
        """An object, or nothing where it is missing."""
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.problem(path, "wrong_type", _("An object is expected here."))
            return {}
        return raw

    def items(self, path: str, raw: Any) -> list[Any]:
        """A list, or nothing where it is missing."""
        if raw is None:
            return []
        if not isinstance(raw, list):
            self.problem(path, "wrong_type", _("A list is expected here."))
            return []
        if len(raw) > MOST_ROWS:
            self.problem(path, "too_many", Misfit.TOO_MANY.label)
            return []
        return raw

    def text(self, path: str, raw: Any, *, required: bool = False, longest: int = LONGEST_LINE) -> str:
        """One line of text; empty where it is missing."""
        if raw is not None and not is_text(raw):
            self.problem(path, "wrong_type", _("Text is expected here."))
            return ""
        found = clean(raw[: longest * 4] if raw else "", one_line=True)
        if not found and required:
            self.problem(path, "missing", _("This value is missing."))
        if len(raw or "") > longest * 4 or len(found) > longest:
            self.problem(path, "too_long", Misfit.TOO_LONG.label)
            return ""
        return found

    def code(self, path: str, raw: Any, choices: type[TextChoices]) -> str | None:
        """One of a few codes the form cannot do without."""
        found = self.text(path, raw, required=True)
        if found and found not in choices.values:
            known = ", ".join(choices.values)
            self.problem(path, "unknown_code", format_lazy(_("Expected is one of: {codes}"), codes=known))
            return None
        return found or None

    def day(self, path: str, raw: Any, *, required: bool) -> Birth:
        """A date in either calendar."""
        written = self.text(path, raw, required=required)
        found = day(written)
        if written and found.doubt:
            self.problem(path, str(found.doubt), found.doubt.label)
        return found

    def value(self, field: Field, raw: Any, path: str) -> Any:
        """A value in the shape of its field; None if there is none, it is kept as a note, or it is a problem."""
        if problems := list(shape_problems(field, raw, path)):
            self.problems += problems
            return None
        try:
            found = fit(field, raw, on=self.on)
        except Unfit as unfit:
            if unfit.misfit is Misfit.NO_SUCH_CHOICE:
                self.keep(path, raw)
            else:
                self.problem(path, str(unfit.misfit), unfit.misfit.label)
            return None
        for place, left in found.leftovers:
            self.keep(_deeper(path, place), left)
        for place, doubt in found.doubts:
            self._doubt(_deeper(path, place), doubt)
        return found.value

    def _doubt(self, path: str, doubt: Doubt) -> None:
        if doubt in REFUSED_DOUBTS:
            self.problem(path, str(doubt), doubt.label)
        else:
            self.doubts.append((path, doubt))


def _deeper(path: str, place: str) -> str:
    """`place` is "0.number" or empty, as `fit` says it."""
    for step in place.split(".") if place else ():
        path = below(path, int(step) if step.isdecimal() else step)
    return path


# ------------------------------------------------------------------------------------------------------------- types


def shape_problems(field: Field, raw: Any, path: str) -> Iterator[Problem]:
    """Where the JSON type is not the one the field's kind is written in."""
    if raw is None or is_absent(raw):
        return
    if field.kind is Kind.YES_NO:
        if not isinstance(raw, bool):
            yield Problem(
                path, "wrong_type", format_lazy(_("{yes} or {no} is expected here."), yes="true", no="false")
            )
    elif field.kind is Kind.ROWS:
        yield from _row_problems(field, raw, path)
    elif field.kind in MANY_CODES:
        yield from _each_text(raw if isinstance(raw, list) else [raw], raw, path)
    elif not is_text(raw):
        yield Problem(path, "wrong_type", _("Text is expected here."))


def _each_text(items: list[Any], raw: Any, path: str) -> Iterator[Problem]:
    for place, item in enumerate(items):
        if not is_text(item):
            yield Problem(below(path, place) if isinstance(raw, list) else path, "wrong_type", WRONG_TYPE)
        elif len(item) > LONGEST_TEXT:
            yield Problem(
                below(path, place) if isinstance(raw, list) else path, "too_long", Misfit.TOO_LONG.label
            )


def _row_problems(field: Field, raw: Any, path: str) -> Iterator[Problem]:
    if not isinstance(raw, list):
        yield Problem(path, "wrong_type", _("A list is expected here."))
        return
    for place, row in enumerate(raw):
        if isinstance(row, dict):
            for part in field.rows:
                yield from shape_problems(part, row.get(part.key), below(below(path, place), part.key))
        elif not (is_text(row) and len(field.rows) == 1):
            yield Problem(below(path, place), "wrong_type", _("An object is expected here."))


# ------------------------------------------------------------------------------------------------------------ content


def read_content(reader: Reader, form: Mapping[str, Any], category: str, head: set[str]) -> CaseContent:
    """All that the form says about the case; `head` are the keys of the form that are read elsewhere."""
    case: dict[str, Any] = {}
    survivor = _survivor(reader, form.get(SURVIVOR), case)
    companions = _people(reader, form, "companions", PersonRole.COMPANION)
    concerning = _people(reader, form, "persons_of_concern", PersonRole.PERSON_OF_CONCERN)
    for group in GROUPS:
        values = reader.mapping(below("$", group), form.get(group))
        _case_values(reader, case, values, f"{group}.", below("$", group))
        reader.keep_others(
            below("$", group), values, {p.split(".")[1] for p in CASE_FIELDS if p.startswith(f"{group}.")}
        )
    _case_values(reader, case, form, "", "$")
    known = head | {SURVIVOR, "companions", "persons_of_concern", *GROUPS, *CASE_FIELDS}
    reader.keep_others("$", form, known)
    return CaseContent(category, survivor, companions, concerning, case)


def _case_values(
    reader: Reader, case: dict[str, Any], values: Mapping[str, Any], prefix: str, path: str
) -> None:
    """The case's own fields that stand at `prefix` of the form."""
    for place, field in CASE_FIELDS.items():
        key = place.removeprefix(prefix)
        if place.startswith(prefix) and "." not in key and key in values:
            found = reader.value(field, values[key], below(path, key))
            if found is not None:
                case[field.key] = found


def _survivor(reader: Reader, raw: Any, case: dict[str, Any]) -> dict[str, Any]:
    path = below("$", SURVIVOR)
    if raw is None:
        reader.problem(path, "missing", _("This value is missing."))
    values = reader.mapping(path, raw)
    _case_values(reader, case, values, f"{SURVIVOR}.", path)
    elsewhere = {p.split(".")[1] for p in CASE_FIELDS if p.startswith(f"{SURVIVOR}.")}
    return _person(reader, PersonRole.SURVIVOR, values, path, elsewhere)


def _people(
    reader: Reader, form: Mapping[str, Any], key: str, role: PersonRole
) -> tuple[dict[str, Any], ...]:
    path = below("$", key)
    read = (
        _person(reader, role, reader.mapping(below(path, n), raw), below(path, n), set())
        for n, raw in enumerate(reader.items(path, form.get(key)))
    )
    return tuple(person for person in read if person)


def _person(
    reader: Reader, role: PersonRole, values: Mapping[str, Any], path: str, elsewhere: set[str]
) -> dict[str, Any]:
    fields = {field.key: field for field in PERSONS[role]}
    reader.keep_others(path, values, fields.keys() | elsewhere)
    found = {key: reader.value(field, values.get(key), below(path, key)) for key, field in fields.items()}
    return {key: value for key, value in found.items() if value is not None}
