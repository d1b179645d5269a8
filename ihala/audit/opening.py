"""What is asked at the door to sealed content, and what may be answered once it is on record.

Nothing here unwraps before `Answer.values` is called, and only `actions.open_together` makes answers: it records first.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from ihala.vault import wire
from ihala.vault.agent import Found, Wanted, agent
from ihala.vault.models import Grant
from ihala.vault.sealing import Place, SecretName

from .enums import Purpose


class ByWhom(Protocol):
    """Who did it, as far as the log asks. The system's ids of user and membership are 0."""

    @property
    def organisation_id(self) -> int: ...

    @property
    def user_id(self) -> int: ...

    @property
    def membership_id(self) -> int | None: ...


@wire.carries
@dataclass(frozen=True)
class Opening:
    """Sealed values that stand under one secret: where each stands and its bytes (None stays None)."""

    name: SecretName
    values: Sequence[tuple[Place, bytes | memoryview | None]]


@dataclass(frozen=True)
class Question:
    """Sealed values that somebody wants to read, as `actions.open_sealed` takes them.

    `uncommitted` are grants the agent made for the same connection a moment ago.
    """

    actor: ByWhom
    purpose: Purpose
    openings: Sequence[Opening]
    missing_ok: bool = False
    case_id: UUID | None = None
    referral_id: UUID | None = None
    uncommitted: Collection[Grant] = ()

    @property
    def names(self) -> list[SecretName]:
        """The secrets asked for, the same one perhaps more than once."""
        return [opening.name for opening in self.openings]

    @property
    def keys(self) -> list[SecretName]:
        """Every key it takes: of the classes, and of what they say about single persons."""
        about = (
            opening.name.about(place.person) for opening in self.openings for place, _sealed in opening.values
        )
        return list(dict.fromkeys([*self.names, *about]))

    def is_refused_without(self, missing: Collection[SecretName]) -> bool:
        """Is this refused as a whole because these have no live basis? What was erased is answered empty."""
        return bool(missing) and not self.missing_ok and bool(set(missing) - agent().erased(missing))


@dataclass(frozen=True)
class Answer:
    """What one question may be given."""

    question: Question
    held: Found

    @property
    def names(self) -> list[SecretName]:
        """What it will read."""
        return self.held.names

    @property
    def missing(self) -> list[SecretName]:
        """Of the secrets asked for, those without a live basis or a salt."""
        answered = set(self.names)
        return [name for name in self.question.names if name not in answered]

    def values(self) -> list[list[Any]]:
        """The values of each opening, in order."""
        keys, opened = self.held.keys(), self.held.agent.opened
        return [
            [opened(opening.name, place, sealed, keys) for place, sealed in opening.values]
            for opening in self.question.openings
        ]


def found(questions: Iterable[Question]) -> list[Answer]:
    """What each question may be given, by grants and salts. One query for all of them."""
    asked = list(questions)
    wanted = [Wanted(one.actor.organisation_id, one.keys, one.uncommitted) for one in asked]
    return [Answer(one, held) for one, held in zip(asked, agent().find(wanted), strict=True)]


def opened_on_record(organisation: int, openings: Sequence[Opening]) -> list[list[Any]]:
    """The values of each opening by what one organisation holds; None for what was erased and for what has no live
    grant. The caller has put on record that they are read, as one event and not as one each."""
    wanted: list[SecretName] = [
        name
        for one in openings
        for name in (one.name, *(one.name.about(place.person) for place, _sealed in one.values))
    ]
    asked = agent()
    keys = asked.open_keys(organisation, wanted, lambda _live: None)
    return [[asked.opened(one.name, place, sealed, keys) for place, sealed in one.values] for one in openings]
