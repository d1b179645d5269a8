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
from ihala.vault.agent import agent
from ihala.vault.sealing import SecretName
from ihala.vault.wire import Who

from .actions import ByWhom, Opening, prepared, record
from .enums import EventName
from .models import Event


@dataclass(frozen=True)
class Run:
    """A comparison between two organisations that is on record at both; only it opens their identities."""

    parties: tuple[int, int]

    @classmethod
    def begun(
        cls, actor: ByWhom, name: EventName, partner: int, subject_id: UUID, case_id: UUID | None = None
    ) -> "Run":
        """Put it on record. `case_id` is the actor's own; the partner's log names the run alone."""
        about: dict[str, Any] = {"subject_kind": name.value.split(".")[0], "subject_id": subject_id}
        own = prepared(actor, name, **about, case_id=case_id)
        Event.objects.bulk_create([own, prepared(actor, name, **about, concerns=partner)])
        return cls((actor.organisation_id, partner))

    def open(self, organisation: int, openings: Sequence[Opening]) -> list[list[Any]]:
        """The values of one of the two; None for what was erased and for what has no live grant."""
        if organisation not in self.parties:
            raise ValueError("no party of this comparison")
        wanted: list[SecretName] = [
            name
            for one in openings
            for name in (one.name, *(one.name.about(place.person) for place, _sealed in one.values))
        ]
        with acting(Who(organisation, 0, 0)):
            keys = agent().open_keys(organisation, wanted, _on_record_already)
            return [
                [agent().opened(one.name, place, sealed, keys) for place, sealed in one.values]
                for one in openings
            ]


def count(actor: ByWhom, name: EventName, partner: int, since: datetime, *, own: bool = False) -> int:
    """How many runs of this name the actor's organisation (with `own` the actor alone) asked of the partner.

    One run at a time for each pair: who asks at the same moment waits here, so that the limit counts.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [actor.organisation_id, partner])
    asked = Event.objects.filter(
        organisation_id=actor.organisation_id, concerns_organisation_id=partner, name=name, refusal="", at__gte=since
    )  # fmt: skip
    return (asked.filter(user_id=actor.user_id) if own else asked).count()


def tries(actor: ByWhom, name: EventName, partner: int, subject_id: UUID) -> int:
    """How often this very run was begun by either of the two. One at a time, as in `count`."""
    first, second = sorted((actor.organisation_id, partner))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [first, second])
    begun = Event.objects.filter(
        name=name, subject_id=subject_id, refusal="", concerns_organisation_id__isnull=False
    )
    return begun.count()


def refuse(actor: ByWhom, name: EventName, partner: int, subject_id: UUID, refusal: Refusal) -> Refused:
    """The attempt on record at both; to be raised."""
    kind = name.value.split(".")[0]
    record(actor, name, subject_kind=kind, subject_id=subject_id, concerns=partner, refusal=refusal.code)
    return Refused(refusal)


def _on_record_already(live: list[SecretName]) -> None:
    """The run is; see `Run.begun`."""
