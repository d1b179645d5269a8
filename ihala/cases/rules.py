"""What follows from a case's content: the disclosure package, its labels and display, household counts, age bands.

Reads and computes, never writes. Others import the registry's types from here.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, UUIDField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ihala.accounts.roles import Permission
from ihala.core import text
from ihala.core.kept import Asked, Given, kept
from ihala.core.refusal import Refusal, Refused, Status
from ihala.core.vocabulary import Absent, AgeBand, DisclosureClass, Sex
from ihala.organisations.models import Actor

from . import codelists
from .content import ATTACHMENT, CASE, PERSONS, CaseContent, Field, Kind, numbered, people
from .enums import CaseState, PersonRole
from .files.kinds import ENDINGS
from .files.kinds import Kind as FileKind
from .fit import is_absent
from .models import Access, Case, Person

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
    companions, concerns = (
        [(number, values) for number, values in numbered(content, role) if _filled(values)]
        for role in (PersonRole.COMPANION, PersonRole.PERSON_OF_CONCERN)
    )
    return CaseContent(
        category=str(content.category),
        survivor=_tidy_person(content.survivor),
        companions=tuple(_tidy_person(values) for _number, values in companions),
        persons_of_concern=tuple(_filled(values) for _number, values in concerns),
        case=_filled(content.case),
        numbers={
            PersonRole.COMPANION: tuple(number for number, _values in companions),
            PersonRole.PERSON_OF_CONCERN: tuple(number for number, _values in concerns),
        },
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
    for number, about in sorted(content.attachments.items()):
        package.setdefault(ATTACHMENT.disclosure_class, {})[f"attachments.{number}"] = about
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
    attachments: dict[int, dict[str, JSON]] = {}
    for values in package.values():
        for path, value in values.items():
            head, *middle, key = path.split(".")
            if head == "attachments":
                attachments[int(key)] = value
            elif middle:
                rows[head].setdefault(int(middle[0]), {})[key] = value
            else:
                (case if head == "case" else survivor)[key] = value
    return CaseContent(
        category=str(category),
        survivor=survivor,
        companions=tuple(values for _number, values in sorted(rows["companions"].items())),
        persons_of_concern=tuple(values for _number, values in sorted(rows["persons_of_concern"].items())),
        case=case,
        attachments=attachments,
        numbers={role: tuple(sorted(rows[head])) for head, role in _PREFIX.items() if head in rows},
    )


def field_at(path: str) -> Field:
    """The registry's field of a path; KeyError if there is none."""
    head, *middle, key = path.split(".")
    if head == "attachments" and key.isdigit() and not middle:
        return ATTACHMENT
    fields = CASE if head == "case" else PERSONS[_PREFIX[head]]
    if head != "case" and bool(middle) is (head == "survivor"):
        raise KeyError(path)
    for field in fields:
        if field.key == key:
            return field
    raise KeyError(path)


def labels(path: str) -> str:
    """What a path is called in the active language: "Companion 1: Date of birth", "Attachment 2"."""
    field = field_at(path)
    head, *middle, key = path.split(".")
    if head == "case":
        return str(field.label)
    if head == "attachments":
        return f"{field.label} {key}"
    who = str(_PREFIX[head].label)
    if middle:
        who = f"{who} {int(middle[0]) + 1}"
    return _("%(who)s: %(what)s") % {"who": who, "what": field.label}


def display(path: str, value: JSON) -> str:
    """A value at a path as text in the active language; rows and notes one to a line."""
    return display_value(field_at(path), value)


def display_value(field: Field, value: JSON) -> str:
    """A value of a field as text in the active language."""
    if is_empty(value):
        return ""
    if is_absent(value):
        return str(Absent(value["absent"]).label)
    match field.kind:
        case Kind.BIRTH:
            return _birth_text(value)
        case Kind.CHOICE | Kind.OTHER_CHOICE:
            return field.label_of(value)
        case Kind.CHOICES:
            return _listed([field.label_of(code) for code in value])
        case Kind.LANGUAGES:
            return _listed([codelists.language(code) for code in value])
        case Kind.COUNTRY:
            return codelists.country(value)
        case Kind.YES_NO:
            return pgettext("answer", "Yes") if value else pgettext("answer", "No")
        case Kind.ROWS:
            return "\n".join(_row_text(field, row) for row in value)
        case Kind.NOTES:
            return "\n".join(value)
        case Kind.FILE:
            return (
                f"{field.label_of(value['what'])} · \u2068{value['name']}\u2069 · {text.size(value['size'])}"
            )
        case _:
            return str(value)


def neutral_name(number: int, about: dict[str, JSON]) -> str:
    """What a file is called on the way out: nothing of its own name, which may say whom it is about."""
    return f"attachment-{number}.{ENDINGS[FileKind(about['type'])]}"


