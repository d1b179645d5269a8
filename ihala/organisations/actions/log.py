"""Every action of this app leaves an event, also when it is refused."""

from typing import Any

from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.core.refusal import Refusal, Refused

from ..models import Actor


def recorded(by: Actor, name: EventName, *, concerns: int | None = None, **detail: Any) -> None:
    """The event of something done; `detail` holds codes and keys only."""
    audit.record(by, name, concerns=concerns, detail=detail)


def refuse_if(refusal: Refusal | None, by: Actor, name: EventName) -> None:
    """Record the refusal, if there is one, and raise it."""
    if refusal is not None:
        raise refused(refusal, by, name)


def refused(refusal: Refusal, by: Actor, name: EventName) -> Refused:
    """Record the refusal; the exception to raise."""
    audit.record(by, name, refusal=refusal.code)
    return Refused(refusal)
