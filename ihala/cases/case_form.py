"""The whole form of a case: its people, its questions by section, its rows, in the order of the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ihala.core.vocabulary import Category, DisclosureClass

from .content import CASE, COMPANION, PERSON_OF_CONCERN, SURVIVOR, CaseContent, Field, Kind
from .enums import PersonRole, Relation
from .forms import FieldsForm
from .typed import WITH_ROWS, Typed, next_number, one_more, row_numbers, rows_of, typed_of

_ADD: dict[str, str | Promise] = {
    "documents": _("Add a document"),
    "phones": _("Add a phone"),
    "notes": _("Add a note"),
    "companions": _("Add a companion"),
    "persons_of_concern": _("Add a person of concern"),
}
_ROW: dict[str, str | Promise] = {
    "documents": pgettext_lazy("row", "Document"),
    "phones": pgettext_lazy("row", "Phone"),
    "notes": pgettext_lazy("row", "Note"),
    "companions": pgettext_lazy("row", "Companion"),
    "persons_of_concern": pgettext_lazy("row", "Person of concern"),
}
SECTION_TITLES: dict[str, str | Promise] = {
    DisclosureClass.TRIAGE: _("Finding a place that fits"),
    DisclosureClass.NARRATIVE: _("What happened"),
    DisclosureClass.SAFETY: _("Safety"),
    DisclosureClass.CLINICAL: _("Health of the family"),
    DisclosureClass.IDENTITY: _("Who to speak with here"),
}


class Part:
    """Some fields under a prefix, with their rows. `values` and `doubts` are there once it was checked."""

    def __init__(
        self, fields: tuple[Field, ...], typed: Typed, prefix: str, *, checked: bool, row: bool = False
    ) -> None:
        self.prefix = prefix
        self.form = FieldsForm(fields, typed, prefix, checked=checked, rows=row)
        self.rows = {
            field.key: Rows(field, typed, prefix, checked=checked)
            for field in fields
            if field.kind in WITH_ROWS
        }
        self.number = prefix.rsplit("-", 1)[-1]

    @property
    def shown(self) -> list[dict[str, Any]]:
        """Its questions in the registry's order: each a bound field with its "no answer", or rows."""
        names = self.form.fields
        return [
            {
                "bound": self.form[key],
                "absent": self.form[f"{key}_absent"] if f"{key}_absent" in names else "",
                "more": self.form[f"{key}_more"] if f"{key}_more" in names else "",
                "wide": self.form.registry[key].kind in (Kind.TEXT, Kind.CHOICES, Kind.LANGUAGES),
                "many": self.form.registry[key].kind in (Kind.CHOICES, Kind.LANGUAGES),
            }
            for key in self.form.registry
        ]

    @property
    def hidden(self) -> list[Any]:
        """What is carried along unseen."""
        return list(self.form.hidden_fields())

    @property
    def inner(self) -> list["Rows"]:
        """Its rows."""
        return list(self.rows.values())

    def parts(self) -> Iterator["Part"]:
        """Itself and all its rows."""
        yield self
        for rows in self.inner:
            for part in rows.parts:
                yield from part.parts()

    @property
    def values(self) -> dict[str, Any]:
        """All answers, rows included; a row that says nothing is none."""
        values = dict(self.form.values)
        for key, rows in self.rows.items():
            if filled := [part.values for part in rows.parts if part.values]:
                values[key] = [value["text"] for value in filled] if rows.field.kind == Kind.NOTES else filled
        return values


BLANK = "__prefix__"


class Rows:
    """Repeated rows of one field. `template` is the row a script adds; inside of other rows the server adds them."""

    def __init__(self, field: Field, typed: Typed, prefix: str, *, checked: bool) -> None:
        self.field, self.label = field, field.label
        self.prefix = f"{prefix}-{field.key}"
        self.add, self.title = _ADD[field.key], _ROW[field.key]
        self.absent = FieldsForm((field,), typed, prefix, checked=False)[f"{field.key}_absent"]
        numbers = row_numbers(typed, self.prefix)
        self.next = next_number(typed, self.prefix)  # of a row that the page's script adds
        top = prefix in ("survivor", "case")
        blank = f"{self.prefix}-{BLANK}"
        self.template = Part(rows_of(field), Typed(), blank, checked=False, row=True) if top else None
        self.parts = [
            Part(rows_of(field), typed, f"{self.prefix}-{number}", checked=checked, row=True)
            for number in numbers
        ]


@dataclass(frozen=True)
class Section:
    """A card of the page with case-level questions."""

    key: str
    title: str | Promise
    part: Part


