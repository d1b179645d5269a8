"""Everything a case can hold about people, field by field: the one registry.

It drives the forms, the import of paper forms, the disclosure package, the receipt, the letter and every display.
To add a question, add a line here. A field says in which disclosure class its value is sealed and travels.

Decided here, because both sides live with it:
- Phones and their rules (when to call, may we say who we are) are *identity*, not *safety*: whoever may know her name
  must be able to reach her, and only by those rules.
- Sex, nationality and needs are *triage*: whether a place fits is asked before anyone is named.
- All there is about a person of concern is *safety*. The sender's own contact person is *identity*.
- What a paper form holds that no field fits is kept in `notes`, *narrative*: nothing is dropped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ihala.core.vocabulary import Category, Danger, DisclosureClass, Service, Sex

from . import enums
from .enums import PersonRole

TRIAGE, IDENTITY, NARRATIVE = DisclosureClass.TRIAGE, DisclosureClass.IDENTITY, DisclosureClass.NARRATIVE
SAFETY, CLINICAL = DisclosureClass.SAFETY, DisclosureClass.CLINICAL
TRAFFICKING = (Category.HUMAN_TRAFFICKING,)
DOMESTIC = (Category.DOMESTIC_VIOLENCE,)
CHILD = (Category.CHILD_ABUSE,)


class Kind(StrEnum):
    """What a value is. In brackets its JSON shape; any optional value may be {"absent": code} instead."""

    LINE = "line"  # "one line of text"
    TEXT = "text"  # "lines of text"
    BIRTH = "birth"  # {"date": "1994-05-03" or null, "approximate": bool, "given": text as typed, "calendar": code}
    CHOICE = "choice"  # "code"
    OTHER_CHOICE = "other_choice"  # "code", or free text where no code fits
    CHOICES = "choices"  # ["code", …]
    YES_NO = "yes_no"  # true or false
    COUNTRY = "country"  # "AE"
    LANGUAGES = "languages"  # ["ar", …]
    PHONE = "phone"  # "+971500004567", or as given
    DOCUMENT_NUMBER = "document_number"  # text; an Emirates ID is checked
    ROWS = "rows"  # [{key: value, …}, …]
    NOTES = "notes"  # ["text", …]
    FILE = "file"  # {"name": text, "what": code, "type": media type, "size": bytes, "sha256": hexadecimal}


@dataclass(frozen=True)
class Field:
    """One question. `categories` empty: asked in every category. `intake`: where a paper form's data has it,
    if not under its own key in its person."""

    key: str
    disclosure_class: DisclosureClass
    label: str | Promise
    kind: Kind = Kind.LINE
    choices: type[TextChoices] | None = None
    categories: tuple[Category, ...] = ()
    hint: str | Promise = ""
    rows: tuple["Field", ...] = ()
    intake: str = ""
    required: bool = False

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its choices; none for a field without."""
        return frozenset(self.choices.values) if self.choices else frozenset()

    def label_of(self, code: str) -> str:
        """What a code is called; what is no code stays as it is."""
        return str(self.choices(code).label) if self.choices and code in self.codes else code

    def code_of(self, text: str) -> str:
        """The code whose label was typed; any other text as it is."""
        labels = {str(label): str(code) for code, label in self.choices.choices} if self.choices else {}
        return labels.get(text.strip(), text)

    def asked_in(self, category: str) -> bool:
        """True if the question belongs to this category."""
        return not self.categories or category in self.categories


@dataclass(frozen=True)
class CaseContent:
    """What a case says, in one shape everywhere: values by field key (`Kind` gives the JSON shape of each).

    Companions and persons of concern keep the number they were given when one before them is removed; without
    `numbers` (by role) they are numbered in their order from 0.
    """

    category: str
    survivor: dict[str, Any] = field(default_factory=dict)
    companions: tuple[dict[str, Any], ...] = ()
    persons_of_concern: tuple[dict[str, Any], ...] = ()
    case: dict[str, Any] = field(default_factory=dict)
    attachments: dict[int, dict[str, Any]] = field(default_factory=dict)
    numbers: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False)


