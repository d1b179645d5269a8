"""A paper form in the shape "inter-agency-referral/1": read and judged, without touching the database.

The rules of import, in one place: the form comes from the importing user's organisation and goes to another one with
an active agreement; validity is judged on the form's own date; a consent that has expired since imports, one that had
expired then is refused; under a legal basis two different people are named; unknown keys and values no field fits are
kept as a note; a form is taken whole or refused whole, with every problem named by its path.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ihala.cases.content import CaseContent
from ihala.cases.fit import LONGEST_TEXT
from ihala.cases.normalise import Doubt
from ihala.consent import rules as consent_rules
from ihala.consent.enums import GivenBy, How
from ihala.consent.rules import LONGEST_WORDS, Given
from ihala.core import clock
from ihala.core.vocabulary import CONSENTED, Category, DisclosureClass, Kind, LegalBasis, Service, Urgency

from .intake_content import Reader, is_text, read_content
from .intake_json import MOST_PROBLEMS, Problem, below, read

FORM = "inter-agency-referral/1"
LONGEST_REFERENCE = 60
HEAD = {
    *("form", "reference", "from", "to", "date", "urgency", "category", "kind"),
    *("services_requested", "consent", "legal_basis"),
}
CONSENT_KEYS = {
    *("to", "given_by", "guardian", "relation", "how", "language", "interpreter", "witness", "words"),
    *("date", "until", "classes"),
}
BASIS_KEYS = {"type", "source", "first_sign_off", "second_sign_off", "date"}


@dataclass(frozen=True)
class Parties:
    """Who imports and to whom a form may go: codes of organisations, partners with their ids."""

    own: str
    partners: Mapping[str, int]


@dataclass(frozen=True)
class Stated:
    """A legal basis as the form states it; the signatures it names are statements, not signatures."""

    type: LegalBasis
    source: str
    statements: dict[str, str]


@dataclass(frozen=True)
class Form:
    """A form that can be imported. `kept` and `doubts` carry paths; `notes` is what the case keeps of `kept`."""

    reference: str
    receiver: int
    on: date
    urgency: Urgency
    category: Category
    kind: Kind
    services: tuple[Service, ...]
    services_given: tuple[Service, ...]
    content: CaseContent
    given: Given | None = None
    stated: Stated | None = None
    kept: tuple[tuple[str, str], ...] = ()
    doubts: tuple[tuple[str, Doubt], ...] = field(default=())


def parse(content: bytes, parties: Parties) -> Form | list[Problem]:
    """The form, or every problem for which it is refused. Never raises, whatever the bytes are."""
    tree, problems = read(content)
    if problems:
        return problems
    if tree.get("form") != FORM:
        message = format_lazy(_("This is not a form of the kind “{kind}”."), kind=FORM)
        return [Problem("$.form", "unknown_form", message)]
    written = tree.get("date")
    found = Reader(clock.today()).day("$.date", written if is_text(written) else None, required=False)
    reader = Reader(found.value or clock.today())
    form = _read(reader, tree, parties)
    return form if form is not None and not reader.problems else reader.problems[:MOST_PROBLEMS]


def _read(reader: Reader, tree: dict[str, Any], parties: Parties) -> Form | None:
    reference = reader.text("$.reference", tree.get("reference"), required=True, longest=LONGEST_REFERENCE)
    receiver = _parties(reader, tree, parties)
    written = reader.day("$.date", tree.get("date"), required=True)
    urgency = reader.code("$.urgency", tree.get("urgency"), Urgency)
    category = reader.code("$.category", tree.get("category"), Category)
    kind = reader.code("$.kind", tree.get("kind"), Kind)
    services = _services(reader, tree.get("services_requested"))
    content = read_content(reader, tree, category or "", HEAD)
    given = _consent(reader, tree.get("consent"), tree.get("to"), kind, services)
    stated = _legal_basis(reader, tree.get("legal_basis"))
    if tree.get("consent") is None and tree.get("legal_basis") is None and kind != Kind.PULL_REQUEST:
        reader.problem("$.consent", "no_basis", _("There is neither consent nor another legal basis."))
    if reader.problems or receiver is None or not (urgency and category and kind):
        return None
    content.case["notes"] = [*content.case.get("notes", []), *_notes(reference, written.given, reader.kept)]
    return Form(
        reference, receiver, reader.on, Urgency(urgency), Category(category), Kind(kind), services,
        tuple(Service(code) for code in content.case.get("services_given", [])), content, given, stated,
        tuple(reader.kept), tuple(reader.doubts),
    )  # fmt: skip


def _parties(reader: Reader, tree: dict[str, Any], parties: Parties) -> int | None:
    """The receiver's id: the form comes from the importing organisation and goes to a partner."""
    source = reader.text("$.from", tree.get("from"), required=True)
    if source and source != parties.own:
        reader.problem(
            "$.from", "not_own_organisation", _("This form comes from another organisation than yours.")
        )
    target = reader.text("$.to", tree.get("to"), required=True)
    if target and target == source:
        reader.problem("$.to", "same_organisation", _("A referral goes to another organisation."))
    elif target and target not in parties.partners:
        reader.problem("$.to", "no_agreement", _("There is no active agreement with this organisation."))
    return parties.partners.get(target)


