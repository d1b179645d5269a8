"""What stands on a page of work, found by one narrow query.

That query brings ids, versions and deadlines only: of the list, and of what waits (at most a hundred each way, for the
counters). Its answer is also the page's fingerprint, so that an unchanged page costs nothing more. No totals anywhere:
each part reads an index from its beginning and stops.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, BooleanField, CharField, DateTimeField, Q, QuerySet, Value
from django.utils.translation import get_language

from ihala.accounts.roles import Permission, Role
from ihala.core.clock import now
from ihala.core.kept import NOW, Asked, Given, kept, kept_within
from ihala.organisations.models import Actor
from ihala.referrals.enums import State
from ihala.referrals.models import Referral

from .enums import List, Part
from .filters import After, Filters

PAGE = 40
MANY = 100
SOON = timedelta(hours=4)
ENDS_SOON = timedelta(days=14)
ENDING = Given("soon", DateTimeField())
NEVER = datetime.max.replace(tzinfo=UTC)
TURNS = (Part.INCOMING, Part.OUTGOING, Part.LISTED)
BY_CHANGE = (List.INBOX, List.OUTBOX, List.DRAFTS)


class Brief(NamedTuple):
    """One row of the narrow query."""

    id: UUID
    version: int
    state: str
    due_at: datetime | None
    changed_at: datetime
    part: str


@dataclass(frozen=True)
class Counters:
    """What waits, each counted up to a hundred."""

    work: int = 0
    incoming: int = 0
    outgoing: int = 0
    drafts: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class Page:
    """The rows of one page in their order, whether more follow, the counters, and the fingerprint of it all."""

    rows: list[Brief]
    more: bool
    counters: Counters
    etag: str = field(default="")

    def after(self, kind: List) -> After | None:
        """Where the next page begins; None on the last."""
        if not self.more or not self.rows:
            return None
        last = self.rows[-1]
        return After(last.changed_at if kind in BY_CHANGE else last.due_at, last.id)


def find(kind: List, actor: Actor, filters: Filters = Filters(), after: After | None = None) -> Page:  # noqa: B008
    """One page of a list, and what waits. Two narrow queries."""
    at = {"now": now(), "soon": now() + ENDS_SOON}
    if filters or after:
        found = [Brief(*row) for row in _page.build(actor, kind, filters, after, **at)]
    else:
        found = [Brief(*row) for row in _page(actor, kind, **at)]
    rows = _sorted(kind, [row for row in found if row.part in TURNS])
    beside = [row for row in found if row.part not in TURNS]
    counters, more = counters_of(actor), len(rows) > PAGE
    rows = rows[:PAGE] + beside
    return Page(rows, more, counters, _fingerprint(actor, rows, more, counters))


@kept
def _page(
    actor: Actor,
    kind: List,
    filters: Filters = Filters(),  # noqa: B008
    after: After | None = None,
    now: Any = NOW,
    soon: Any = ENDING,
) -> QuerySet:
    """The rows of the page; My work is all that waits, and what waits beside the turn."""
    if kind == List.WORK and not filters and not after:
        return _together([*_waiting(actor), *_beside(actor, soon)])
    return _together(_listed(kind, actor, filters, after, now))


def counting(actor: Actor) -> Asked:
    """The question of `counters_of`, for a page that asks it `ahead`."""
    return _turns.asked(actor)


def counters_of(actor: Actor) -> Counters:
    """What waits, for the tabs and for the navigation of every page. One query."""
    counted = _turns(actor)
    numbers = {"drafts": 0, "incoming": 0, "outgoing": 0}
    for place, _late, number in counted:
        numbers[place] += number
    late = sum(number for _place, late, number in counted if late)
    return Counters(sum(numbers.values()), overdue=late, **numbers)


COUNTING = """
SELECT CASE WHEN state IN ('draft', 'awaiting_approval') THEN 'drafts' ELSE part END, due_at < %s, count(*)
FROM ({}) AS waiting GROUP BY 1, 2
"""


@kept_within(COUNTING, NOW, columns=(CharField(), BooleanField(), BigIntegerField()))
def _turns(actor: Actor) -> QuerySet:
    """Where it is this side's turn, at most a hundred each way."""
    return _together(_waiting(actor))


def _waiting(actor: Actor) -> list[QuerySet]:
    """Where it is this side's turn, soonest first, at most a hundred each way."""
    seen, me = Referral.objects.visible_to(actor), actor.organisation_id
    incoming = seen.filter(receiver=me, waits_for_receiver=True, sent_at__isnull=False)
    outgoing = seen.filter(sender=me, waits_for_sender=True)
    return [
        _narrow(_by_due(incoming), Part.INCOMING)[:MANY],
        _narrow(_by_due(outgoing), Part.OUTGOING)[:MANY],
    ]


