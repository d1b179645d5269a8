"""Two cases side by side: what each says of who she is, and why they may be of one person."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from ihala.audit.enums import Purpose
from ihala.cases import actions as cases
from ihala.cases.models import Case
from ihala.cases.rules import display, field_at
from ihala.core.text import day
from ihala.organisations.models import Actor

from .enums import PairReason
from .models import Pair

SHOWN = {
    "name": PairReason.NAME, "name_latin": PairReason.NAME, "birth": PairReason.YEAR, "sex": None,
    "nationality": PairReason.NATIONALITY, "documents": PairReason.DOCUMENT, "phones": PairReason.PHONE,
}  # fmt: skip
"""Fields of the survivor that tell who she is, and the reason each may stand for."""
FILES: tuple[tuple[Any, Callable[[Case], Any]], ...] = (
    (_("Opened"), lambda case: day(case.opened_at)),
    (_("State"), lambda case: case.get_state_display()),
    (_("Category"), lambda case: case.get_category_display()),
)
"""What is no secret of either file and tells which of them to go on with."""


def why(pair: Pair) -> list[Any]:
    """The reasons in words, in the order of the list."""
    return [reason.label for reason in PairReason if reason in pair.reasons]


def evidence(pair: Pair, actor: Actor) -> list[dict[str, Any]]:
    """What the two files are, then a row for each field one of the two says; `matches` where it is a reason. Both are
    opened on record."""
    one, other = (_said(case, actor) for case in (pair.one, pair.other))
    rows: list[dict[str, Any]] = [
        {"label": label, "one": told(pair.one), "other": told(pair.other), "matches": False}
        for label, told in FILES
    ]
    for key, reason in SHOWN.items():
        path = f"survivor.{key}"
        left, right = display(path, one.get(key)), display(path, other.get(key))
        if left or right:
            matches = reason is not None and reason in pair.reasons and bool(left and right)
            rows.append({"label": field_at(path).label, "one": left, "other": right, "matches": matches})
    return rows


def _said(case: Case, actor: Actor) -> dict[str, Any]:
    return cases.open_case(case, by=actor, purpose=Purpose.WORK).survivor