def _services(reader: Reader, raw: Any) -> tuple[Service, ...]:
    """What is asked for; a service nobody knows is kept as a note, but one must be known."""
    path = "$.services_requested"
    if raw is None:
        reader.problem(path, "missing", _("This value is missing."))
    found: list[Service] = []
    for place, code in enumerate(reader.items(path, raw)):
        name = reader.text(below(path, place), code)
        if name in Service.values:
            found.append(Service(name))
        else:
            reader.keep(below(path, place), name)
    if isinstance(raw, list) and not found:
        reader.problem(path, "no_services", _("At least one service must be asked for."))
    return tuple(dict.fromkeys(found))


# ------------------------------------------------------------------------------------------------------------ consent


def _consent(
    reader: Reader, raw: Any, to: Any, kind: str | None, services: tuple[Service, ...]
) -> Given | None:
    """The consent as it stands on the form; its purposes follow from what is asked for."""
    path = "$.consent"
    values = reader.mapping(path, raw)
    if not values:
        if raw == {}:
            reader.problem(path, "missing", _("This value is missing."))
        return None
    if values.get("to") is not None and values["to"] != to:
        reader.problem(f"{path}.to", "other_recipient", _("This consent is for another recipient."))
    texts = {
        name: reader.text(f"{path}.{name}", values.get(name), longest=LONGEST_WORDS)
        for name in ("language", "interpreter", "witness", "guardian", "relation", "words")
    }
    given_by = reader.code(f"{path}.given_by", values.get("given_by"), GivenBy)
    if given_by == GivenBy.GUARDIAN and not texts["guardian"]:
        reader.problem(
            f"{path}.guardian", "guardian_needed", _("For a guardian's consent, enter who the guardian is.")
        )
    given_on, until = _days_of_consent(reader, path, values)
    classes = _classes(reader, f"{path}.classes", values.get("classes"))
    how = _how(reader, f"{path}.how", values.get("how"))
    reader.keep_others(path, values, CONSENT_KEYS)
    if reader.problems or given_on is None or until is None:
        return None
    purposes = consent_rules.purposes_of(str(kind), services)
    given = Given(classes, given_on, until, purposes, str(given_by), how, **texts)
    if refusal := consent_rules.why_not_given(given, reader.on):
        reader.problem(path, refusal.code, refusal.message)
    return given


def _days_of_consent(reader: Reader, path: str, values: dict[str, Any]) -> tuple[date | None, date | None]:
    """When it was given and until when; expired on the day of the form is refused, expired since is not."""
    given_on = reader.day(f"{path}.date", values.get("date"), required=True).value
    until = reader.day(f"{path}.until", values.get("until"), required=True).value
    if given_on and given_on > reader.on:
        reader.problem(
            f"{path}.date", "given_in_future", _("On the day of the form this consent was not given yet.")
        )
    if given_on and until and until < given_on:
        reader.problem(
            f"{path}.until", "ends_before_it_begins", _("The last day lies before the day it was given.")
        )
    elif until and until < reader.on:
        reader.problem(
            f"{path}.until", "consent_expired", _("On the day of the form this consent had expired.")
        )
    return given_on, until


def _classes(reader: Reader, path: str, raw: Any) -> tuple[str, ...]:
    if raw is None:
        reader.problem(path, "missing", _("This value is missing."))
    found = [
        code
        for place, item in enumerate(reader.items(path, raw))
        if (code := reader.code(below(path, place), item, DisclosureClass))
    ]
    if raw == []:
        reader.problem(path, "no_classes", _("Choose what may be disclosed."))
    return tuple(dict.fromkeys(found))


def _how(reader: Reader, path: str, raw: Any) -> str:
    """How it was given; a way nobody knows is "another way" and kept as a note."""
    found = reader.text(path, raw, required=True)
    if found in How.values:
        return found
    reader.keep(path, found)
    return How.OTHER


def _legal_basis(reader: Reader, raw: Any) -> Stated | None:
    """A legal basis other than consent: what it is, where it stands, and two different people's statements."""
    path = "$.legal_basis"
    if raw is None:
        return None
    values = reader.mapping(path, raw)
    type_ = reader.code(f"{path}.type", values.get("type"), LegalBasis)
    if type_ in CONSENTED:
        reader.problem(
            f"{path}.type", "unknown_code", format_lazy(_("Consent is entered under “{key}”."), key="consent")
        )
    source = reader.text(f"{path}.source", values.get("source"), required=True, longest=LONGEST_WORDS)
    first = reader.text(f"{path}.first_sign_off", values.get("first_sign_off"), required=True)
    second = reader.text(f"{path}.second_sign_off", values.get("second_sign_off"), required=True)
    if first and first.casefold() == second.casefold():
        message = _("The second signature must be another person's.")
        reader.problem(f"{path}.second_sign_off", "same_person", message)
    signed = reader.day(f"{path}.date", values.get("date"), required=False)
    reader.keep_others(path, values, BASIS_KEYS)
    if reader.problems or type_ is None:
        return None
    statements = {"first_sign_off": first, "second_sign_off": second, "date": signed.given}
    return Stated(LegalBasis(type_), source, {key: value for key, value in statements.items() if value})


# -------------------------------------------------------------------------------------------------------------- notes


def _notes(reference: str, written: str, kept: list[tuple[str, str]]) -> list[str]:
    """The form's reference and date, and what no field took, each with its place on the form."""
    lines = [f"{reference} · {written}", *(f"{path.removeprefix('$.')}: {value}" for path, value in kept)]
    text = "\n".join(lines)
    return [text[start : start + LONGEST_TEXT] for start in range(0, len(text), LONGEST_TEXT)]
