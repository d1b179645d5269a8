"""The lines of one's own organisation."""

from typing import Any

from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.core.clock import now

from .. import refusals, rules
from ..models import Actor, Telephones
from ..telephones import as_dialled
from .log import refuse_if

CHANGED = EventName.TELEPHONES_CHANGED


def set_telephones(*, duty: str, supervisor: str, by: Actor) -> Telephones:
    """Both lines, in any form they are dialled in; empty takes one back. It stands in the log of each partner too:
    whoever put a number of their own there would have the calls of people in danger."""
    refuse_if(rules.why_not_telephones(by), by, CHANGED)
    numbers = [as_dialled(typed) for typed in (duty, supervisor)]
    refuse_if(refusals.NO_TELEPHONE if None in numbers else None, by, CHANGED)
    given = {"duty": numbers[0] or "", "supervisor": numbers[1] or ""}
    kept = Telephones.objects.select_for_update().filter(organisation=by.organisation_id).first()
    if kept is not None and (kept.duty, kept.supervisor) == (given["duty"], given["supervisor"]):
        return kept
    before = {"duty": kept.duty, "supervisor": kept.supervisor} if kept else dict.fromkeys(given, "")
    changed, _made = Telephones.objects.update_or_create(
        organisation_id=by.organisation_id, defaults={**given, "changed_at": now()}
    )
    _record(by, {"before": _codes(before), "lines": _codes(given)})
    return changed


def _record(by: Actor, detail: dict[str, Any]) -> None:
    """One event that each partner reads as well; with nobody to read it, one of one's own."""
    concerned: list[int | None] = list(rules.partners(by.organisation_id).values_list("pk", flat=True)) or [
        None
    ]
    others = [audit.prepared(by, CHANGED, concerns=one, detail=detail) for one in concerned[1:]]
    audit.record(by, CHANGED, concerns=concerned[0], detail=detail, along=others)


def _codes(numbers: dict[str, str]) -> list[str]:
    """As the log takes them: "duty:97142345678"."""
    return [f"{line}:{number.lstrip('+')}" for line, number in numbers.items() if number]
