"""Consent in words: what it means, to be read out to the survivor, and what was recorded, for the page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ihala.cases import codelists
from ihala.cases.enums import Interpreter, Relation
from ihala.core.vocabulary import DisclosureClass, LegalBasis

from .enums import GivenBy, How, Purpose
from .models import Consent, LegalBasisRecord

CLASSES: dict[DisclosureClass, Promise] = {
    DisclosureClass.TRIAGE: _(
        "Before they answer: how many people come and how old they are, the languages, what the place must have, "
        "and how great the danger is. No name."
    ),
    DisclosureClass.IDENTITY: _(
        "Names, dates of birth and documents of all who come, and the safe way to call."
    ),
    DisclosureClass.NARRATIVE: _("What happened, and the help there has been so far."),
    DisclosureClass.SAFETY: _(
        "From whom protection is needed, the present whereabouts, and how to travel safely."
    ),
    DisclosureClass.CLINICAL: _("Health: injuries, illness, medicines, and what a doctor must know."),
    DisclosureClass.ATTACHMENTS: _("Papers and pictures that were handed over."),
}

RIGHTS: tuple[Promise, ...] = (
    _("Saying no is possible, to all of it or to a part. Help here goes on all the same."),
    _("Only the organisation named here sees it, and only for what is named here."),
    _("It ends by itself on the day named here."),
    _("It can be taken back at any moment, at either organisation, without giving a reason."),
)


@dataclass(frozen=True)
class InBoth:
    """One sentence in the reader's language and in the other one."""

    here: str
    there: str


def other_language() -> str:
    """The language the page is not in: "en" or "ar"."""
    return "en" if (get_language() or "ar").startswith("ar") else "ar"


def in_both(message: Promise) -> InBoth:
    """The sentence in both languages."""
    with translation.override(other_language()):
        there = str(message)
    return InBoth(str(message), there)


def reading_aid() -> dict[str, object]:
    """For the page: each class with its plain words, and her rights, in both languages."""
    classes = [(in_both(cls.label), in_both(words)) for cls, words in CLASSES.items()]
    return {"classes": classes, "rights": [in_both(right) for right in RIGHTS], "language": other_language()}


def consent_in_words(consent: Consent, told: dict[str, Any]) -> dict[str, Any]:
    """A consent's codes and its sealed part, for the page's list of facts."""
    facts = [
        _fact(_("Given by"), _who(consent, told)),
        _fact(_("How it was given"), _label(How, consent.how)),
        _fact(_("In which language"), codelists.language(told.get("language", ""))),
        _fact(_("Interpreter"), _label(Interpreter, told.get("interpreter", ""))),
        _fact(_("Witness"), told.get("witness", ""), "name"),
        _fact(_("In her own words"), told.get("words", ""), "text"),
    ]
    return {
        "classes": [_label(DisclosureClass, code) for code in consent.classes],
        "purposes": [_label(Purpose, code) for code in consent.purposes],
        "facts": [fact for fact in facts if fact["value"]],
    }


def basis_in_words(basis: LegalBasisRecord, told: dict[str, Any]) -> dict[str, Any]:
    """A legal basis and its sealed part, for the page's list of facts."""
    stated = told.get("statements") or {}
    facts = [
        _fact(_("Source"), told.get("source", ""), "name"),
        _fact(_("Why it applies"), told.get("note", ""), "text"),
        _fact(_("First signature as the paper form says"), stated.get("first_sign_off", ""), "name"),
        _fact(_("Second signature as the paper form says"), stated.get("second_sign_off", ""), "name"),
        _fact(_("Date on the paper form"), stated.get("date", ""), "ltr"),
    ]
    return {
        "type": _label(LegalBasis, basis.type),
        "classes": [_label(DisclosureClass, code) for code in basis.classes],
        "facts": [fact for fact in facts if fact["value"]],
    }


def _who(consent: Consent, told: dict[str, Any]) -> str:
    parts = [
        _label(GivenBy, consent.given_by),
        told.get("guardian", ""),
        _label(Relation, told.get("relation", "")),
    ]
    return " · ".join(part for part in parts if part)


def _fact(label: Promise | str, value: str, kind: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "kind": kind}


def _label(choices: type[TextChoices], code: str) -> str:
    """The words of a code; what is no code stands for itself."""
    return str(choices(code).label) if code in choices.values else code
