"""Legal holds, the periods after which cases go, and asking for what is due."""

from datetime import date, timedelta

from ihala.accounts.roles import Permission
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.cases.enums import CaseState
from ihala.cases.models import Case
from ihala.core.clock import now, today
from ihala.core.refusal import Refused
from ihala.organisations.models import Actor

from .. import rules
from ..enums import AskedBy, Ground, HoldReason, Unit
from ..models import Erasure, LegalHold, RetentionRule
from .requesting import lock, request

ASKED_AGAIN = timedelta(days=90)


def _officer_only(by: Actor) -> None:
    if not by.has(Permission.MANAGE_RETENTION):
        raise Refused(rules.NOT_PERMITTED)


def place_hold(case: Case, *, by: Actor, reason: HoldReason, until: date | None = None) -> LegalHold:
    """The law makes the organisation keep this case; a request that waits cannot be confirmed from here on."""
    _officer_only(by)
    locked = lock(case.pk)
    if locked.state == CaseState.ERASED:
        raise Refused(rules.ERASED)
    hold = LegalHold.objects.create(
        organisation_id=by.organisation_id, case=locked, reason=reason, until=until, placed_by_id=by.membership_id,
        placed_at=now(),
    )  # fmt: skip
    _recorded(by, EventName.LEGAL_HOLD_PLACED, hold)
    return hold


def lift_hold(hold: LegalHold, *, by: Actor) -> LegalHold:
    """The reason is gone."""
    _officer_only(by)
    lifted = LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(
        lifted_at=now(), lifted_by_id=by.membership_id
    )
    if not lifted:
        raise Refused(rules.NOT_WAITING)
    hold.refresh_from_db()
    _recorded(by, EventName.LEGAL_HOLD_LIFTED, hold)
    return hold


def _recorded(by: Actor, name: EventName, hold: LegalHold) -> None:
    audit.record(
        by, name, subject_kind="legal_hold", subject_id=hold.pk, case_id=hold.case_id, detail={"reason": hold.reason}
    )  # fmt: skip


def set_retention(category: str, *, by: Actor, years: int | None, minors_until: int) -> RetentionRule | None:
    """How long closed cases of a category are kept; without years they are kept until somebody asks."""
    _officer_only(by)
    audit.record(
        by, EventName.RETENTION_SET, detail={"category": category, "years": years, "until": minors_until}
    )
    if years is None:
        RetentionRule.objects.filter(category=category).delete()
        return None
    values = {"years": years, "minors_until": minors_until, "set_by_id": by.membership_id, "set_at": now()}
    rule, _new = RetentionRule.objects.update_or_create(
        organisation_id=by.organisation_id, category=category, defaults=values
    )
    return rule


def request_due(*, by: Actor) -> list[Erasure]:
    """Ask, as the schedule, for the erasure of every case whose period is over; the officer releases each.

    What the officer cancelled is asked for again after `ASKED_AGAIN`.
    """
    lately = Erasure.objects.filter(asked_by=AskedBy.SCHEDULE, cancelled_at__gt=now() - ASKED_AGAIN)
    kept = set(lately.values_list("case_id", flat=True))
    made = []
    for due in rules.due_soon(today()):
        if due.case.pk not in kept and rules.why_not_request(due.case, Unit.CASE, None, by) is None:
            made.append(
                request(
                    due.case, by=by, unit=Unit.CASE, ground=Ground.RETENTION_OVER, asked_by=AskedBy.SCHEDULE,
                    asked_on=today(),
                )
            )  # fmt: skip
    return made
