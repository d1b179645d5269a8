"""Importing paper forms: each becomes a case, its consent or legal basis, and a draft referral; or nothing at all.

The same file comes through the command line or through the web, under the same rules (`intake_rules`). A form that was
imported before is answered with the case and the referral it became.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.db import transaction
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission
from ihala.audit.actions import record
from ihala.audit.enums import EventName
from ihala.cases.actions import create_case
from ihala.cases.models import Case
from ihala.cases.normalise import Doubt
from ihala.consent import actions as consent
from ihala.consent import rules as consent_rules
from ihala.core.acting import acting
from ihala.core.refusal import Refusal, Refused, Status
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor, Organisation
from ihala.organisations.rules import partners, staff_member
from ihala.vault import actions as vault

from .actions import draft
from .intake_json import LARGEST, Problem
from .intake_rules import Form, Parties, parse
from .models import Referral

NOT_PERMITTED = Refusal("not_permitted", _("Your role does not import forms."), Status.FORBIDDEN)
KNOWN = "paper_reference_known"
LANGUAGES = ("ar", "en")


@dataclass(frozen=True)
class Result:
    """What became of one file. `kept`: paths of values no field took, with the value; `known`: imported before."""

    name: str
    problems: tuple[Problem, ...] = ()
    case: Case | None = None
    referral: Referral | None = None
    known: bool = False
    kept: tuple[tuple[str, str], ...] = ()
    doubts: tuple[tuple[str, Doubt], ...] = ()

    @property
    def refused(self) -> bool:
        """Was nothing stored because of problems?"""
        return bool(self.problems)


def import_form(content: bytes, *, by: Actor, name: str = "") -> Result:
    """Import one file's bytes; all or nothing. Refused `not_permitted`; everything wrong with the form is a result."""
    if not by.has(Permission.IMPORT_INTAKE):
        raise Refused(NOT_PERMITTED)
    form = parse(content, parties_of(by))
    if not isinstance(form, Form):
        return Result(name, tuple(form))
    found = known(form, by, name)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _stored(form, by, name)
    except Refused as refused:
        refusal = refused.refusal
        found = known(form, by, name) if refusal.code == KNOWN else None
        return found or Result(name, (Problem("$", refusal.code, refusal.message),))


def parties_of(by: Actor) -> Parties:
    """The importing organisation and those it has an active agreement with, by their codes."""
    own = Organisation.objects.values_list("code", flat=True).get(pk=by.organisation_id)
    return Parties(own, dict(partners(by.organisation_id).values_list("code", "pk")))


def known(form: Form, by: Actor, name: str) -> Result | None:
    """What a form of this reference became when it was imported before; None if it is new."""
    case = Case.objects.filter(organisation=by.organisation_id, paper_reference=form.reference).first()
    if case is None:
        return None
    sent = Referral.objects.filter(sides__case=case, sender=by.organisation_id).order_by("created_at", "id")
    return Result(name, case=case, referral=sent.first(), known=True)


def _stored(form: Form, by: Actor, name: str) -> Result:
    """The case, on what it may be disclosed, and the draft. Whatever is refused here takes the case's salt with it."""
    case = create_case(form.content, by=by, paper_reference=form.reference)
    try:
        referral = _beside(case, form, by)
    except Refused:
        vault.drop_salt(case.pk)
        raise
    record(by, EventName.INTAKE_IMPORTED, subject_kind="case", subject_id=case.pk, case_id=case.pk)
    return Result(name, case=case, referral=referral, kept=form.kept, doubts=form.doubts)


def _beside(case: Case, form: Form, by: Actor) -> Referral:
    """Consent or legal basis, and the draft."""
    if form.given is not None:
        consent.give(case, by=by, recipient=form.receiver, given=form.given, on=form.on)
    if form.stated is not None:
        stated = form.stated
        consent.record_basis(
            case, by=by, recipient=form.receiver, type_=stated.type, source=stated.source,
            statements=stated.statements,
        )  # fmt: skip
    return draft(
        case, by=by, receiver=form.receiver, kind=form.kind, urgency=form.urgency, services=form.services,
        services_given=form.services_given, classes=_classes(form),
    )  # fmt: skip


def _classes(form: Form) -> tuple[DisclosureClass, ...]:
    """What the draft offers to disclose: what she allowed, or the minimum set."""
    if form.given is not None:
        return consent_rules.in_order(form.given.classes)
    return consent_rules.MINIMUM if form.stated is not None else ()


# ------------------------------------------------------------------------------------------------------- command line


def run_command(paths: Iterable[str], as_user: str, out: TextIO | None = None) -> int:
    """Import files as that staff member and print what became of each; 1 if any was refused, else 0."""
    out = out or sys.stdout
    actor = staff_member(as_user)
    if actor is None or not actor.has(Permission.IMPORT_INTAKE):
        for line in in_both(
            format_lazy(_("There is no staff member “{user}” who imports forms."), user=as_user)
        ):
            print(line, file=out)
        return 1
    results = [_import_file(path, actor) for path in paths]
    for result in results:
        print("\n".join(_report(result)), file=out)
    return 1 if any(result.refused for result in results) else 0


def _import_file(path: str, actor: Actor) -> Result:
    """One file in a transaction of its own."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError:
        return Result(path, (Problem("$", "unreadable", _("This file cannot be read.")),))
    with acting(actor):
        return import_form(content, by=actor, name=path)


def _report(result: Result) -> Iterator[str]:
    """What became of one file, in both languages; values stay out of it, only their places are told."""
    if result.refused:
        yield f"{result.name}: " + " · ".join(in_both(_("refused, nothing was stored")))
        for problem in result.problems:
            yield f"  {problem.path}  [{problem.code}]"
            yield from (f"    {text}" for text in in_both(problem.message))
        return
    words = _("known already") if result.known else _("imported")
    references = ", ".join(row.reference for row in (result.case, result.referral) if row is not None)
    yield f"{result.name}: " + " · ".join(in_both(words)) + f" ({references})"
    for path, doubt in result.doubts:
        yield f"  {path}  [{doubt}]"
        yield from (f"    {text}" for text in in_both(doubt.label))
    for path, _value in result.kept:
        yield f"  {path}: " + " · ".join(in_both(_("kept as a note on the case")))


def in_both(message: object) -> list[str]:
    """The message in Arabic and in English."""
    texts = []
    for language in LANGUAGES:
        with translation.override(language):
            texts.append(str(message))
    return texts
