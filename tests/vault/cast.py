"""Three organisations as the vault knows them, and one referral's package."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import Basis, Place, SecretName, Subject


@dataclass(frozen=True)
class Somebody:
    """An actor, as far as the database and the log look at one."""

    organisation_id: int
    user_id: int = 5
    membership_id: int | None = 7


AMAN, DFWAC, SHARJAH = Somebody(9101), Somebody(9102), Somebody(9103)
EVERYBODY = (AMAN, DFWAC, SHARJAH)
ME, OTHER, THIRD = (one.organisation_id for one in EVERYBODY)
STORY = {"words": "قالت إنها خرجت ليلاً", "count": 3}


def a_package() -> Subject:
    """The disclosure package of some referral."""
    key = uuid4()
    return Subject(SubjectKind.REFERRAL, key, key)


def a_case() -> Subject:
    """Some case."""
    key = uuid4()
    return Subject(SubjectKind.CASE, key, key)


def place(row: UUID | int, field: str = "document") -> Place:
    """Where a value of `row` stands."""
    return Place("referrals_packagepart", row, field)


def named(subject: Subject, cls: str, version: int = 1, author: int = ME) -> SecretName:
    """The secret of one class."""
    return SecretName(subject, cls, version, author)


def consent(**changes: Any) -> Basis:
    """A consent that lasts."""
    return Basis("consent", uuid4(), **changes)
