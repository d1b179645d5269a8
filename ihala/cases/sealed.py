"""Between content and the sealed columns: what goes into which column, and how it comes back.

A case has one secret per disclosure class (package version 1) for as long as it lives; its own rows, its people's rows
and its notes are all sealed under these, so that opening a case asks for its grants once. Every class has a secret from
the first moment, even if nothing was said in it yet.
"""

from collections.abc import Sequence
from typing import Any

from ihala.audit.actions import Opening, seal_all
from ihala.core import clock
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor
from ihala.vault.actions import seal_new
from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import OWN, Place, SecretName, Subject

from .content import CASE, PERSONS, CaseContent, people
from .enums import PersonRole
from .models import Case, CaseNote, FormDraft, Person
from .rules import CLASSES, age_band, by_class

VERSION = 1
Slot = tuple[Case | Person, dict[str, Any]]


def subject_of(case: Case) -> Subject:
    """The case as the vault knows it; its shred salt is the case's own."""
    return Subject(SubjectKind.CASE, case.id, case.id)


def subject_of_draft(draft: FormDraft) -> Subject:
    """A draft holds every class: it has a salt of its own, which goes with whatever of its case is erased."""
    return Subject(SubjectKind.DRAFT, draft.id, draft.case_id or draft.id)


def name_of(case: Case, cls: DisclosureClass) -> SecretName:
    """The secret of one class of a case."""
    return SecretName(subject_of(case), str(cls), VERSION, case.organisation_id)


def name_of_draft(draft: FormDraft) -> SecretName:
    """The secret of a draft."""
    return SecretName(subject_of_draft(draft), str(DisclosureClass.SAFETY), VERSION, draft.organisation_id)


def people_of(case: Case, content: CaseContent, known: Sequence[Person]) -> list[Person]:
    """Rows for everyone in the content, at the place they had; clear columns are set."""
    rows = {(person.role, person.position): person for person in known}
    listed = []
    for role, position, values in people(content):
        person = rows.get((role, position)) or Person(case=case, role=role, position=position)
        if role != PersonRole.PERSON_OF_CONCERN:
            person.sex = values["sex"]
            person.age_band = age_band(values.get("birth"), clock.today())
        listed.append(person)
    return listed


def _slots(case: Case, rows: Sequence[Person], content: CaseContent) -> dict[DisclosureClass, list[Slot]]:
    """By class, each row with the values its column takes; columns that take nothing are emptied."""
    own = by_class(CASE, content.case)
    slots: dict[DisclosureClass, list[Slot]] = {cls: [(case, own.get(cls, {}))] for cls in CLASSES}
    for row, (role, _position, values) in zip(rows, people(content), strict=True):
        theirs = by_class(PERSONS[role], values)
        for cls in CLASSES:
            if cls in theirs:
                slots[cls].append((row, theirs[cls]))
            elif hasattr(row, cls):
                setattr(row, cls, None)
    return slots


def _place(row: Case | Person | CaseNote, column: str) -> Place:
    """What is said about a person is sealed under that person's salt too, and can be erased alone."""
    return Place.of(row, column, person=row.pk if isinstance(row, Person) else None)


def seal_first(case: Case, rows: Sequence[Person], content: CaseContent, *, by: Actor) -> None:
    """Make the case's secrets and seal everything under them."""
    slots = _slots(case, rows, content)
    placed = {
        cls: [(_place(row, cls), values) for row, values in class_slots] for cls, class_slots in slots.items()
    }
    holder = {by.organisation_id: OWN}
    sealed = seal_new(subject_of(case), placed, version=VERSION, author=by.organisation_id, holders=holder)
    _put(slots, sealed)


def seal_again(case: Case, rows: Sequence[Person], content: CaseContent, *, by: Actor) -> None:
    """Seal everything anew under the secrets the case has."""
    slots = _slots(case, rows, content)
    contents = {
        name_of(case, cls): [(_place(row, cls), values) for row, values in class_slots]
        for cls, class_slots in slots.items()
    }
    sealed = seal_all(by, contents)
    _put(slots, {cls: sealed[name_of(case, cls)] for cls in slots})


def _put(slots: dict[DisclosureClass, list[Slot]], sealed: dict[Any, list[bytes]]) -> None:
    for cls, class_slots in slots.items():
        for (row, _values), ciphertext in zip(class_slots, sealed[cls], strict=True):
            setattr(row, cls, ciphertext)


def openings(case: Case, rows: Sequence[Person], notes: Sequence[CaseNote] = ()) -> list[Opening]:
    """What there is to open, class by class, in the order `assembled` expects."""
    return [
        Opening(
            name_of(case, cls),
            [(_place(row, column), getattr(row, column)) for row, column in _filled(case, rows, notes, cls)],
        )
        for cls in CLASSES
    ]


def opening_of_draft(draft: FormDraft) -> Opening:
    """The one value of a form being typed."""
    return Opening(name_of_draft(draft), [(Place.of(draft, "payload"), draft.payload)])


def _filled(
    case: Case, rows: Sequence[Person], notes: Sequence[CaseNote], cls: DisclosureClass
) -> list[tuple[Case | Person | CaseNote, str]]:
    sealed: tuple[Case | Person | CaseNote, ...] = (case, *rows)
    columns = [(row, str(cls)) for row in sealed if getattr(row, cls, None) is not None]
    if cls == DisclosureClass.NARRATIVE:
        columns += [(note, "body") for note in notes]
    return columns


def assembled(
    case: Case, rows: Sequence[Person], notes: Sequence[CaseNote], opened: Sequence[Sequence[Any]]
) -> tuple[CaseContent, dict[CaseNote, str]]:
    """The content and the notes from what `openings` of the same rows gave."""
    own: dict[str, Any] = {}
    theirs: dict[Person, dict[str, Any]] = {
        row: {} if row.role == PersonRole.PERSON_OF_CONCERN else {"sex": row.sex} for row in rows
    }
    bodies: dict[CaseNote, str] = {}
    for cls, values in zip(CLASSES, opened, strict=True):
        for (row, _column), value in zip(_filled(case, rows, notes, cls), values, strict=True):
            if isinstance(row, CaseNote):
                bodies[row] = value or ""
            else:
                (own if isinstance(row, Case) else theirs[row]).update(value or {})  # None: erased
    by_role: dict[str, list[dict[str, Any]]] = {role: [] for role in PersonRole}
    for row in rows:
        by_role[row.role].append(theirs[row])
    content = CaseContent(
        category=case.category,
        survivor=next(iter(by_role[PersonRole.SURVIVOR]), {}),
        companions=tuple(by_role[PersonRole.COMPANION]),
        persons_of_concern=tuple(by_role[PersonRole.PERSON_OF_CONCERN]),
        case=own,
        numbers={role: tuple(row.position for row in rows if row.role == role) for role in PersonRole},
    )
    return content, bodies
