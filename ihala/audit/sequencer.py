"""The sequencer: numbers committed events, without a gap and without leaving one out, and grows the tree.

Transactions commit out of order, so "everything after the last one" would skip events. The sequencer asks instead for
events without a leaf, among those written by a transaction that could still have been open when it last looked: `tx`
against the oldest transaction then running (`pg_snapshot_xmin`). A process that starts anew looks at all events once,
because after a restored backup transactions count from elsewhere.

Whoever holds the transaction's advisory lock numbers; everybody else finds it taken and waits. So any number of
processes may run, one of them works, and when it is killed its lock goes with its connection and another goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from ihala.core.acting import at_the_log

from . import hashes
from .leaves import hash_of
from .models import Event, Leaf
from .rules import OPEN_NAMES

LOCK = 0x1A4A106
BATCH = 2000

WAITING = """
SELECT e.id FROM audit_event e WHERE e.tx >= %s::text::xid8
AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_id = e.id) ORDER BY e.id LIMIT %s
"""
OLDEST_RUNNING = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text, set_config('plan_cache_mode', 'force_custom_plan', true)
"""
"""A plan made for any horizon reads the whole log each time; one made for this horizon, what is new."""
LAST_NUMBERS = """
SELECT o, greatest(
  (SELECT max(number) FROM audit_leaf WHERE organisation_id = o),
  (SELECT max(concerns_number) FROM audit_leaf WHERE concerns_organisation_id = o), 0)
FROM unnest(%s::bigint[]) AS o
"""


@dataclass
class Sequencer:
    """Numbers events, batch by batch. `horizon` is the transaction before which everything has been seen."""

    horizon: str = "0"
    numbered: int = field(default=0, init=False)

    def once(self, limit: int = BATCH) -> int | None:
        """Number up to `limit` waiting events in one transaction; how many, None if another process is at it.

        After a failure begin again with a new Sequencer: only then all events are looked at.
        """
        with at_the_log():
            if not locked():
                return None
            horizon = _oldest_running()
            events = _waiting(self.horizon, limit)
            if events:
                _number(events)
        if len(events) < limit:
            self.horizon = horizon
        self.numbered += len(events)
        return len(events)

    def all(self) -> int:
        """Number everything that waits now; how many."""
        before = self.numbered
        while self.once():
            pass
        return self.numbered - before


def locked() -> bool:
    """Whether this transaction is the one that keeps the log; the lock goes with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _oldest_running() -> str:
    """Asked before the events are: what committed in between is then seen again, and not missed."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_RUNNING)
        return str(cursor.fetchone()[0])


def _waiting(horizon: str, limit: int) -> list[Event]:
    with connection.cursor() as cursor:
        if horizon == "0":
            cursor.execute("SET LOCAL statement_timeout = 0")  # a long log is looked at as a whole, once
        cursor.execute(WAITING, [horizon, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Event.objects.filter(pk__in=ids).order_by("pk")) if ids else []


def _number(events: list[Event]) -> None:
    last = _last_numbers({owner for event in events for owner in belongs_to(event)})
    start, leaves, added = hashes.size(), [], []
    for place, event in enumerate(events, start):
        owner, *other = belongs_to(event)
        leaf = Leaf(
            index=place,
            event_id=event.pk,
            organisation_id=owner,
            number=_next(last, owner),
            open=event.name in OPEN_NAMES,
        )
        for concerned in other:
            leaf.concerns_organisation_id, leaf.concerns_number = concerned, _next(last, concerned)
        leaves.append(leaf)
        added.append(hash_of(event, leaf.numbers))
    Leaf.objects.bulk_create(leaves)
    hashes.append(start, added)


def belongs_to(event: Event) -> list[int]:
    """The organisations in whose logs an event is numbered, its own first; 0 is the installation."""
    parties = dict.fromkeys([event.organisation_id, event.concerns_organisation_id])
    return [party for party in parties if party is not None] or [0]


def _last_numbers(organisations: Iterable[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(LAST_NUMBERS, [sorted(organisations)])
        return dict(cursor.fetchall())


def _next(last: dict[int, int], owner: int) -> int:
    last[owner] += 1
    return last[owner]
