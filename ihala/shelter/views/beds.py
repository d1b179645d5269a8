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
    shown = boards.board(request.actor, first, days, house=house)

    def link(**changed: Any) -> str:
        asked = {"from": first, "days": days, "house": house, **changed}
        return "?" + urlencode({key: value for key, value in asked.items() if value})

    lengths = [
        {
            "url": link(days=one),
            "label": ngettext("%(count)d day", "%(count)d days", one) % {"count": one},
            "current": one == days,
            "count": 0,
        }
        for one in boards.LENGTHS
    ]
    context = {
        "board": shown, "lengths": lengths, "houses": _houses(request, link, house), "today": clock.today(),
        "earlier": link(**{"from": first - timedelta(days=days)}),
        "later": link(**{"from": first + timedelta(days=days)}), "now": link(**{"from": None}),
    }  # fmt: skip
    return render(request, "shelter/board.html", context)


def _houses(request: Request, link: Any, house: UUID | None) -> list[dict[str, Any]]:
    found = House.objects.filter(organisation=request.actor.organisation_id).order_by("code")
    every = {"url": link(house=None), "label": _("All houses"), "current": house is None, "count": 0}
    mine = [
        {
            "url": link(house=one.pk),
            "label": boards.isolated(one.code),
            "current": one.pk == house,
            "count": 0,
        }
        for one in found
    ]
    return [every, *mine] if len(mine) > 1 else []


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