def _listed(words: list[str]) -> str:
    return pgettext("between items of a list", ", ").join(words)


def _row_text(field: Field, row: dict[str, JSON]) -> str:
    if len(field.rows) == 1:
        return display_value(field.rows[0], row.get(field.rows[0].key))
    parts = [(part, display_value(part, row.get(part.key))) for part in field.rows]
    return " · ".join(
        _("%(who)s: %(what)s") % {"who": part.label, "what": shown} for part, shown in parts if shown
    )


def _birth_text(value: dict[str, JSON]) -> str:
    if not value["date"]:
        return str(value["given"])
    day = text.day(date.fromisoformat(value["date"]))
    if value["approximate"]:
        return _("about %(day)s (given as: %(given)s)") % {"day": day, "given": value["given"]}
    if value["calendar"] == "hijri":
        return _("%(day)s (given as: %(given)s)") % {"day": day, "given": value["given"]}
    return day


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


NOT_VISIBLE = Refusal("not_visible", gettext_lazy("This case cannot be found."), Status.NOT_VISIBLE)
NOT_PERMITTED = Refusal("not_permitted", gettext_lazy("Your role does not write cases."), Status.FORBIDDEN)
EMERGENCY_READS = Refusal(
    "emergency_reads",
    gettext_lazy(
        "You opened this case in an emergency, to read and to note. For anything more, ask who has it for access."
    ),
    Status.FORBIDDEN,
)
CLOSED = Refusal("case_closed", gettext_lazy("This case is closed and can no longer be changed."))
ERASED = Refusal("case_erased", gettext_lazy("This case has been erased."))
NOT_ARRIVED = Refusal("case_not_open", gettext_lazy("Nobody has arrived yet; the case is filled on arrival."))

STILL = {CaseState.EXPECTED: NOT_ARRIVED, CaseState.ERASED: ERASED}
"""States in which there is nothing to read and nothing can be written."""


def why_not_open(case: Case, actor: Actor) -> Refusal | None:
    """Need to know: only who has access opens a case (design, "Four walls", 3); an emergency's runs out."""
    return None if _open_to(actor, case=case.pk) else NOT_VISIBLE


def case_at(reference: str, actor: Actor) -> Case:
    """The case of this reference with who wrote in it, if this person may open it; else refused as not there."""
    found = Case.objects.visible_to(actor).select_related("opened_by", "changed_by", "closed_by")
    case = found.filter(reference=reference).first()
    if case is None:
        raise Refused(NOT_VISIBLE)
    return case


def why_not_work(case: Case, actor: Actor) -> Refusal | None:
    """Who has access for good starts something from the case: a referral, a consent, a bed (decision 33)."""
    untils = _open_to(actor, case=case.pk)
    if not untils:
        return NOT_VISIBLE
    return None if None in untils else EMERGENCY_READS


def worked_on_at(reference: str, actor: Actor) -> Case:
    """The case of this reference, to start something from it; refused to who only reads it."""
    case = case_at(reference, actor)
    if refusal := why_not_work(case, actor):
        raise Refused(refusal)
    return case


def reads_until(case: Case, actor: Actor) -> datetime | None:
    """Until when who opened it in an emergency reads it; None for who has it for good, and for who has it not."""
    untils = _open_to(actor, case=case.pk)
    return untils[0] if untils else None


def work_on(case: UUID, actor: Actor) -> Asked:
    """What `why_not_work` asks, to be asked `ahead`."""
    return _open_to.asked(actor, case=case)


@kept
def _open_to(actor: Actor) -> QuerySet[Access, datetime | None]:
    """Until when: first what has no end."""
    found = Access.objects.open_to(actor).filter(case=Given("case", UUIDField()))
    return found.order_by(F("until").desc(nulls_first=True)).values_list("until", flat=True)[:1]


def people_in_order(case: Case) -> list[Person]:
    """Who belongs to the case, in the order of its form."""
    return _people(None, case=case.pk)


def to_be_opened(case: UUID, actor: Actor) -> list[Asked]:
    """What opening a case asks of somebody who works on it, to be asked `ahead`."""
    return [work_on(case, actor), _people.asked(None, case=case)]


@kept
def _people(_nobody: None) -> QuerySet[Person]:
    return Person.objects.filter(case=Given("case", UUIDField())).order_by("role", "position")


def why_not_manage(case: Case, actor: Actor) -> Refusal | None:
    """Who has access and writes cases decides who else may open it, and whether it is closed; an emergency does not."""
    if refusal := why_not_work(case, actor):
        return refusal
    return None if actor.has(Permission.WRITE_CASE) else NOT_PERMITTED


def why_not_change(case: Case, actor: Actor) -> Refusal | None:
    """Who manages an open case may change it."""
    if refusal := why_not_manage(case, actor):
        return refusal
    return {CaseState.CLOSED: CLOSED, **STILL}.get(CaseState(case.state))
