"""A value as typed or imported, brought into the shape its field has in the registry.

One door for forms and paper forms alike. What cannot have the shape is `Unfit` and its giver decides: a form shows the
error at the question, the import keeps the value as a note. Nothing is guessed and nothing is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ihala.core.text import clean
from ihala.core.vocabulary import Absent

from . import codelists, normalise
from .content import Field, Kind
from .enums import DocumentType

LONGEST_LINE = 300
LONGEST_TEXT = 20_000
MOST_ROWS = 20


class Misfit(TextChoices):
    """Why a value cannot be what the field holds."""

    WRONG_KIND = "wrong_kind", _("This value does not belong here.")
    NO_SUCH_CHOICE = "no_such_choice", _("This is not one of the choices.")
    TOO_LONG = "too_long", _("This text is too long.")
    TOO_MANY = "too_many", _("These are too many entries.")


class Unfit(ValueError):
    """Raised with the misfit."""

    def __init__(self, misfit: Misfit) -> None:
        super().__init__(misfit.value)
        self.misfit = misfit


@dataclass(frozen=True)
class Fitted:
    """The value in its shape; None if nothing was said. `doubts` and `leftovers` name a place below the field
    ("", "0.number"): what is odd but kept, and what no field below could take."""

    value: Any = None
    doubts: tuple[tuple[str, normalise.Doubt], ...] = ()
    leftovers: tuple[tuple[str, Any], ...] = ()


def absent(code: str) -> dict[str, str]:
    """The value that says why there is none."""
    return {"absent": str(Absent(code))}


def is_absent(value: object) -> bool:
    """True for {"absent": code}."""
    return isinstance(value, dict) and set(value) == {"absent"} and value["absent"] in Absent.values


def fit(field: Field, raw: object, *, on: date) -> Fitted:
    """`raw` in the shape of `field`, as understood on the day `on`. Raises `Unfit`."""
    if raw is None or raw == "" or raw == []:
        return Fitted()
    if is_absent(raw):
        if field.required:
            raise Unfit(Misfit.NO_SUCH_CHOICE)
        return Fitted(raw)
    return _FITTERS[field.kind](field, raw, on)


def _text(raw: object, longest: int, *, one_line: bool) -> str:
    if not isinstance(raw, str):
        raise Unfit(Misfit.WRONG_KIND)
    if len(raw) > longest * 4:  # before any work is done on a megabyte
        raise Unfit(Misfit.TOO_LONG)
    text = clean(raw, one_line=one_line)
    if len(text) > longest:
        raise Unfit(Misfit.TOO_LONG)
    return text


def _line(field: Field, raw: object, on: date) -> Fitted:
    return Fitted(_text(raw, LONGEST_LINE, one_line=True) or None)


def _lines(field: Field, raw: object, on: date) -> Fitted:
    return Fitted(_text(raw, LONGEST_TEXT, one_line=False) or None)


def _birth(field: Field, raw: object, on: date) -> Fitted:
    if isinstance(raw, dict):
        return Fitted(_birth_value(raw))
    found = normalise.birth(_text(raw, LONGEST_LINE, one_line=True), on=on)
    if not found.given:
        return Fitted()
    value = {
        "date": found.value.isoformat() if found.value else None,
        "approximate": found.approximate,
        "given": found.given,
        "calendar": str(found.calendar),
    }
    return Fitted(value, (("", found.doubt),) if found.doubt else ())


def _birth_value(raw: dict[Any, Any]) -> dict[str, Any]:
    """A value that already has the shape; anything else is unfit."""
    if set(raw) != {"date", "approximate", "given", "calendar"}:
        raise Unfit(Misfit.WRONG_KIND)
    try:
        day = None if raw["date"] is None else date.fromisoformat(raw["date"]).isoformat()
    except (TypeError, ValueError):
        raise Unfit(Misfit.WRONG_KIND) from None
    if not isinstance(raw["approximate"], bool) or raw["calendar"] not in normalise.Calendar.values:
        raise Unfit(Misfit.WRONG_KIND)
    given = _text(raw["given"], LONGEST_LINE, one_line=True)
    return {"date": day, "approximate": raw["approximate"], "given": given, "calendar": raw["calendar"]}


def _choice(field: Field, raw: object, on: date) -> Fitted:
    if not isinstance(raw, str) or raw not in field.codes:
        raise Unfit(Misfit.NO_SUCH_CHOICE)
    return Fitted(str(raw))


def _other_choice(field: Field, raw: object, on: date) -> Fitted:
    return Fitted(_text(raw, LONGEST_LINE, one_line=True) or None)


def _codes(raw: object, known: Callable[[object], bool]) -> Fitted:
    given = raw if isinstance(raw, list) else [raw]
    if len(given) > MOST_ROWS * 2:
        raise Unfit(Misfit.TOO_MANY)
    fitting = list(dict.fromkeys(str(code) for code in given if isinstance(code, str) and known(code)))
    leftovers = tuple(
        (str(place) if isinstance(raw, list) else "", code)
        for place, code in enumerate(given)
        if not (isinstance(code, str) and known(code))
    )
    if not fitting:
        raise Unfit(Misfit.NO_SUCH_CHOICE)
    return Fitted(fitting, leftovers=leftovers)


def _choices(field: Field, raw: object, on: date) -> Fitted:
    return _codes(raw, field.codes.__contains__)


def _languages(field: Field, raw: object, on: date) -> Fitted:
    return _codes(raw, codelists.is_language)


def _yes_no(field: Field, raw: object, on: date) -> Fitted:
    if not isinstance(raw, bool):
        raise Unfit(Misfit.WRONG_KIND)
    return Fitted(raw)


def _country(field: Field, raw: object, on: date) -> Fitted:
    if not codelists.is_country(raw):
        raise Unfit(Misfit.NO_SUCH_CHOICE)
    return Fitted(raw)


def _phone(field: Field, raw: object, on: date) -> Fitted:
    found = normalise.phone(_text(raw, LONGEST_LINE, one_line=True))
    return Fitted(found.text or None, (("", found.doubt),) if found.text and found.doubt else ())


def _number(field: Field, raw: object, on: date) -> Fitted:
    return Fitted(normalise.digits(_text(raw, LONGEST_LINE, one_line=True)) or None)


def _notes(field: Field, raw: object, on: date) -> Fitted:
    given = raw if isinstance(raw, list) else [raw]
    if len(given) > MOST_ROWS * 5:
        raise Unfit(Misfit.TOO_MANY)
    texts = [_text(note, LONGEST_TEXT, one_line=False) for note in given]
    return Fitted([text for text in texts if text] or None)


def _rows(field: Field, raw: object, on: date) -> Fitted:
    if not isinstance(raw, list):
        raise Unfit(Misfit.WRONG_KIND)
    if len(raw) > MOST_ROWS:
        raise Unfit(Misfit.TOO_MANY)
    rows: list[dict[str, Any]] = []
    doubts: list[tuple[str, normalise.Doubt]] = []
    leftovers: list[tuple[str, Any]] = []
    for place, given in enumerate(raw):
        row, row_doubts, row_leftovers = _row(field, given, on)
        doubts += [(f"{len(rows)}.{key}", doubt) for key, doubt in row_doubts if row]
        leftovers += [(f"{place}.{key}" if key else str(place), value) for key, value in row_leftovers]
        if row:
            rows.append(row)
    return Fitted(rows or None, tuple(doubts), tuple(leftovers))


Row = tuple[dict[str, Any], list[tuple[str, normalise.Doubt]], list[tuple[str, Any]]]


def _row(field: Field, given: object, on: date) -> Row:
    """One row and what is odd or left over in it; a lone text is the row's number, where it has nothing else."""
    if isinstance(given, str) and len(field.rows) == 1:
        given = {field.rows[0].key: given}
    if not isinstance(given, dict):
        return {}, [], [("", given)]
    known = {part.key: part for part in field.rows}
    row: dict[str, Any] = {}
    doubts: list[tuple[str, normalise.Doubt]] = []
    leftovers: list[tuple[str, Any]] = [(str(key), value) for key, value in given.items() if key not in known]
    for key, part in known.items():
        try:
            found = fit(part, given.get(key), on=on)
        except Unfit:
            leftovers.append((key, given[key]))
            continue
        if found.value is not None:
            row[key] = found.value
            doubts += [(key, doubt) for _below, doubt in found.doubts]
    return _checked_document(row, doubts), doubts, leftovers


def _checked_document(row: dict[str, Any], doubts: list[tuple[str, normalise.Doubt]]) -> dict[str, Any]:
    """An Emirates ID in its printed form; a wrong check digit is a doubt and never blocks."""
    if row.get("type") != DocumentType.EMIRATES_ID or not isinstance(row.get("number"), str):
        return row
    found = normalise.emirates_id(row["number"])
    if found.doubt:
        doubts.append(("number", found.doubt))
    return row | {"number": normalise.digits(found.text)}


_FITTERS: dict[Kind, Callable[[Field, object, date], Fitted]] = {
    Kind.LINE: _line,
    Kind.TEXT: _lines,
    Kind.BIRTH: _birth,
    Kind.CHOICE: _choice,
    Kind.OTHER_CHOICE: _other_choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
    Kind.COUNTRY: _country,
    Kind.LANGUAGES: _languages,
    Kind.PHONE: _phone,
    Kind.DOCUMENT_NUMBER: _number,
    Kind.ROWS: _rows,
    Kind.NOTES: _notes,
}
