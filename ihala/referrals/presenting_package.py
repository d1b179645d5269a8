"""A disclosure package as screens show it: by class and person, before and after acceptance, version by version."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ihala.audit.enums import Purpose
from ihala.cases import actions as cases
from ihala.cases import rules as case_rules
from ihala.cases.rules import CaseContent, Field
from ihala.consent.rules import Basis
from ihala.core.clock import now
from ihala.core.text import is_arabic
from ihala.core.vocabulary import AgeBand, DisclosureClass, Sex
from ihala.organisations.enums import Release
from ihala.organisations.models import Actor
from ihala.organisations.rules import TermsView

from .actions import package
from .enums import AmendReason, Step
from .models import PackagePart, Referral, StepTaken

Values = Mapping[str, Any]
ByClass = Mapping[DisclosureClass, Values]
KINDS = {
    "phone": "phone",
    "document_number": "ltr",
    "text": "text",
    "notes": "text",
    "line": "name",
    "other_choice": "name",
    "birth": "name",
    "file": "name",
}
ROWS = "rows"
FILE = "file"


def grouped(cls: str, values: Values) -> list[dict[str, Any]]:
    """The values of one class, person by person: {title, items}, items as `components/facts.html` takes them."""
    groups: dict[str, dict[str, Any]] = {}
    for path, value in in_order(cls, values).items():
        head = path.rsplit(".", 1)[0]
        group = groups.setdefault(head, {"title": _title(path), "items": []})
        group["items"].append(item(path, value))
    return sorted(groups.values(), key=lambda group: bool(group["title"]))  # the case as a whole comes first


def in_order(cls: str, values: Values) -> Values:
    """The same values in the order of the case's form: a sealed document does not keep it."""
    content = case_rules.content_of({DisclosureClass(cls): dict(values)}, "")
    return case_rules.package_of(content).get(DisclosureClass(cls), {})


def _title(path: str) -> str:
    """ "Survivor", "Companion 2"; nothing for what concerns the case as a whole."""
    return "" if path.startswith(("case.", "attachments.")) else _whose(get_language() or "ar", path)


@lru_cache(maxsize=4096)
def _whose(language: str, path: str) -> str:
    field = case_rules.field_at(path)
    return case_rules.labels(path).removesuffix(str(field.label)).rstrip(" :")


def item(path: str, value: Any) -> dict[str, Any]:
    """One value with its label; rows (phones, documents) keep their parts apart, so that numbers stay readable."""
    field = case_rules.field_at(path)
    label = case_rules.labels(path) if field.kind == FILE else field.label
    found: dict[str, Any] = {"path": path, "label": label, "kind": KINDS.get(field.kind, "")}
    if case_rules.is_absent(value):
        return {**found, "value": "", "kind": "", "missing": case_rules.display(path, value)}
    if field.kind == ROWS:
        return {**found, "kind": ROWS, "value": [_row(field, row) for row in value]}
    return {**found, "value": case_rules.display(path, value)}


def _row(field: Field, row: Values) -> list[dict[str, Any]]:
    """The parts of a row that say something."""
    shown = [(part, case_rules.display_value(part, row.get(part.key))) for part in field.rows]
    return [
        {"label": part.label, "value": words, "kind": KINDS.get(part.kind, "")}
        for part, words in shown
        if words
    ]


# ----------------------------------------------------------------------------------- before sending: what will be seen


def would_go(referral: Referral, *, by: Actor) -> tuple[ByClass, set[str], CaseContent]:
    """Everything in the case by class, the classes that consent and terms allow, and the content itself."""
    content = cases.open_case(package.own_case(referral, by), by=by, purpose=Purpose.REFERRAL)
    wish = copy(referral)
    wish.classes = list(DisclosureClass)
    return case_rules.package_of(content), set(package.allowed_classes(wish)), content


def matrix(
    referral: Referral, everything: ByClass, allowed: set[str], early: set[str]
) -> list[dict[str, Any]]:
    """Class by class: its fields, and what the receiver sees of it before and after acceptance."""
    return [
        {
            "code": cls.value,
            "name": cls.label,
            "allowed": cls in allowed,
            "fixed": cls == DisclosureClass.TRIAGE,
            "chosen": cls in allowed and (cls in referral.classes or cls == DisclosureClass.TRIAGE),
            "before": ("open" if cls in early else "sealed") if cls in allowed else "never",
            "after": "open" if cls in allowed else "never",
            "why": "" if cls in allowed else _("Not allowed by consent or the agreement"),
            "groups": grouped(cls, everything[cls]),
            "count": len(everything[cls]),
        }
        for cls in DisclosureClass
        if everything.get(cls)
    ]


