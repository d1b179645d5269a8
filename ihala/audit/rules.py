"""Reading the log: an organisation's own events, and those of others that concern it; newest first, page by page.

No totals are counted and no page is skipped to: a page starts after the last event of the one before (keyset), so the
log stays quick however long it grows. Each of the two halves has an index of its own; here they are merged.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet

from .enums import EventName
from .models import Event

PAGE = 50
OPEN_NAMES = frozenset({EventName.KEY_CREATED, EventName.KEY_ROTATED, EventName.LOG_KEY_REGISTERED})
"""Events that every organisation reads: they say which keys are in force."""


@dataclass(frozen=True)
class Wanted:
    """What of the log is asked for; what is left out is not asked.

    `group` is how the names begin, `about` are ids of cases and referrals.
    """

    group: str = ""
    membership_id: int | None = None
    about: Collection[UUID] | None = None
    since: datetime | None = None
    until: datetime | None = None
    refusals: bool = False


@dataclass(frozen=True)
class After:
    """The last event of a page: the next page holds what is older."""

    at: datetime
    id: UUID

    def as_text(self) -> str:
        """For an address."""
        return f"{self.at.timestamp():.6f}.{self.id}"

    @classmethod
    def from_text(cls, text: str) -> "After | None":
        """The other end of `as_text`; None for what is none."""
        seconds, _point, key = text.rpartition(".")
        try:
            return cls(datetime.fromtimestamp(float(seconds), UTC), UUID(key))
        except (ValueError, OverflowError, OSError):
            return None


def page_of_log(
    organisation_id: int, wanted: Wanted, after: After | None = None
) -> tuple[list[Event], After | None]:
    """One page of events and where the next begins, None at the end. Two queries."""
    events = _older(_matching(wanted), after).order_by("-at", "-id")
    own = events.filter(organisation_id=organisation_id)[: PAGE + 1]
    others = events.filter(concerns_organisation_id=organisation_id).exclude(organisation_id=organisation_id)
    both = merge(own, others[: PAGE + 1], key=lambda event: (event.at, event.id), reverse=True)
    found = list(islice(both, PAGE + 1))
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], After(last.at, last.id) if last else None


def _matching(wanted: Wanted) -> "QuerySet[Event]":
    events = Event.objects.all()
    if wanted.group:
        events = events.filter(name__startswith=wanted.group)
    if wanted.membership_id is not None:
        events = events.filter(membership_id=wanted.membership_id)
    if wanted.about is not None:
        events = events.filter(Q(case_id__in=wanted.about) | Q(referral_id__in=wanted.about))
    if wanted.since is not None:
        events = events.filter(at__gte=wanted.since)
    if wanted.until is not None:
        events = events.filter(at__lt=wanted.until)
    return events.exclude(refusal="") if wanted.refusals else events


def _older(events: "QuerySet[Event]", after: After | None) -> "QuerySet[Event]":
    if after is None:
        return events
    return events.filter(Q(at__lt=after.at) | Q(at=after.at, id__lt=after.id))
