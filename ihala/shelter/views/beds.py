"""Today in the house, and the board of beds over days."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from ihala.accounts.roles import Permission
from ihala.core import clock
from ihala.organisations.models import Request

from .. import board as boards
from .. import pages
from ..models import House
from ..naming import isolated
from .common import needs


@require_GET
@needs(Permission.SEE_BEDS)
def today(request: Request) -> HttpResponse:
    """Who comes and goes today, who is away, what is unfinished."""
    return render(request, "shelter/today.html", pages.day(request.actor))


@require_GET
@needs(Permission.SEE_BEDS)
def board(request: Request) -> HttpResponse:
    """Beds over days, from a day on; what the address asks for and cannot be is left out."""
    first = _day(request.GET.get("from", ""))
    days = _length(request.GET.get("days", ""))
    house = _house(request.GET.get("house", ""))
    asked = {"from": first, "days": days, "house": house}
    shift = timedelta(days=days)
    context = {
        "board": boards.board(request.actor, first, days, house=house), "today": clock.today(),
        "lengths": [_length_chip(asked, one) for one in boards.LENGTHS], "houses": _houses(request, asked),
        "earlier": _link(asked, {"from": first - shift}), "later": _link(asked, {"from": first + shift}),
        "now": _link(asked, {"from": None}),
    }  # fmt: skip
    return render(request, "shelter/board.html", context)


def _link(asked: dict[str, Any], changed: dict[str, Any]) -> str:
    """The same board, but for what is changed."""
    return "?" + urlencode({key: value for key, value in {**asked, **changed}.items() if value})


def _length_chip(asked: dict[str, Any], days: int) -> dict[str, Any]:
    label = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    return {"url": _link(asked, {"days": days}), "label": label, "current": days == asked["days"], "count": 0}


def _houses(request: Request, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """All houses, or one; nothing to choose where there is one only."""
    found = House.objects.filter(organisation=request.actor.organisation_id).order_by("code")
    mine = [(one.pk, isolated(one.code)) for one in found]
    return [
        {"url": _link(asked, {"house": key}), "label": label, "current": key == asked["house"], "count": 0}
        for key, label in ([(None, _("All houses")), *mine] if len(mine) > 1 else [])
    ]


def _day(asked: str) -> date:
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return clock.today()
    return min(max(day, date(2000, 1, 1)), date(2200, 1, 1))


def _length(asked: str) -> int:
    return int(asked) if asked in map(str, boards.LENGTHS) else boards.LENGTHS[1]


def _house(asked: str) -> UUID | None:
    try:
        return UUID(asked)
    except ValueError:
        return None
