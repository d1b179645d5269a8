"""The door through which two organisations' identities are compared: on record at both first, and only then opened.

It runs in the key agent alone: whoever else calls it has no keys. What a run opens is handed to processes that hold no
key and is gone when it ends; the log knows that it was made, by whom and at which of the two, and not with what answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from ihala.core.acting import acting
from ihala.core.refusal import Refusal, Refused
from ihala.vault.wire import Who

from .actions import ByWhom, Opening, prepared, record
from .beginnings import begin
from .enums import EventName
from .models import Event
from .opening import opened_on_record

PATIENCE = "2min"


@dataclass(frozen=True)
class Run:
    """A comparison between two organisations that is on record at both; only it opens their identities."""

    parties: tuple[int, int]

    @classmethod
    def begun(
        cls, actor: ByWhom, name: EventName, partner: int, subject_id: UUID, case_id: UUID | None = None
    ) -> "Run":
        """Put it on record, committed whatever becomes of the run.

        `case_id` is the actor's own; the partner's log names the run alone.
        """
        about: dict[str, Any] = {"subject_kind": name.value.split(".")[0], "subject_id": subject_id}
        own = prepared(actor, name, **about, case_id=case_id)
        begin([own, prepared(actor, name, **about, concerns=partner)])
        return cls((actor.organisation_id, partner))

    def open(self, organisation: int, openings: Sequence[Opening]) -> list[list[Any]]:
        """The values of one of the two; None for what was erased and for what has no live grant."""
        if organisation not in self.parties:
            raise ValueError("no party of this comparison")
        with acting(Who(organisation, 0, 0)):
            return opened_on_record(organisation, openings)


def count(actor: ByWhom, name: EventName, partner: int, since: datetime, *, own: bool = False) -> int:
    """How many runs of this name the actor's organisation (with `own` the actor alone) asked of the partner.

    One run at a time for each pair: who asks at the same moment waits here, so that the limit counts.
    """
    _in_turn(f"{name} {actor.organisation_id} {partner}")
    asked = Event.objects.filter(
        organisation_id=actor.organisation_id, concerns_organisation_id=partner, name=name, refusal="", at__gte=since
    )  # fmt: skip
    return (asked.filter(user_id=actor.user_id) if own else asked).count()


def _in_turn(what: str) -> None:
    """Wait until nobody else does this. The key agent's role waits half a second for a lock, since whoever holds one
    may wait for the agent; these are held by the agent alone, for as long as a comparison takes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'; SET LOCAL statement_timeout = '{PATIENCE}'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT; SET LOCAL statement_timeout TO DEFAULT")


def tries(name: EventName, subject_id: UUID) -> int:
    """How often this very run was begun by either of the two. One at a time, as in `count`."""
    _in_turn(str(subject_id))
    begun = Event.objects.filter(
        name=name, subject_id=subject_id, refusal="", concerns_organisation_id__isnull=False
    )
    return begun.count()


def refuse(actor: ByWhom, name: EventName, partner: int, subject_id: UUID, refusal: Refusal) -> Refused:
    """The attempt on record at both; to be raised."""
    kind = name.value.split(".")[0]
    record(actor, name, subject_kind=kind, subject_id=subject_id, concerns=partner, refusal=refusal.code)
    return Refused(refusal)
