"""What every page's frame shows of the product: where one can go, by role, and how much waits there."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from ihala.accounts.roles import Permission
from ihala.core.kept import Asked
from ihala.organisations.models import Actor
from ihala.referrals.workflow import ANYONE

from . import work
from .enums import List
from .work import Counters, counters_of

KEPT = "_desk_counters"
ICONS = {
    List.WORK: "home", List.INBOX: "inbox", List.OUTBOX: "outbox", List.DRAFTS: "draft", List.OVERDUE: "alert",
}  # fmt: skip


def capped(number: int) -> str:
    """A counter as it is shown: "", "7", "99+"."""
    return "99+" if number > 99 else str(number or "")


def works_with_referrals(actor: Actor) -> bool:
    """Has the actor a role that sees referrals?"""
    return bool(actor.roles & ANYONE)


def counting(actor: Actor) -> Asked | None:
    """What the navigation asks for somebody whose pages show counters."""
    return work.counting(actor) if works_with_referrals(actor) else None


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`nav` for base.html; worked out only where the page shows it."""
    if getattr(request, "actor", None) is None:
        return {}
    return {"nav": SimpleLazyObject(lambda: _items(request))}


def keep_counters(request: HttpRequest, counters: Counters) -> None:
    """The view has counted already."""
    setattr(request, KEPT, counters)


Place = tuple[str, str, str, int]
"""Its label, the name of its address, its icon, how much waits there."""


def _items(request: HttpRequest) -> list[dict[str, Any]]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found: list[dict[str, Any]] = []
    for group in (_lists(request, actor), _people(actor), _oversight(actor), _house(actor)):
        for number, (label, name, icon, count) in enumerate(group):
            url = _address(name)
            found.append({
                "url": url, "label": label, "icon": icon, "count": capped(count), "current": False,
                "apart": number == 0,
            })  # fmt: skip
    around = [one for one in found if _is_at(request.path, one["url"])]
    if around:
        max(around, key=lambda one: len(one["url"]))["current"] = True
    return found


def _is_at(path: str, url: str) -> bool:
    """Is the page this place, or below it? The closest place alone is the current one."""
    return path == url or (url != "/" and path.startswith(url))


@lru_cache
def _address(name: str) -> str:
    """A place's address, which is the same in every page; looking a dozen of them up costs as much as a query."""
    return reverse(name)


def _lists(request: HttpRequest, actor: Actor) -> Iterator[Place]:
    """What waits, and for whom a bed is made."""
    if works_with_referrals(actor):
        counters: Counters = getattr(request, KEPT, None) or counters_of(actor)
        yield str(List.WORK.label), "desk:work", ICONS[List.WORK], counters.work
        yield str(List.INBOX.label), "desk:inbox", ICONS[List.INBOX], counters.incoming
        yield str(List.OUTBOX.label), "desk:outbox", ICONS[List.OUTBOX], counters.outgoing
        if actor.has(Permission.SEE_BEDS):
            yield _("Beds"), "shelter:today", "bed", 0
    elif actor.has(Permission.SEE_COUNTS):
        yield _("Counts"), "desk:counts", "home", 0
        yield _("Questions asked"), "fit:asked", "question", 0


def _people(actor: Actor) -> Iterator[Place]:
    """Cases, and what is asked about people."""
    if not works_with_referrals(actor):
        return
    yield _("Cases"), "cases:list", "file", 0
    if actor.has(Permission.DRAFT_REFERRAL):
        yield _("Ask for a place"), "fit:ask", "question", 0
        yield _("Known elsewhere?"), "known:list", "people", 0
    if actor.has(Permission.READ_CASE):
        yield _("Questions of colleagues"), "matching:questions", "bell", 0
    if actor.has(Permission.WRITE_CASE):
        yield _("Two cases of one person?"), "pairs:queue", "file", 0
    if actor.has(Permission.IMPORT_INTAKE):
        yield _("Import a form"), "intake:upload", "plus", 0


def _oversight(actor: Actor) -> Iterator[Place]:
    """What managers and the data protection officer answer for."""
    if actor.has(Permission.SEE_COUNTS):
        yield _("Pictures"), "reporting:pictures", "star", 0
        yield _("Joint counts"), "joint:list", "people", 0
    if actor.has(Permission.READ_AUDIT):
        yield _("Log"), "audit:log", "eye", 0
    if actor.has(Permission.SET_SEARCH_RULE):
        yield _("Rule of the search"), "matching:rule", "search", 0
    if actor.has(Permission.REQUEST_ERASURE) or actor.has(Permission.CONFIRM_ERASURE):
        yield _("Erasure"), "erasure:list", "lock", 0


def _house(actor: Actor) -> Iterator[Place]:
    """The organisation itself, and one's own account."""
    if actor.has(Permission.MANAGE_STAFF):
        yield _("Staff"), "organisations:staff", "people", 0
    yield _("Organisation"), "organisations:organisation", "book", 0
    yield _("Your sign-in"), "mfa_index", "user", 0
