"""The referral letter: what one reader may open of a referral, set on paper in one language.

The watermark names who printed it and when: a copy that turns up somewhere says whose it was.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ihala.cases import rules as case_rules
from ihala.core import paper, text
from ihala.core.clock import now
from ihala.core.vocabulary import AgeBand, DisclosureClass, LegalBasis, Service, Sex
from ihala.organisations.models import Actor, Organisation
from ihala.organisations.rules import terms_of
from ihala.referrals.enums import State
from ihala.referrals.models import PackagePart, Referral

TEMPLATE = Path(__file__).with_name("letter.typ")
ORDINALS = ("أولاً", "ثانياً", "ثالثاً", "رابعاً", "خامساً", "سادساً", "سابعاً", "ثامناً", "تاسعاً", "عاشراً")
LEFT_TO_RIGHT = frozenset({"phone", "document_number"})
LONG = 60
"""Characters from which a line is set as a paragraph in its own direction, and not at the page's starting edge."""
Values = Mapping[str, Any]


def pdf(data: Mapping[str, Any]) -> bytes:
    """The letter on paper."""
    return paper.pdf(TEMPLATE, data)


def letter_data(
    referral: Referral, parts: Sequence[tuple[PackagePart, Values | None]], reader: Actor
) -> dict[str, Any]:
    """Everything the template shows, in the active language."""
    sections = [_asked(referral), _housed(referral), *_classes(referral, parts)]
    numbered = [{**section, "number": _number(index)} for index, section in enumerate(filter(None, sections))]
    return {
        "language": "ar" if text.is_arabic() else "en",
        "direction": "rtl" if text.is_arabic() else "ltr",
        "title": _("Referral letter"),
        "document_title": _("Referral %(reference)s") % {"reference": referral.reference},
        "reference": referral.reference,
        "sender": _party(referral.sender),
        "receiver": _party(referral.receiver),
        "facts": _facts(referral),
        "greeting": _("To: %(organisation)s") % {"organisation": referral.receiver.name},
        "opening": _("We refer to you the case described below and ask for what is listed here."),
        "sections": numbered,
        "signature": _("Signature"),
        "stamp": _("Stamp"),
        "confidential": _("Confidential · only for those whose work needs it · destroy after use"),
        "page": pgettext("page", "Page {page} of {pages}"),
        "watermark": [reader.organisation_name, reader.name, _moment()],
        "printed": _("Printed by %(name)s, %(organisation)s, %(moment)s")
        % {"name": reader.name, "organisation": reader.organisation_name, "moment": _moment()},
    }


def _moment() -> str:
    """Day and hour in full: paper outlives "today"."""
    return f"{text.day(now())} · {text.hour(now())}"


def _number(index: int) -> str:
    """ "First", "Second" in Arabic, a figure in English, as official letters have it."""
    return f"{ORDINALS[index]}: " if text.is_arabic() and index < len(ORDINALS) else f"{index + 1}. "


def _party(organisation: Organisation) -> dict[str, str]:
    emirate = organisation.get_emirate_display()
    return {"ar": organisation.name_ar, "en": organisation.name_en, "emirate": str(emirate)}


def _facts(referral: Referral) -> list[dict[str, Any]]:
    terms = terms_of(referral.terms_id)
    length = terms.clock(State.UNDER_REVIEW, referral.urgency) if terms else None
    day = text.both_dates(referral.sent_at) if referral.sent_at else ""
    basis = LegalBasis(referral.basis_kind).label if referral.basis_kind else ""
    return [
        _fact(_("Reference"), referral.reference, ltr=True),
        _fact(_("Date"), day),
        _fact(_("From"), referral.sender.name),
        _fact(_("To"), referral.receiver.name),
        _fact(_("Category"), referral.get_category_display()),
        _fact(_("Kind of referral"), referral.get_kind_display()),
        _fact(_("Urgency"), referral.get_urgency_display()),
        _fact(_("Time to decide"), text.duration(length) if length else ""),
        _fact(_("Rests on"), basis),
        _fact(_("State"), State(referral.state).label),
    ]