def opens_on_sending(referral: Referral, terms: TermsView | None, basis: Basis | None) -> set[str]:
    """The classes the receiver sees before it accepts; nothing but triage while a second signature is missing."""
    if terms is None or basis is None or basis.second_signature_pending:
        return {DisclosureClass.TRIAGE}
    return {
        cls
        for cls in DisclosureClass
        if cls == DisclosureClass.TRIAGE or terms.released_at(cls, referral.urgency) == Release.SENDING
    }


# ----------------------------------------------------------------------------------------- after sending: what is seen

SEALED_UNTIL = gettext_lazy("opens with acceptance")
SEALED_ENDED = gettext_lazy("closed")
SEALED_SIGNATURE = gettext_lazy("opens after the second signature")
SEALED_OPENING = gettext_lazy("is being opened; reload the page in a moment")

Parts = Sequence[tuple[PackagePart, Values | None]]


def sections(referral: Referral, parts: Parts) -> list[dict[str, Any]]:
    """The newest version as this reader may see it, class by class."""
    newest = {
        part.disclosure_class: values for part, values in parts if part.version == referral.package_version
    }
    return [
        {
            "code": cls.value,
            "name": cls.label,
            "groups": _with_files(referral, grouped(cls, values)) if values is not None else [],
            "sealed": "" if values is not None else _why_sealed(referral),
        }
        for cls in DisclosureClass
        if cls in newest
        for values in [newest[cls]]
    ]


def _with_files(referral: Referral, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same; a file also says where it can be had."""
    for one in (one for group in groups for one in group["items"] if one["path"].startswith("attachments.")):
        number = int(one["path"].rpartition(".")[2])
        one["url"] = reverse("referrals:file", args=[referral.reference, referral.package_version, number])
    return groups


def _why_sealed(referral: Referral) -> Any:
    if referral.ended_at is not None or referral.consent_withdrawn_at is not None:
        return SEALED_ENDED
    if referral.accepted_at is None:
        return SEALED_UNTIL
    if referral.signature_pending:
        return SEALED_SIGNATURE
    over = referral.basis_until is not None and referral.basis_until <= now()
    return SEALED_ENDED if over else SEALED_OPENING


def amendments(parts: Parts, lines: Iterable[StepTaken]) -> list[dict[str, Any]]:
    """What each amendment changed, newest first: {version, line, reason, changes}.

    After the first amendment no other step makes a version, so the last versions are the amendments.
    """
    amended = [line for line in lines if line.step == Step.AMEND]
    versions = sorted({part.version for part, _values in parts})
    found = []
    for line, version in zip(reversed(amended), reversed(versions), strict=False):
        before = _version(parts, version - 1)
        after = _version(parts, version)
        found.append(
            {
                "version": version,
                "line": line,
                "reason": AmendReason(line.reason).label if line.reason else "",
                "changes": differences(before, after),
            }
        )
    return found


def _version(parts: Parts, version: int) -> dict[str, Values | None]:
    return {part.disclosure_class: values for part, values in parts if part.version == version}


def differences(
    before: Mapping[Any, Values | None], after: Mapping[Any, Values | None]
) -> list[dict[str, Any]]:
    """Old and new of each value that differs, in classes this reader can open in both versions."""
    changes = []
    for cls in DisclosureClass:
        old, new = before.get(cls, {}), after.get(cls, {})
        if old is None or new is None:
            continue
        for path in dict.fromkeys((*old, *new)):
            if old.get(path) != new.get(path):
                changes.append(
                    {
                        "label": case_rules.labels(path),
                        "old": case_rules.display(path, old[path]) if path in old else "",
                        "new": case_rules.display(path, new[path]) if path in new else "",
                        "kind": "",
                    }
                )
    return changes


# ----------------------------------------------------------------------------------------------------- household


def household(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """ "Survivor: female, 18 to 59", one line for each who needs a place."""
    return [_housed(row) for row in rows]


def _housed(row: Mapping[str, str]) -> str:
    comma = "، " if is_arabic() else ", "
    who = _("Survivor") if row["role"] == "survivor" else _("Companion")
    facts = [str(Sex(row["sex"]).label), str(AgeBand(row["age_band"]).label)]
    return _("%(who)s: %(what)s") % {"who": who, "what": comma.join(facts)}
