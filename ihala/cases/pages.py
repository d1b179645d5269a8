"""What the pages of cases show: values in words, grouped for the eye. Reads only."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ihala.accounts.roles import Permission
from ihala.core import clock
from ihala.core.veil import unveil, veil
from ihala.core.vocabulary import Absent, Category, DisclosureClass
from ihala.organisations.models import Actor

from . import actions, codelists
from .actions import OpenedCase
from .case_form import SECTION_TITLES, CaseForm
from .content import CASE, COMPANION, PERSON_OF_CONCERN, SURVIVOR, CaseContent, Field, Kind
from .enums import CaseState, PersonRole
from .fit import Unfit, fit, is_absent
from .forms import AccessForm, FileForm, NoteForm
from .models import Access, Case, Person
from .rules import age_on, display, display_value, field_at, is_empty, labels, package_of, reads_until

PAGE = 30
PEOPLE = {
    "companions": gettext_lazy("Companions"),
    "persons_of_concern": gettext_lazy("Persons of concern"),
    "concern_hint": gettext_lazy(
        "Whom she must be protected from. Never shown to another organisation before it accepts."
    ),
}
_KINDS = {
    Kind.PHONE: "ltr",
    Kind.DOCUMENT_NUMBER: "ltr",
    Kind.TEXT: "text",
    Kind.LINE: "name",
    Kind.NOTES: "text",
}


def facts(
    fields: tuple[Field, ...], values: dict[str, Any], *, leave_out: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Label and value of each field that says something, for `components/facts.html`."""
    return [
        fact(field, values[field.key])
        for field in fields
        if field.key not in leave_out and not is_empty(values.get(field.key))
    ]


def fact(field: Field, value: Any) -> dict[str, Any]:
    """One of them. Rows are shown a line each."""
    if is_absent(value):
        return {"label": field.label, "value": "", "missing": Absent(value["absent"]).label}
    words = display_value(field, value)
    rows = "text" if "\n" in words else "name"
    return {
        "label": field.label,
        "value": words,
        "kind": rows if field.kind == Kind.ROWS else _KINDS.get(field.kind, ""),
    }


# ---------------------------------------------------------------------------------------- the list


def listed(actor: Actor, asked: QueryDict) -> dict[str, Any]:
    """One page of the cases visible to `actor`; state, category (veiled) and place stand in the address."""
    state = asked.get("state", "")
    category = unveil(asked.get("category", ""), Category.values)
    cases = Case.objects.visible_to(actor).prefetch_related("people").order_by("-changed_at", "-id")
    cases = cases.filter(state=state) if state in CaseState.values else cases.exclude(state=CaseState.CLOSED)
    if category:
        cases = cases.filter(category=category)
    if place := _place(asked.get("before", "")):
        cases = cases.filter(changed_at__lte=place[0]).exclude(changed_at=place[0], id__gte=place[1])
    found = list(cases[: PAGE + 1])
    rest = {"state": state, "category": veil(category)}
    return {
        "rows": [_row(case) for case in found[:PAGE]],
        "next_url": _address(rest | {"before": _mark(found[PAGE - 1])}) if len(found) > PAGE else "",
        "state_chips": _chips("state", state, [("", _("Open and expected")), *CaseState.choices], rest),
        "category_chips": _chips("category", veil(category), _categories(), rest),
        "filtered": bool(state or category or place),
        "may_write": actor.has(Permission.WRITE_CASE),
    }


def _categories() -> list[Any]:
    return [("", _("All")), *((veil(value), label) for value, label in Category.choices)]


def _mark(case: Case) -> str:
    return f"{case.changed_at.isoformat()}~{case.id}"


def _place(mark: str) -> tuple[datetime, UUID] | None:
    """Where the page before ended; None for anything that is no such mark."""
    moment, _sign, key = mark.partition("~")
    try:
        found = parse_datetime(moment)
        return (found, UUID(key)) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _address(query: dict[str, str]) -> str:
    said = urlencode({key: value for key, value in query.items() if value})
    return reverse("cases:list") + (f"?{said}" if said else "")


def _chips(key: str, now: str, choices: list[Any], rest: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"url": _address(rest | {key: code}), "label": label, "current": code == now}
        for code, label in choices
    ]


def _row(case: Case) -> dict[str, Any]:
    """A line of the list: nothing sealed, so nothing to open; the household as work lists may know it."""
    people = [person for person in case.people.all() if person.role != PersonRole.PERSON_OF_CONCERN]
    people.sort(key=lambda person: (person.role != PersonRole.SURVIVOR, person.position))
    return {"case": case, "household": [_in_short(person) for person in people]}


def _in_short(person: Person) -> str:
    return _("%(who)s, %(age)s") % {"who": person.get_sex_display(), "age": person.get_age_band_display()}


# ---------------------------------------------------------------------------------------- the form


def form(
    shown: CaseForm, *, draft: actions.Draft | None = None, case: Case | None = None, **more: Any
) -> dict[str, Any]:
    """The context of `cases/form.html`."""
    return {
        "form": shown,
        "draft": draft,
        "case": case,
        "errors": shown.errors() if shown.checked else [],
        "titles": PEOPLE,
        "codelists": codelists,
        "version": "",
        "conflict": None,
        **more,
    }


