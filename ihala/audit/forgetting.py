"""Taking an event out of the log, when a law or a court orders it. Only the owner of the tables can.

Salt and body go, the leaf's hash stays: the tree and every proof stay true, and what the event said can no longer be
guessed. That it was done is an event of its own in the log of each organisation concerned, with the numbers that are
missing from then on; without it the verifier says "left out".
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction

from ihala.core.clock import now

from .enums import EventName
from .models import Event, Leaf


def forget(event_ids: Iterable[UUID]) -> int:
    """Forget these events; how many there were. LookupError for one that has no leaf yet: nothing is forgotten then."""
    wanted = set(event_ids)
    with transaction.atomic():
        leaves = list(Leaf.objects.filter(event_id__in=wanted).order_by("index"))
        if len(leaves) < len(wanted):
            raise LookupError("an event without a leaf cannot be forgotten")
        numbers: dict[int, list[int]] = {}
        for leaf in leaves:
            for owner, number in leaf.numbers.items():
                numbers.setdefault(owner, []).append(number)
        Event.objects.bulk_create(
            Event(
                at=now(),
                organisation_id=owner or None,
                user_id=0,
                name=EventName.LOG_FORGOTTEN,
                detail={"numbers": missing},
            )
            for owner, missing in sorted(numbers.items())
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('ihala.forget', 'on', true)")
            gone, _kinds = Event.objects.filter(pk__in=wanted).delete()
            cursor.execute("SELECT set_config('ihala.forget', '', true)")
    return gone
