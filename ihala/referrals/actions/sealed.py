"""Texts on a referral: what both sides read (the thread) and what one side keeps to itself.

The thread's key exists from sending on and both organisations hold it. Each side's own key is made with its first
note; its subject is named from the referral and the organisation, so nothing has to be looked up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from ihala.audit import actions as audit
from ihala.audit.enums import Purpose
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor
from ihala.vault import actions as vault
from ihala.vault.enums import AGREEMENT, SubjectKind
from ihala.vault.models import Grant
from ihala.vault.sealing import OWN, Basis, Place, SecretName, Subject

from ..models import DestructionTask, HandoverPlan, Message, Referral, Report, SideRecord, StepTaken

SIDES = UUID("6f1c3a52-6d0e-4a86-9d0b-6a0f2f6f7a11")
Row = Message | Report | HandoverPlan | SideRecord | StepTaken | DestructionTask


def package_subject(referral: Referral) -> Subject:
    """What the disclosure package's secrets belong to."""
    return Subject(SubjectKind.REFERRAL, referral.pk, referral.pk)


def thread(referral: Referral) -> SecretName:
    """The secret of what both sides say to each other."""
    subject = Subject(SubjectKind.THREAD, referral.pk, referral.pk)
    return SecretName(subject, DisclosureClass.TRIAGE, 1, referral.sender_id)


def own(referral: Referral, organisation_id: int) -> SecretName:
    """The secret of what one side keeps to itself."""
    subject = Subject(SubjectKind.SIDE, uuid5(SIDES, f"{referral.pk}/{organisation_id}"), referral.pk)
    return SecretName(subject, DisclosureClass.NARRATIVE, 1, organisation_id)


def thread_shares(referral: Referral) -> dict[int, dict[str, Basis]]:
    """Both organisations hold the thread's secret, under their agreement."""
    cls = thread(referral).disclosure_class
    return {referral.sender_id: {cls: OWN}, referral.receiver_id: {cls: Basis(AGREEMENT, referral.pk)}}


def open_thread_key(referral: Referral) -> None:
    """At sending what was submitted earlier: make the thread's secret."""
    name = thread(referral)
    vault.seal_new(
        name.subject, {name.disclosure_class: []}, name.version, name.author, holders=thread_shares(referral)
    )


def seal_shared(referral: Referral, row: Row, field: str, value: Any, *, by: Actor) -> bytes:
    """Seal a text for both sides."""
    return audit.seal_more(by, thread(referral), [(Place.of(row, field), value)])[0]


def seal_own(referral: Referral, place: Place, value: Any, *, by: Actor) -> bytes:
    """Seal a text for the actor's own side, making that side's key if this is its first."""
    name = own(referral, by.organisation_id)
    if Grant.objects.filter(subject_id=name.subject.id, organisation_id=by.organisation_id).exists():
        return audit.seal_more(by, name, [(place, value)])[0]
    made = vault.seal_new(
        name.subject, {name.disclosure_class: [(place, value)]}, name.version, name.author,
        holders={by.organisation_id: {name.disclosure_class: OWN}},
    )  # fmt: skip
    return made[name.disclosure_class][0]


def note_place(line: StepTaken) -> Place:
    """Where a timeline note stands; its row gets a key of its own before the database numbers the line."""
    return Place(line._meta.db_table, line.note_id, "note")


def seal_note(line: StepTaken, text: str, *, by: Actor) -> bytes:
    """Seal a timeline note for whoever sees the line."""
    referral = line.referral
    if line.private_to_id is None:
        return audit.seal_more(by, thread(referral), [(note_place(line), text)])[0]
    return seal_own(referral, note_place(line), text, by=by)


def open_records(records: Sequence[SideRecord], *, by: Actor) -> list[str]:
    """The texts of the actor's own side's records."""
    if not records:
        return []
    name = own(records[0].referral, by.organisation_id)
    values = [(Place.of(record, "text"), record.text) for record in records]
    return audit.open_sealed(by, Purpose.WORK, [audit.Opening(name, values)])[0]


@dataclass(frozen=True)
class Exchange:
    """What is sealed on a referral's page beside the package: by secret, which row's or note's value stands where."""

    found: list[tuple[SecretName, list[tuple[UUID, Place, bytes | None]]]]

    @property
    def openings(self) -> list[audit.Opening]:
        """One for each secret."""
        return [
            audit.Opening(name, [(place, value) for _id, place, value in rows]) for name, rows in self.found
        ]

    def told(self, opened: Sequence[Sequence[Any]]) -> dict[UUID, Any]:
        """Row or note id → value, from what the openings gave."""
        return {
            row_id: value
            for (_name, rows), values in zip(self.found, opened, strict=True)
            for (row_id, _place, _sealed), value in zip(rows, values, strict=True)
        }


def exchange(
    referral: Referral, lines: Iterable[StepTaken], rows: Iterable[tuple[Row, str]], records: Iterable[SideRecord],
    *, by: Actor,
) -> Exchange:  # fmt: skip
    """The notes of lines, the fields of rows both sides read, and the records of the actor's own side."""
    shared: list[tuple[Any, Place, Any]] = []
    mine: list[tuple[Any, Place, Any]] = []
    for line in lines:
        if line.note is not None:
            (mine if line.private_to_id else shared).append((line.note_id, note_place(line), line.note))
    shared += [(row.pk, Place.of(row, field), getattr(row, field)) for row, field in rows]
    mine += [
        (record.pk, Place.of(record, "text"), record.text) for record in records if record.text is not None
    ]
    wanted = [(thread(referral), shared), (own(referral, by.organisation_id), mine)]
    return Exchange([(name, found) for name, found in wanted if found])


def open_exchange(
    referral: Referral, lines: Iterable[StepTaken], rows: Iterable[tuple[Row, str]], records: Iterable[SideRecord],
    *, by: Actor,
) -> dict[UUID, Any]:  # fmt: skip
    """The same, opened: row or note id → value."""
    wanted = exchange(referral, lines, rows, records, by=by)
    opened = audit.open_sealed(by, Purpose.WORK, wanted.openings, missing_ok=True) if wanted.found else []
    return wanted.told(opened)
