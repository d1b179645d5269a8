"""What stands beside a step's form: the proposal to confirm, the difference an amendment would make, the last plan."""

from typing import Any

from ihala.core import clock
from ihala.organisations.models import Actor

from .actions import package, sealed
from .enums import DeclineReason, RecordKind, RefusedBy, Step
from .models import Referral
from .presenting_package import differences


def beside(step: Step, referral: Referral, actor: Actor) -> dict[str, Any]:
    """More context for the page of a step."""
    proposed = step in (Step.CONFIRM_DECLINE, Step.RETURN_PROPOSAL)
    return {
        "changes": would_change(referral, actor) if step is Step.AMEND else None,
        "proposal": _proposal(referral, actor) if proposed else None,
    }


def would_change(referral: Referral, actor: Actor) -> list[dict[str, Any]]:
    """What the case says now and the last version did not."""
    parts = package.open_parts(referral, by=actor)
    last = {
        part.disclosure_class: values for part, values in parts if part.version == referral.package_version
    }
    return differences(last, package.preview(referral, by=actor))


def _proposal(referral: Referral, actor: Actor) -> dict[str, Any] | None:
    """The decline that waits for a second person."""
    mine = referral.records.filter(kind=RecordKind.PROPOSED_DECLINE, organisation_id=actor.organisation_id)
    record = mine.order_by("-at").first()
    if record is None:
        return None
    opened = sealed.open_exchange(referral, [], [], [record], by=actor)
    return {
        "reason": DeclineReason(record.code).label,
        "refused_by": RefusedBy(record.refused_by).label if record.refused_by else "",
        "text": opened.get(record.pk) or "",
        "at": record.at,
    }


def initial(step: Step, referral: Referral, actor: Actor) -> dict[str, Any]:
    """A changed plan starts from the last one."""
    plan = referral.plans.order_by("-version").first() if step is Step.PLAN_HANDOVER else None
    if plan is None:
        return {}
    details = sealed.open_exchange(referral, [], [(plan, "details")], [], by=actor).get(plan.pk) or {}
    here = plan.eta.astimezone(clock.DUBAI)
    return {**details, "day": here.date(), "hour": here.time()}