DOCUMENT = (
    Field("type", IDENTITY, _("Document"), Kind.CHOICE, enums.DocumentType),
    Field("number", IDENTITY, _("Number"), Kind.DOCUMENT_NUMBER),
    Field("country", IDENTITY, _("Issued by"), Kind.COUNTRY),
)
PHONE = (
    Field("number", IDENTITY, _("Phone number"), Kind.PHONE),
    Field("safe", IDENTITY, _("Safe to call"), Kind.YES_NO),
    Field("hours", IDENTITY, _("When to call"), hint=_("For example 09:00 to 12:00")),
    Field("voicemail", IDENTITY, _("May leave a voice message"), Kind.YES_NO),
    Field("may_say_who", IDENTITY, _("May say who is calling"), Kind.YES_NO),
)
_NAMES = (
    Field("name", IDENTITY, _("Name"), hint=_("As she gives it, in any script")),
    Field("name_latin", IDENTITY, _("Name in Latin letters")),
    Field("case_code", IDENTITY, _("Code used instead of a name")),
    Field(
        "birth", IDENTITY, _("Date of birth"), Kind.BIRTH, hint=_("Day, Hijri date, year, or about how old")
    ),
)
_PLACEMENT = (
    Field("sex", TRIAGE, _("Sex"), Kind.CHOICE, Sex, required=True),
    Field("nationality", TRIAGE, _("Nationality"), Kind.COUNTRY),
    Field("needs", TRIAGE, _("Needs of the place"), Kind.CHOICES, enums.Need),
)
_DOCUMENTS = Field("documents", IDENTITY, _("Documents"), Kind.ROWS, rows=DOCUMENT)
_HEALTH = (
    Field("health", CLINICAL, _("Health"), Kind.TEXT, hint=_("Illness, injuries, medication, allergies")),
)

SURVIVOR = (
    *_NAMES,
    *_PLACEMENT,
    _DOCUMENTS,
    Field("phones", IDENTITY, _("Phones"), Kind.ROWS, rows=PHONE),
    *_HEALTH,
)
COMPANION = (
    Field("relation", IDENTITY, _("Relation to the survivor"), Kind.OTHER_CHOICE, enums.Relation),
    *_NAMES,
    *_PLACEMENT,
    _DOCUMENTS,
    *_HEALTH,
)
PERSON_OF_CONCERN = (
    Field("name", SAFETY, _("Name")),
    Field("name_latin", SAFETY, _("Name in Latin letters")),
    Field("birth", SAFETY, _("Date of birth"), Kind.BIRTH, hint=_("Day, Hijri date, year, or about how old")),
    Field("relation", SAFETY, _("Relation to the survivor"), Kind.OTHER_CHOICE, enums.Relation),
    Field("works_for", SAFETY, _("Works for"), hint=_("Where this person works or has influence")),
    Field("nationality", SAFETY, _("Nationality"), Kind.COUNTRY),
    Field(
        "phones",
        SAFETY,
        _("Phones"),
        Kind.ROWS,
        rows=(Field("number", SAFETY, _("Phone number"), Kind.PHONE),),
    ),
    Field("note", SAFETY, _("What else to know"), Kind.TEXT),
)

