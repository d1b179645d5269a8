"""Under which secrets the shelter's sealed words lie.

A house has a secret and a shred salt of its own. What is written about a family (belongings, why it is kept apart)
hangs on the salt of its case: erasing the case erases it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ihala.audit.actions import Opening
from ihala.core.vocabulary import DisclosureClass
from ihala.vault.actions import seal_new
from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import OWN, Place, SecretName, Subject

VERSION = 1


def subject_of_house(house_id: UUID) -> Subject:
    """A house as the vault knows it."""
    return Subject(SubjectKind.HOUSE, house_id, house_id)


def subject_of_family(row_id: UUID, family: UUID) -> Subject:
    """A row about a family; its root is the family's case."""
    return Subject(SubjectKind.CASE, row_id, family)


def name_of(subject: Subject, cls: DisclosureClass, organisation_id: int) -> SecretName:
    """The secret of one class; only the organisation itself ever holds it."""
    return SecretName(subject, str(cls), VERSION, organisation_id)


def seal_first(
    subject: Subject, cls: DisclosureClass, organisation_id: int, values: Sequence[tuple[Place, Any]]
) -> list[bytes]:
    """Make the subject's secret and seal its first values."""
    made = seal_new(
        subject, {cls: values}, version=VERSION, author=organisation_id, holders={organisation_id: OWN}
    )
    return made[cls]


def opening(
    subject: Subject, cls: DisclosureClass, organisation_id: int, row: Any, columns: Sequence[str]
) -> Opening:
    """What is to be opened of one row."""
    return Opening(
        name_of(subject, cls, organisation_id),
        [(Place.of(row, column), getattr(row, column)) for column in columns],
    )