def _fact(label: Any, value: Any, ltr: bool = False) -> dict[str, Any]:
    return {"label": str(label), **_words(value, ltr)}


def _words(value: Any, ltr: bool = False) -> dict[str, Any]:
    """Lines, each with its own direction; a number or reference runs left to right as one piece."""
    lines = [line for line in str(value or "").split("\n") if line.strip()]
    return {
        "lines": [
            {"text": line, "rtl": not ltr and _direction(line) in ("R", "AL"), "long": len(line) > LONG}
            for line in lines
        ],
        "ltr": ltr,
    }


def _direction(line: str) -> str:
    """The direction of the first letter that has one, "L", "R" or "AL"; a range of hours has none and runs left to
    right."""
    found = (unicodedata.bidirectional(letter) for letter in line)
    return next((direction for direction in found if direction in ("L", "R", "AL")), "")


def _asked(referral: Referral) -> dict[str, Any]:
    asked = [str(Service(code).label) for code in referral.services]
    given = [str(Service(code).label) for code in referral.services_given]
    groups = [{"title": "", "items": [], "list": asked}]
    if given:
        groups.append({"title": _("Services given so far"), "items": [], "list": given})
    return {"title": _("Services asked for"), "sealed": "", "groups": groups}


def _housed(referral: Referral) -> dict[str, Any] | None:
    if not referral.household:
        return None
    lines = []
    for row in referral.household:
        who = _("Survivor") if row["role"] == "survivor" else _("Companion")
        facts = [str(Sex(row["sex"]).label), str(AgeBand(row["age_band"]).label)]
        lines.append(
            _("%(who)s: %(what)s") % {"who": who, "what": ("، " if text.is_arabic() else ", ").join(facts)}
        )
    return {
        "title": _("Who is to be housed"),
        "sealed": "",
        "groups": [{"title": "", "items": [], "list": lines}],
    }


def _classes(referral: Referral, parts: Iterable[tuple[PackagePart, Values | None]]) -> list[dict[str, Any]]:
    newest = {
        part.disclosure_class: values for part, values in parts if part.version == referral.package_version
    }
    found = []
    for cls in DisclosureClass:
        if cls in newest:
            values = newest[cls]
            sealed = "" if values is not None else _("Sealed: it is not open to this reader.")
            found.append({"title": str(cls.label), "sealed": sealed, "groups": _groups(cls, values or {})})
    return found


def _groups(cls: DisclosureClass, values: Values) -> list[dict[str, Any]]:
    """The values of a class, person by person, in the order of the case's form."""
    groups: dict[str, dict[str, Any]] = {}
    content = case_rules.content_of({cls: dict(values)}, "")
    for path, value in case_rules.package_of(content).get(cls, {}).items():
        field = case_rules.field_at(path)
        whole = path.startswith(("case.", "attachments."))
        title = "" if whole else case_rules.labels(path).removesuffix(str(field.label)).rstrip(" :")
        group = groups.setdefault(path.rsplit(".", 1)[0], {"title": title, "items": [], "list": []})
        label = case_rules.labels(path) if field.kind == "file" else str(field.label)
        group["items"].append({"label": label, **_value(field, path, value)})
    return sorted(groups.values(), key=lambda group: bool(group["title"]))  # the case as a whole comes first


def _value(field: case_rules.Field, path: str, value: Any) -> dict[str, Any]:
    if field.kind == "rows" and isinstance(value, list):
        return {"lines": [], "ltr": False, "rows": [_row(field, row) for row in value]}
    return {**_words(case_rules.display(path, value), field.kind in LEFT_TO_RIGHT), "rows": []}


def _row(field: case_rules.Field, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    shown = [(part, case_rules.display_value(part, row.get(part.key))) for part in field.rows]
    return [
        {"label": str(part.label), "text": text.phone(words) if part.kind == "phone" else words,
         "ltr": part.kind in LEFT_TO_RIGHT or _direction(words) == ""}
        for part, words in shown if words
    ]  # fmt: skip