CASE = (
    # Triage: what the receiver learns with the enquiry.
    Field("languages", TRIAGE, _("Languages"), Kind.LANGUAGES, intake="survivor.languages"),
    Field(
        "interpreter", TRIAGE, _("Interpreter"), Kind.CHOICE, enums.Interpreter, intake="survivor.interpreter"
    ),
    Field("danger", TRIAGE, _("Present danger"), Kind.CHOICE, Danger, intake="danger"),
    # Narrative: what happened, and what its category asks.
    Field("reason", NARRATIVE, _("What happened"), Kind.TEXT, intake="reason"),
    Field("history", NARRATIVE, _("What came before"), Kind.TEXT),
    Field(
        "services_given",
        NARRATIVE,
        _("Services given so far"),
        Kind.CHOICES,
        Service,
        intake="services_given",
    ),
    Field(
        "exploitation",
        NARRATIVE,
        _("Type of exploitation"),
        Kind.CHOICES,
        enums.Exploitation,
        TRAFFICKING,
        intake="exploitation.type",
    ),
    Field(
        "means",
        NARRATIVE,
        _("Means of control"),
        Kind.CHOICES,
        enums.Means,
        TRAFFICKING,
        intake="exploitation.means",
    ),
    Field(
        "recruited_in",
        NARRATIVE,
        _("Recruited in"),
        Kind.COUNTRY,
        categories=TRAFFICKING,
        intake="exploitation.recruited_in",
    ),
    Field("recruited_how", NARRATIVE, _("How recruited"), Kind.CHOICE, enums.Recruitment, TRAFFICKING),
    Field("recruited_by", NARRATIVE, _("Recruited by"), categories=TRAFFICKING),
    Field("promised", NARRATIVE, _("What was promised"), categories=TRAFFICKING),
    Field("documents_held_by", NARRATIVE, _("Who holds the documents"), categories=TRAFFICKING),
    Field("debt", NARRATIVE, _("Debt claimed"), categories=TRAFFICKING),
    Field("violence", NARRATIVE, _("Forms of violence"), Kind.CHOICES, enums.Violence, DOMESTIC + CHILD),
    Field("frequency", NARRATIVE, _("How often"), Kind.CHOICE, enums.Frequency, DOMESTIC + CHILD),
    Field("weapons", NARRATIVE, _("Weapons used or threatened"), Kind.CHOICES, enums.Weapon, DOMESTIC),
    Field(
        "lives_with",
        NARRATIVE,
        _("Lives with the person of concern"),
        Kind.YES_NO,
        categories=DOMESTIC + CHILD,
    ),
    Field("children_witnessed", NARRATIVE, _("Children saw the violence"), Kind.YES_NO, categories=DOMESTIC),
    Field("orders", NARRATIVE, _("Orders and proceedings"), Kind.CHOICES, enums.Order, DOMESTIC + CHILD),
    Field("guardian", NARRATIVE, _("Guardian"), categories=CHILD),
    Field("custody", NARRATIVE, _("Who has custody"), Kind.CHOICE, enums.Custody, CHILD),
    Field("school", NARRATIVE, _("School"), categories=CHILD),
    Field("reported", NARRATIVE, _("Duty to report"), Kind.CHOICE, enums.Reported, CHILD),
    Field("reported_to", NARRATIVE, _("Reported to"), categories=CHILD),
    Field("notes", NARRATIVE, _("Notes from the paper form"), Kind.NOTES),
    # Safety: where she is and how to keep her safe.
    Field("whereabouts", SAFETY, _("Where she is now"), Kind.TEXT, intake="survivor.address"),
    Field("danger_detail", SAFETY, _("What makes it dangerous"), Kind.TEXT),
    Field("keep_away", SAFETY, _("Places and people to keep away from"), Kind.TEXT),
    Field("escort", SAFETY, _("Wishes for the journey"), Kind.TEXT),
    # Clinical.
    Field("hospital_report", CLINICAL, _("Hospital report"), Kind.YES_NO),
    Field("medication", CLINICAL, _("Medication to take along"), Kind.TEXT),
    Field("clinical_note", CLINICAL, _("For doctors and psychologists"), Kind.TEXT),
    # The sender's person to speak with.
    Field("contact_name", IDENTITY, _("Contact person"), intake="contact.name"),
    Field("contact_position", IDENTITY, _("Position"), intake="contact.position"),
    Field("contact_phone", IDENTITY, _("Phone of the contact person"), Kind.PHONE, intake="contact.phone"),
)

ATTACHMENT = Field(
    "attachment", DisclosureClass.ATTACHMENTS, _("Attachment"), Kind.FILE, enums.AttachmentKind
)
"""What a file is; which files there are stands in `CaseContent.attachments` by number. No form writes it."""

PERSONS: dict[str, tuple[Field, ...]] = {
    PersonRole.SURVIVOR: SURVIVOR,
    PersonRole.COMPANION: COMPANION,
    PersonRole.PERSON_OF_CONCERN: PERSON_OF_CONCERN,
}


def people(content: CaseContent) -> Iterator[tuple[PersonRole, int, dict[str, Any]]]:
    """Everyone in the case with role and position, in the order of the form."""
    yield PersonRole.SURVIVOR, 0, content.survivor
    for position, values in numbered(content, PersonRole.COMPANION):
        yield PersonRole.COMPANION, position, values
    for position, values in numbered(content, PersonRole.PERSON_OF_CONCERN):
        yield PersonRole.PERSON_OF_CONCERN, position, values


def numbered(content: CaseContent, role: str) -> list[tuple[int, dict[str, Any]]]:
    """The companions or the persons of concern, each with the number that stays theirs."""
    listed = content.companions if role == PersonRole.COMPANION else content.persons_of_concern
    numbers = content.numbers.get(role)
    return list(enumerate(listed)) if numbers is None else list(zip(numbers, listed, strict=True))
