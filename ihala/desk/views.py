"""My work, the lists, and the search."""

from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ihala.accounts.roles import Permission
from ihala.cases.models import Case
from ihala.cases.references import read_reference
from ihala.core.refusal import Refused
from ihala.core.text import clean
from ihala.core.vocabulary import Category
from ihala.matching import actions as people
from ihala.matching.asked import LONGEST
from ihala.matching.rules import may_search
from ihala.organisations.models import Actor, Request
from ihala.referrals.models import Referral
from ihala.referrals.workflow import NOT_YOURS

from .context import capped, keep_counters, works_with_referrals
from .counts import counts_of
from .enums import List
from .filters import After, Filters, address
from .rows import rows_of
from .sections import sections_of
from .work import Counters, Page, find


@require_GET
def work(request: Request) -> HttpResponse:
    """The first page: what waits for me; for other roles, their own first page."""
    actor = request.actor
    if works_with_referrals(actor):
        return listing(request, List.WORK)
    if actor.has(Permission.READ_AUDIT):
        return redirect("audit:log")
    if actor.has(Permission.SEE_COUNTS):
        return redirect("desk:counts")
    return redirect("organisations:staff")


@require_GET
def listing(request: Request, kind: str) -> HttpResponse:
    """A list with its tabs and filters."""
    _require_work(request.actor)
    shown = _shown(request, List(kind))
    return render(request, "desk/work.html", shown)


@require_GET
def rows(request: Request, kind: str) -> HttpResponse:
    """The part of a list that keeps itself fresh; 304 while nothing of it has changed."""
    _require_work(request.actor)
    page = _page(request, List(kind))
    if request.headers.get("If-None-Match") == page.etag:
        return HttpResponseNotModified(headers={"ETag": page.etag})
    response = render(request, "desk/rows.html", _shown(request, List(kind), page))
    response["ETag"] = page.etag
    return response


def _require_work(actor: Actor) -> None:
    if not works_with_referrals(actor):
        raise Refused(NOT_YOURS)


def _page(request: Request, kind: List) -> Page:
    return find(kind, request.actor, Filters.of(request.GET), After.read(request.GET.get("after", "")))


def _shown(request: Request, kind: List, page: Page | None = None) -> dict[str, object]:
    actor = request.actor
    page = page or _page(request, kind)
    keep_counters(request, page.counters)
    filters, after = Filters.of(request.GET), request.GET.get("after", "")
    found = rows_of(page.rows, actor)
    here, following = reverse(f"desk:{kind}"), page.after(kind)
    sections = sections_of(page.rows, found, actor) if kind == List.WORK else []
    return {
        "kind": kind, "title": kind.label, "tabs": _tabs(kind, page.counters), "filters": filters,
        "here": here, "etag": page.etag, "sections": sections,
        "rows": [found[row.id] for row in page.rows if row.id in found], "late": page.counters.overdue,
        "poll_url": address(reverse("desk:rows", args=[kind]), filters, After.read(after)),
        "next_url": address(here, filters, following) if following else "",
        "first_url": address(here, filters) if after else "",
    }  # fmt: skip


def _tabs(kind: List, counters: Counters) -> list[dict[str, object]]:
    counts = {
        List.WORK: counters.work, List.INBOX: counters.incoming, List.OUTBOX: counters.outgoing,
        List.DRAFTS: counters.drafts, List.OVERDUE: counters.overdue,
    }  # fmt: skip
    return [
        {
            "url": reverse(f"desk:{one}"),
            "label": one.label,
            "current": one == kind,
            "count": capped(counts[one]),
        }
        for one in List
    ]


@require_http_methods(["GET", "POST"])
def search(request: Request) -> HttpResponse:
    """A reference leads to its page; anything else finds people. By POST, so that no query stands in an address."""
    query = clean(request.POST.get("q", "")[:LONGEST], one_line=True)
    if found := _found(query, request.actor):
        return redirect(found)
    shown: dict[str, Any] = {
        "query": query,
        "searches": may_search(request.actor),
        "people": None,
        "refusal": None,
        "reference": _like_a_reference(query),
        "may_write": request.actor.has(Permission.WRITE_CASE),
    }
    if query and shown["searches"]:
        try:
            shown["people"] = people.search(query, by=request.actor)
        except Refused as refused:
            shown["refusal"] = refused.refusal
    status = int(shown["refusal"].status) if shown["refusal"] else 200
    return render(request, "desk/search.html", shown, status=status)


def _found(query: str, actor: Actor) -> str:
    """The address of what bears this reference and may be seen."""
    referral, case = read_reference(query, "R"), read_reference(query, "C")
    if referral and Referral.objects.visible_to(actor).filter(reference=referral).exists():
        return reverse("referrals:detail", args=[referral])
    if case and Case.objects.visible_to(actor).filter(reference=case).exists():
        return reverse("cases:detail", args=[case])
    own = Case.objects.visible_to(actor).filter(paper_reference__iexact=query).first() if query else None
    return reverse("cases:detail", args=[own.reference]) if own else ""


def _like_a_reference(query: str) -> bool:
    """Whether a reference may have been meant: the page then says that nothing bears it. Names have no digits."""
    return any(sign.isdecimal() for sign in query) and any(read_reference(query, kind) for kind in "RC")


@require_GET
def counts(request: Request) -> HttpResponse:
    """Counts by state and category, for those who see no case."""
    if not request.actor.has(Permission.SEE_COUNTS):
        raise Refused(NOT_YOURS)
    shown = {"tables": counts_of(request.actor), "categories": [one.label for one in Category]}
    return render(request, "desk/counts.html", shown)
