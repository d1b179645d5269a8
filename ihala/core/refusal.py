"""Why something may not happen, as data.

A `Refusal` says in the reader's language what stands in the way and what to do next. `Refused` is the one
exception of the domain; one middleware renders it. Tests compare codes, never texts.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Status(IntEnum):
    """The ways a request can be refused (house style, "Errors"); the last two by the key agent."""

    FORBIDDEN = 403
    NOT_VISIBLE = 404
    CONFLICT = 409
    NOT_POSSIBLE = 422
    TOO_MANY = 429
    AWAY = 503


@dataclass(frozen=True)
class Refusal:
    """One reason. `message` is a lazy translation; `detail` holds codes only, never a survivor's data."""

    code: str
    message: Any
    status: Status = Status.NOT_POSSIBLE
    detail: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.message)


class Refused(Exception):
    """Raised by actions; carries the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