def _listed(kind: List, actor: Actor, filters: Filters, after: After | None, now: Any) -> list[QuerySet]:
    """The rows of the page itself and one more, from each side of the table the list draws from."""
    seen, me = Referral.objects.visible_to(actor).filter(filters.condition(actor)), actor.organisation_id
    if kind in BY_CHANGE:
        base = {
            List.INBOX: seen.filter(receiver=me, sent_at__isnull=False),
            List.OUTBOX: seen.filter(sender=me, sent_at__isnull=False),
            List.DRAFTS: seen.filter(sender=me, state__in=(State.DRAFT, State.AWAITING_APPROVAL)),
        }[kind]
        if after and after.moment:
            earlier = Q(changed_at__lt=after.moment) | Q(id__gt=after.id)
            base = base.filter(earlier, changed_at__lte=after.moment)
        return [_narrow(base.order_by("-changed_at", "id"), Part.LISTED)[: PAGE + 1]]
    sides = (
        seen.filter(receiver=me, waits_for_receiver=True, sent_at__isnull=False),
        seen.filter(sender=me, waits_for_sender=True),
    )
    if kind == List.OVERDUE:
        sides = tuple(side.filter(due_at__lt=now) for side in sides)  # type: ignore[assignment]
    return [_narrow(_by_due(side.filter(_later(after))), Part.LISTED)[: PAGE + 1] for side in sides]


def _later(after: After | None) -> Q:
    if after is None:
        return Q()
    if after.moment is None:
        return Q(due_at__isnull=True, id__gt=after.id)
    return Q(due_at__isnull=True) | Q(due_at__gt=after.moment) | Q(due_at=after.moment, id__gt=after.id)


def _beside(actor: Actor, soon: Any) -> list[QuerySet]:
    """What waits beside the turn: reviews, second signatures, consents that end, destruction to be attested."""
    seen, me = Referral.objects.visible_to(actor), actor.organisation_id
    mine = seen.filter(sender=me, ended_at__isnull=True)
    parts: list[tuple[QuerySet, Part]] = []
    if actor.is_a(Role.SUPERVISOR):
        parts.append((mine.filter(review_due_at__isnull=False, reviewed_at__isnull=True), Part.REVIEW))
        tasks = Q(destruction_tasks__organisation=me, destruction_tasks__done_at__isnull=True)
        parts.append((seen.filter(tasks, receiver=me), Part.DESTRUCTION))
    if actor.has(Permission.SIGN_LEGAL_BASIS):
        parts.append((mine.filter(signature_pending=True), Part.SIGNATURE))
    if actor.has(Permission.RECORD_CONSENT):
        ending = mine.filter(basis_until__lt=soon)
        parts.append((ending, Part.CONSENT))
    return [_narrow(_by_due(found), part)[:PAGE] for found, part in parts]


def _by_due(found: QuerySet) -> QuerySet:
    return found.order_by("due_at", "id")  # PostgreSQL puts those without a deadline last


def _narrow(found: QuerySet, part: Part) -> QuerySet:
    named = found.annotate(part=Value(part.value, output_field=CharField()))
    return named.values_list("id", "version", "state", "due_at", "changed_at", "part")


def _together(parts: list[QuerySet]) -> QuerySet:
    first, *others = parts
    return first.union(*others, all=True)


def _sorted(kind: List, rows: Iterable[Brief]) -> list[Brief]:
    if kind in BY_CHANGE:
        return sorted(rows, key=lambda row: (-row.changed_at.timestamp(), row.id))
    return sorted(rows, key=lambda row: (row.due_at or NEVER, row.id))


def is_late(due_at: datetime | None) -> bool:
    """Has the deadline passed?"""
    return due_at is not None and due_at < now()


def is_soon(due_at: datetime | None) -> bool:
    """Is the deadline within the next hours?"""
    return due_at is not None and due_at < now() + SOON


def _fingerprint(actor: Actor, rows: list[Brief], more: bool, counters: Counters) -> str:
    """Changes with anything the fragment shows; times go on by the page's own script, so a minute changes nothing
    until a deadline passes or comes near."""
    shown: list[Any] = [get_language(), actor.membership_id, sorted(actor.roles), more, counters]
    shown += [(row.id.hex, row.version, row.part, is_late(row.due_at), is_soon(row.due_at)) for row in rows]
    return f'"{hashlib.blake2b(repr(shown).encode(), digest_size=12).hexdigest()}"'


__all__ = ["Brief", "Counters", "Page", "counters_of", "find", "is_late", "is_soon"]