def differences(mine: CaseContent, theirs: CaseContent) -> list[dict[str, str]]:
    """Every question answered differently, both answers in words, for a version that went stale."""
    ours, other = _flat(mine), _flat(theirs)
    return [
        {"label": labels(path), "old": _shown(path, other.get(path)), "new": _shown(path, ours.get(path))}
        for path in dict.fromkeys((*ours, *other))
        if _unordered(path, ours.get(path)) != _unordered(path, other.get(path))
    ]


def _unordered(path: str, value: Any) -> Any:
    """Ticked choices say the same in any order."""
    return sorted(value) if field_at(path).kind == Kind.CHOICES and isinstance(value, list) else value


def _flat(content: CaseContent) -> dict[str, Any]:
    """Every answer of the form by path; files are no answers."""
    return {
        path: value
        for values in package_of(replace(content, attachments={})).values()
        for path, value in values.items()
    }


def _shown(path: str, value: Any) -> str:
    return "" if is_empty(value) else display(path, value)


# ---------------------------------------------------------------------------------------- the page


def detail(case: Case, opened: OpenedCase, actor: Actor) -> dict[str, Any]:
    """The context of `cases/detail.html`."""
    content = opened.content
    until = reads_until(case, actor)
    may_manage = until is None and actor.has(Permission.WRITE_CASE)
    accesses = (
        Access.objects.filter(case=case).select_related("membership", "opened_by").order_by("opened_at")
    )
    return {
        "case": case,
        "survivor": _card(PersonRole.SURVIVOR, SURVIVOR, content.survivor, leave_out=("phones",)),
        "phones": content.survivor.get("phones"),
        "reach": _reach(content),
        "companions": [_card(PersonRole.COMPANION, COMPANION, values) for values in content.companions],
        "concerns": [
            _card(PersonRole.PERSON_OF_CONCERN, PERSON_OF_CONCERN, values, kind="concern")
            for values in content.persons_of_concern
        ],
        "groups": _groups(content),
        "doubts": doubts(content),
        "notes": opened.notes,
        "files": _files(case, opened),
        "file_form": FileForm(),
        "may_attach": may_manage and case.state == CaseState.OPEN,
        "accesses": accesses,
        "note_form": NoteForm(),
        "access_form": AccessForm(actor=actor),
        "may_manage": may_manage,
        "may_see_beds": actor.has(Permission.SEE_BEDS),
        "refer_url": _refer_url(case, actor) if until is None else "",
        "reads_until": until,
    }


def _refer_url(case: Case, actor: Actor) -> str:
    """Where a referral of this case begins; referrals stand above cases, so only the address is known."""
    return reverse("referrals:new", args=[case.reference]) if actor.has(Permission.DRAFT_REFERRAL) else ""


def _card(
    role: PersonRole,
    fields: tuple[Field, ...],
    values: dict[str, Any],
    *,
    kind: str = "",
    leave_out: tuple[str, ...] = (),
) -> dict[str, Any]:
    """A person as `components/person_card.html` wants it; the age is today's."""
    name = values.get("name") or values.get("name_latin") or values.get("case_code") or ""
    name = "" if is_absent(name) else name
    if name == values.get("name"):
        leave_out = (*leave_out, "name")
    years = age_on(values.get("birth"), clock.today())
    listed_facts = facts(fields, values, leave_out=leave_out)
    if years is not None and years >= 0:
        listed_facts.insert(0, {"label": _("Age"), "value": str(years), "kind": "ltr"})
    child = kind == "" and years is not None and years < 18
    return {"name": name, "role": role.label, "facts": listed_facts, "kind": "child" if child else kind}


def _files(case: Case, opened: OpenedCase) -> list[dict[str, Any]]:
    """The files as a list shows them, those removed too."""
    return [
        {
            "row": row,
            "label": labels(f"attachments.{row.number}"),
            "words": display(f"attachments.{row.number}", about),
        }
        for row in opened.files
        for about in [opened.content.attachments.get(row.number)]
    ]


def _reach(content: CaseContent) -> list[dict[str, Any]]:
    """Her phones as a caller must read them: the number, whether it is safe, and the rules, in words."""
    phones = content.survivor.get("phones")
    if not isinstance(phones, list):
        return []
    field = field_at("survivor.phones")
    return [
        {
            "number": phone.get("number", ""),
            "safe": phone.get("safe"),
            "rules": [
                fact(part, phone[part.key]) for part in field.rows[2:] if not is_empty(phone.get(part.key))
            ],
        }
        for phone in phones
    ]


def _groups(content: CaseContent) -> list[dict[str, Any]]:
    """The case's own answers by disclosure class."""
    groups = []
    for cls in DisclosureClass:
        fields = tuple(field for field in CASE if field.disclosure_class == cls)
        if shown := facts(fields, content.case):
            groups.append({"title": SECTION_TITLES.get(cls, cls.label), "code": str(cls), "facts": shown})
    return groups


def doubts(content: CaseContent) -> list[dict[str, Any]]:
    """What is stored but odd: a check digit that does not fit, a date that cannot be read. It never blocks."""
    found = []
    for path, value in _flat(content).items():
        field = field_at(path)
        given = (
            value["given"]
            if field.kind == Kind.BIRTH and not is_absent(value) and not value["date"]
            else value
        )
        try:
            fitted = fit(field, given, on=clock.today())
        except Unfit as unfit:
            found.append({"label": labels(path), "doubt": unfit.misfit.label})
            continue
        found += [{"label": labels(path), "doubt": doubt.label} for _place_of, doubt in fitted.doubts]
    return found
