"""What the pages show: the list, and one erasure from the preview to the certificate. No names of survivors."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ihala.accounts.roles import Permission
from ihala.core import text
from ihala.core.clock import now
from ihala.organisations.models import Actor, Membership

from . import rules
from .enums import Outcome, Standing
from .models import Erasure, LegalHold

PAGE = 100
MARKS = {
    Standing.REQUESTED: ("amber", "clock"),
    Standing.CANCELLED: ("quiet", "minus"),
    Standing.CONFIRMED: ("blue", "clock"),
    Standing.CARRIED_OUT: ("blue", "check"),
    Standing.FINAL: ("green", "check"),
}


def listed(actor: Actor) -> dict[str, Any]:
    """The newest requests, and what the schedule brings."""
    found = Erasure.objects.select_related("case").order_by("-requested_at")
    held = Exists(LegalHold.objects.filter(case=OuterRef("case"), pk__in=rules.live_holds().values("pk")))
    rows = [
        {"erasure": one, "what": rules.named(one), "held": one.is_held and one.standing == Standing.REQUESTED}
        | mark(one)
        for one in found.annotate(is_held=held)[:PAGE]
    ]
    return {
        "rows": rows,
        "may_request": actor.has(Permission.REQUEST_ERASURE),
        "is_officer": actor.has(Permission.MANAGE_RETENTION),
        "due": [one for one in rules.due_soon() if not one.is_due]
        if actor.has(Permission.MANAGE_RETENTION)
        else [],
    }


def mark(erasure: Erasure) -> dict[str, Any]:
    """Word, colour and icon of where it stands."""
    colour, sign = MARKS[erasure.standing]
    return {"standing": erasure.standing.label, "colour": colour, "sign": sign}


def detail(erasure: Erasure, actor: Actor) -> dict[str, Any]:
    """Facts, what goes and stays, what this person may do, and the certificate once it is carried out."""
    waits = erasure.standing == Standing.REQUESTED
    lines = rules.preview(erasure) if waits else []
    refusal = rules.why_not_confirm(erasure, actor) if waits else None
    return {
        "erasure": erasure,
        "what": rules.named(erasure),
        "waits": waits,
        "done": erasure.carried_out_at is not None,
        "facts": facts(erasure),
        "progress": progress(erasure) if erasure.confirmed_at else [],
        "goes": [line for line in lines if line.outcome == Outcome.GOES],
        "stays": [line for line in lines if line.outcome == Outcome.STAYS],
        "may_confirm": waits and refusal is None,
        "obstacle": refusal,
        "may_cancel": waits and rules.why_not_cancel(erasure, actor) is None,
    } | mark(erasure)


def facts(erasure: Erasure) -> list[dict[str, Any]]:
    """Who asked, on what ground, who decided."""
    found = [
        {"label": _("Case"), "value": erasure.case.reference, "kind": "ltr"},
        {"label": _("What is to be erased"), "value": rules.named(erasure)},
        {"label": _("Who asked for it"), "value": erasure.get_asked_by_display()},
        {"label": _("Asked on"), "value": text.day(erasure.asked_on)},
        {"label": _("Legal ground"), "value": erasure.get_ground_display()},
        {"label": _("Requested by"), "value": _signed(erasure.requested_by, erasure.requested_at)},
    ]
    if erasure.confirmed_at:
        found.append(
            {"label": _("Confirmed by"), "value": _signed(erasure.confirmed_by, erasure.confirmed_at)}
        )
    if erasure.cancelled_at:
        found.append(
            {"label": _("Cancelled by"), "value": _signed(erasure.cancelled_by, erasure.cancelled_at)}
        )
    return found


def _signed(member: Membership | None, at: Any) -> str:
    who = text.isolate(member.name) if member else _("The schedule")
    return f"{who} · {text.day(at)} · {text.hour(at)}"  # in full: the certificate outlives "today"


def progress(erasure: Erasure) -> list[dict[str, Any]]:
    """The three steps of an erasure under way: confirmed, carried out, final."""
    return [
        {"label": _("Confirmed"), "done": True, "at": erasure.confirmed_at},
        {"label": _("Keys destroyed and columns cleared"), "done": erasure.carried_out_at is not None,
         "at": erasure.carried_out_at},
        {"label": _("Final: the last copy of the keys has aged out"),
         "done": erasure.final_at is not None and erasure.final_at <= now(), "at": erasure.final_at},
    ]  # fmt: skip