class People:
    """Companions or persons of concern."""

    def __init__(self, key: str, fields: tuple[Field, ...], typed: Typed, *, checked: bool) -> None:
        self.prefix, self.add, self.title = key, _ADD[key], _ROW[key]
        numbers = row_numbers(typed, key)
        self.next = next_number(typed, key)
        self.template = Part(fields, Typed(), f"{key}-{BLANK}", checked=False)
        self.parts = [Part(fields, typed, f"{key}-{number}", checked=checked) for number in numbers]

    def values(self) -> tuple[dict[str, Any], ...]:
        """What is said about each who was said anything about."""
        return tuple(part.values for part in self.parts if part.values)

    def numbers(self) -> tuple[int, ...]:
        """The numbers of the same."""
        return tuple(int(part.number) for part in self.parts if part.values)


class CaseForm:
    """`typed` shown, or, with `checked`, judged."""

    def __init__(self, category: str, typed: Typed, *, checked: bool = False) -> None:
        self.category, self.typed, self.checked = Category(category), typed, checked
        self.survivor = Part(SURVIVOR, typed, "survivor", checked=checked)
        self.companions = People("companions", COMPANION, typed, checked=checked)
        self.persons_of_concern = People("persons_of_concern", PERSON_OF_CONCERN, typed, checked=checked)
        self.sections = list(self._sections())
        self.relations = [relation.label for relation in Relation]

    @classmethod
    def blank(cls, category: str, *, contact: dict[str, str]) -> "CaseForm":
        """A new case: one row to begin with where there is mostly one, and who writes as the contact."""
        content = CaseContent(
            category, case={f"contact_{key}": value for key, value in contact.items() if value}
        )
        typed = typed_of(content)
        for prefix in ("survivor-documents", "survivor-phones", "persons_of_concern"):
            typed = one_more(typed, prefix)
        return cls(category, typed)

    @classmethod
    def of(cls, content: CaseContent) -> "CaseForm":
        """A stored case."""
        return cls(content.category, typed_of(content))

    def _sections(self) -> Iterator[Section]:
        for cls in (DisclosureClass.TRIAGE, DisclosureClass.NARRATIVE):
            yield self._section(
                str(cls),
                SECTION_TITLES[cls],
                [f for f in CASE if f.disclosure_class == cls and not f.categories],
            )
        own = [field for field in CASE if field.categories and field.asked_in(self.category)]
        yield self._section("category", self.category.label, own)
        for cls in (DisclosureClass.SAFETY, DisclosureClass.CLINICAL, DisclosureClass.IDENTITY):
            yield self._section(str(cls), SECTION_TITLES[cls], [f for f in CASE if f.disclosure_class == cls])

    def _section(self, key: str, title: str | Promise, fields: list[Field]) -> Section:
        return Section(key, title, Part(tuple(fields), self.typed, "case", checked=self.checked))

    def parts(self) -> Iterator[Part]:
        """Every part of the page and its rows."""
        for _who, top in self._named_parts():
            yield from top.parts()

    def is_valid(self) -> bool:
        """True if every answer has its shape and nothing needed is missing."""
        checked = [part.form.is_valid() for part in self.parts()]
        self.survivor.form.require()
        for part in self.companions.parts:
            if part.values:
                part.form.require()
        return all(checked) and not any(part.form.errors for part in self.parts())

    def errors(self) -> list[dict[str, Any]]:
        """Every problem with whose question it is and the question it stands at, for the summary above the form."""
        return [
            {
                "label": f"{who} · {bound.label}" if who else bound.label,
                "error": error,
                "id": bound.id_for_label or f"{bound.auto_id}_field",
            }
            for who, top in self._named_parts()
            for part in top.parts()
            for bound in part.form
            for error in bound.errors
        ]

    def _named_parts(self) -> Iterator[tuple[str, Part]]:
        """Every part of the page, with the words for whose it is."""
        yield str(PersonRole.SURVIVOR.label), self.survivor
        for people in (self.companions, self.persons_of_concern):
            for part in people.parts:
                yield f"{people.title} {int(part.number) + 1}", part
        for section in self.sections:
            yield "", section.part

    def content(self) -> CaseContent:
        """What the checked form says."""
        case: dict[str, Any] = {}
        for section in self.sections:
            case |= section.part.values
        return CaseContent(
            category=self.category,
            survivor=self.survivor.values,
            companions=self.companions.values(),
            persons_of_concern=self.persons_of_concern.values(),
            case=case,
            numbers={
                PersonRole.COMPANION: self.companions.numbers(),
                PersonRole.PERSON_OF_CONCERN: self.persons_of_concern.numbers(),
            },
        )
