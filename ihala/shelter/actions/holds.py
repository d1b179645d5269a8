"""Beds kept for a family until a moment: held, extended with a reason, freed, and let go by the clock.

A hold's beds are free again the moment it runs out, because its claim ends there; the clock (`mind_holds`) only says
so, once to each side. Nothing here refuses to free a hold: the endings of a referral rely on it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import QuerySet, UUIDField

from ihala.accounts.roles import Role
from ihala.audit.enums import EventName
from ihala.core.clock import now
from ihala.core.kept import NOW, Given, ahead, kept
from ihala.core.refusal import Refused
from ihala.core.writing import insert
from ihala.notifications import actions as notifications
from ihala.notifications.enums import Kind as Notice
from ihala.organisations.models import Actor

from .. import rules
from ..enums import ExtendReason, FreeReason, HoldEnd
from ..models import Bed, Claim, Extension, Hold
from .taking import (
    as_they_stand,
    beds_asked,
    beds_line,
    claim,
    end_claims,
    keys_of,
    lock_units,
    lock_units_of,
    require,
    taking,
    units_of,
)


def hold(
    beds: Iterable[Bed],
    *,
    family: UUID,
    until: datetime,
    by: Actor,
    backs: UUID | None = None,
    tells: int | None = None,
) -> Hold:
    """Keep these beds for the family (the key of one's own case) until a moment, all or none.

    `backs`: the referral it is for, which notices lead to. `tells`: another organisation (id) that is warned too.
    Refused `beds_taken`, `unit_taken`, `held_already` (409), `until_ahead`, `no_beds`, `not_visible`.
    """
    key, wanted = uuid4(), keys_of(beds)
    with taking(EventName.HOLD_MADE, by, "hold", key, family) as detail:
        with ahead(*rules.placing(family, by), beds_asked(wanted)):
            require(rules.why_not_place(family, by))
            let_go_if_overdue(family, by)
            units = lock_units_of(wanted)
        moment = now()
        require(rules.why_not_until(until, moment, moment))
        with ahead(beds_asked(wanted), *rules.claiming(wanted, list(units), moment, until)):
            chosen = as_they_stand(wanted, units)
            require(rules.why_not_claim(chosen, family, moment, until))
        made = Hold(
            id=key, organisation_id=by.organisation_id, family=family, backs=backs, tells_id=tells, made_at=moment,
            made_by_id=by.membership_id or None, until=until, warn_at=rules.warn_at(moment, until),
        )  # fmt: skip
        insert([made])
        claim(made, chosen, moment, until)
        detail.update(beds_line(chosen), until=until)
    return made


def let_go_if_overdue(family: UUID, by: Actor) -> None:
    """A hold of the family whose time has run out, though the clock has not said so yet, ends now."""
    for overdue in _overdue(None, family=family):
        lapse(overdue, by)


@kept
def _overdue(_nobody: None) -> QuerySet[Hold]:
    """At most one: a family has one hold that has not ended (constraint `hold_one_live_per_family`)."""
    live = Hold.objects.select_for_update().filter(family=Given("family", UUIDField()), ended_at=None)
    return live.filter(until__lte=NOW).order_by()


def locked(hold: Hold) -> Hold:
    """The committed row, for this transaction alone; refused where it is not one's own."""
    found = Hold.objects.select_for_update().filter(pk=hold.pk).first()
    if found is None:
        raise Refused(rules.NOT_VISIBLE)
    return found


def extend_hold(hold: Hold, *, until: datetime, reason: ExtendReason | str, by: Actor) -> Hold:
    """Keep the beds longer, and warn anew. Refused `hold_ended`, `until_later`."""
    with taking(EventName.HOLD_EXTENDED, by, "hold", hold.pk, hold.family) as detail:
        row = locked(hold)
        require(rules.why_not_place(row.family, by))
        lock_units(units_of(row))
        moment = now()
        if not rules.is_live(row, moment):
            raise Refused(rules.HOLD_ENDED)
        require(rules.why_not_until(until, row.until, moment))
        Extension.objects.create(
            organisation_id=row.organisation_id, hold=row, before=row.until, after=until, reason=ExtendReason(reason),
            at=moment, by_id=by.membership_id or None,
        )  # fmt: skip
        Claim.objects.filter(hold=row, ends_at=row.until).update(ends_at=until)
        row.until, row.warn_at, row.warned_at = until, rules.warn_at(moment, until), None
        row.save(update_fields=["until", "warn_at", "warned_at"])
        detail.update(until=until, reason=ExtendReason(reason))
    return row


def free_hold(hold: Hold, *, reason: FreeReason | str, by: Actor) -> Hold:
    """The beds are free again. A hold that has ended stays as it is; one whose time has run out has lapsed."""
    with taking(EventName.HOLD_FREED, by, "hold", hold.pk, hold.family) as detail:
        row = locked(hold)
        require(rules.why_not_place(row.family, by))
        detail.update(free(row, reason, by))
    return row


def free_holds(*, backs: UUID, reason: FreeReason | str, by: Actor) -> int:
    """Free whatever is held for a referral that has ended; how many. It never refuses and may be repeated."""
    rows = list(Hold.objects.select_for_update().filter(backs=backs, ended_at=None).order_by("pk"))
    lock_units(unit for row in rows for unit in units_of(row))
    for row in rows:
        with taking(EventName.HOLD_FREED, by, "hold", row.pk, row.family) as detail:
            detail.update(free(row, reason, by))
    return len(rows)


def free(row: Hold, reason: FreeReason | str, by: Actor) -> dict[str, object]:
    """End a locked hold; what the log says of it."""
    if row.ended_at is not None:
        return {"ended": row.ended_how}
    lock_units(units_of(row))
    moment = now()
    if row.until <= moment:
        lapse(row, by)
        return {"ended": HoldEnd.LAPSED}
    end_claims(row, moment)
    row.ended_at, row.ended_how, row.free_reason = moment, HoldEnd.FREED, FreeReason(reason)
    row.ended_by_id = by.membership_id or None
    row.save(update_fields=["ended_at", "ended_how", "free_reason", "ended_by"])
    return {"reason": row.free_reason}


def mind_holds(*, by: Actor) -> tuple[list[Hold], list[Hold]]:
    """The clock: warn of holds that near their end, and say which have lapsed. Each once, however often it is called.

    Rows somebody is busy with are left for the next minute; what a stopped worker missed is caught up.
    """
    due = Hold.objects.select_for_update(skip_locked=True).filter(ended_at=None).order_by("pk")
    lapsed = list(due.filter(until__lte=now()))
    for row in lapsed:
        lapse(row, by)
    warned = list(due.filter(warned_at=None, warn_at__lte=now()))
    for row in warned:
        with taking(EventName.HOLD_WARNED, by, "hold", row.pk, row.family):
            row.warned_at = now()
            row.save(update_fields=["warned_at"])
            tell(row, Notice.DEADLINE_NEAR, by)
    return warned, lapsed


def lapse(row: Hold, by: Actor) -> None:
    """A locked hold has run out: its claim ended at that moment by itself, now its sides are told."""
    with taking(EventName.HOLD_LAPSED, by, "hold", row.pk, row.family):
        row.ended_at, row.ended_how = row.until, HoldEnd.LAPSED
        row.save(update_fields=["ended_at", "ended_how"])
        tell(row, Notice.DEADLINE_PASSED, Actor.system_of(row.organisation_id))


def tell(row: Hold, kind: Notice, by: Actor) -> None:
    """Both sides' duty officers and supervisors, and at home whoever made the hold; that something nears, no more."""
    for organisation in filter(None, (row.organisation_id, row.tells_id)):
        notifications.notify(
            organisation, roles=[Role.DUTY_OFFICER, Role.SUPERVISOR], kind=kind, subject_id=row.backs, author=by,
            membership_id=row.made_by_id if organisation == row.organisation_id else None,
        )  # fmt: skip
