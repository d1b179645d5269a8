"""A family in the shelter: beds held, moved in, life in the house, departed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ihala.accounts.roles import Permission
from ihala.cases.rules import case_at
from ihala.core.clock import now
from ihala.core.refusal import Refused, Status
from ihala.core.views import tried
from ihala.organisations.models import Request

from .. import actions, forms, pages, rules
from ..models import Absence, KeepApart, Stay
from ..naming import named_bed
from .common import found, needs

Act = Callable[[dict[str, Any], dict[str, Any], Request], Any]
"""What a form does: the page's context, the cleaned data, the request."""


@require_GET
@needs(Permission.SEE_BEDS)
def family(request: Request, reference: str) -> HttpResponse:
    """Beds held, the stay, the arrival, absences, whom she is kept apart from, and what was before."""
    page = pages.family_page(case_at(reference, request.actor), request.actor)
    return render(request, "shelter/family.html", {**page, "forms": blank(page)})


def blank(page: dict[str, Any]) -> dict[str, django_forms.Form | None]:
    """The forms that fit where the family stands now, not yet filled in; None for one that does not."""
    return {name: make(page, None) if fits(name, page) else None for name, (make, _do) in ACTS.items()}


def fits(act: str, page: dict[str, Any]) -> bool:
    """Is this to be offered to a family that has beds held, lives here, or neither?"""
    if act == "apart":
        return bool(page["may_keep_apart"])
    if not page["may_place"]:
        return False
    if page["stay"]:
        return act in LIVING
    return act in COMING if page["hold"] else act in NEW


NEW = {"hold", "admit"}
COMING = {"arrive", "extend_hold", "free", "admit"}
LIVING = {"move", "sleep", "check", "belongings", "absence", "extend_stay", "depart", "belongings_back"}

ACTS: dict[str, tuple[Callable[[dict[str, Any], Any], Any], Act]] = {
    "hold": (
        lambda page, post: forms.HoldForm(post, units=page["units"], prefix="hold"),
        lambda page, data, request: actions.hold(family=page["case"].pk, by=request.actor, **data),
    ),
    "admit": (
        lambda page, post: forms.AdmitForm(post, units=page["units"], prefix="admit"),
        lambda page, data, request: actions.admit(family=page["case"].pk, by=request.actor, **data),
    ),
    "arrive": (
        lambda page, post: forms.ArriveForm(post, prefix="arrive"),
        lambda page, data, request: actions.arrive(page["hold"], by=request.actor, **data),
    ),
    "extend_hold": (
        lambda page, post: forms.ExtendHoldForm(post, prefix="extend_hold"),
        lambda page, data, request: actions.extend_hold(page["hold"], by=request.actor, **data),
    ),
    "free": (
        lambda page, post: forms.FreeForm(post, prefix="free"),
        lambda page, data, request: actions.free_hold(page["hold"], by=request.actor, **data),
    ),
    "move": (
        lambda page, post: forms.MoveForm(post, units=page["units"], prefix="move"),
        lambda page, data, request: actions.move(page["stay"], by=request.actor, **data),
    ),
    "sleep": (
        lambda page, post: forms.SleepForm(
            post,
            beds=[(one.bed_id, named_bed(one.bed.kind, one.bed.code)) for one, *_words in page["sleeping"]],
            people=page["people"],
            initial={f"bed-{one.bed_id}": str(one.person or "") for one, *_words in page["sleeping"]},
            prefix="sleep",
        ),
        lambda page, data, request: actions.give_beds(page["stay"], forms.people(data), by=request.actor),
    ),
    "check": (
        lambda page, post: forms.CheckForm(post, prefix="check"),
        lambda page, data, request: actions.check_off(page["stay"], by=request.actor, **data),
    ),
    "belongings": (
        lambda page, post: forms.BelongingsForm(post, prefix="belongings"),
        lambda page, data, request: actions.keep_belongings(page["stay"], by=request.actor, **data),
    ),
    "belongings_back": (
        lambda page, post: django_forms.Form(post, prefix="belongings_back"),
        lambda page, data, request: actions.give_belongings_back(page["stay"], by=request.actor),
    ),
    "absence": (
        lambda page, post: forms.AbsenceForm(post, people=page["people"], prefix="absence"),
        lambda page, data, request: actions.go_away(page["stay"], by=request.actor, **data),
    ),
    "extend_stay": (
        lambda page, post: forms.ExtendStayForm(post, prefix="extend_stay"),
        lambda page, data, request: actions.extend_stay(page["stay"], by=request.actor, **data),
    ),
    "depart": (
        lambda page, post: forms.DepartForm(post, prefix="depart"),
        lambda page, data, request: actions.depart(page["stay"], by=request.actor, **data),
    ),
    "apart": (
        lambda page, post: forms.ApartForm(post, prefix="apart"),
        lambda page, data, request: actions.keep_apart(page["case"].pk, by=request.actor, **data),
    ),
}


@require_POST
@needs(Permission.PLACE_FAMILIES)
def act_on_family(request: Request, reference: str, act: str) -> HttpResponse:
    """Do one thing; if it is refused or a colleague was faster, the page as it is now says so beside what was typed."""
    page = pages.family_page(case_at(reference, request.actor), request.actor)
    if act not in ACTS:
        raise Refused(rules.NOT_VISIBLE)
    if not fits(act, page):
        raise Refused(rules.NOT_NOW)
    make, do = ACTS[act]
    form = make(page, request.POST)
    if form.is_valid() and tried(form, lambda: do(page, form.cleaned_data, request)) is not None:
        messages.success(request, _("Done."))
        return redirect("shelter:family", reference)
    fresh = pages.family_page(page["case"], request.actor)
    context = {**fresh, "forms": {**blank(fresh), act: form}, "failed": act}
    return render(request, "shelter/family.html", context, status=Status.NOT_POSSIBLE)


@require_GET
@needs(Permission.PLACE_FAMILIES)
def receipt(request: Request, reference: str) -> HttpResponse:
    """What the house keeps for her, to be printed and signed; unsealed, so the reading is on record."""
    case = case_at(reference, request.actor)
    stay = Stay.objects.filter(family=case.pk).order_by("-arrived_at").first()
    items = actions.open_belongings(stay, by=request.actor) if stay else []
    if stay is None or not items:
        raise Refused(rules.NOTHING_KEPT)
    return render(request, "shelter/receipt.html", {"case": case, "stay": stay, "items": items, "at": now()})


@require_POST
@needs(Permission.PLACE_FAMILIES)
def back(request: Request, reference: str, key: UUID) -> HttpResponse:
    """Somebody is back in the house."""
    absence = found(Absence.objects.select_related("stay"), request, pk=key)
    actions.be_back(absence, by=request.actor)
    messages.success(request, _("Done."))
    return redirect("shelter:family", reference)


@require_GET
@needs(Permission.KEEP_APART)
def apart(request: Request, key: UUID) -> HttpResponse:
    """Why two families are kept apart; the reading is on record."""
    mark = found(KeepApart.objects.select_related("marked_by"), request, pk=key)
    words = actions.open_keep_apart(mark, by=request.actor)
    references = rules.references_of({mark.one, mark.other}, request.actor)
    return render(
        request,
        "shelter/apart.html",
        {"mark": mark, "words": words, "references": sorted(references.values())},
    )


@require_POST
@needs(Permission.KEEP_APART)
def lift(request: Request, key: UUID) -> HttpResponse:
    """The two may meet again."""
    mark = found(KeepApart.objects, request, pk=key)
    actions.lift_keep_apart(mark, by=request.actor)
    messages.success(request, _("The mark is lifted."))
    reference = next(iter(rules.references_of({mark.one, mark.other}, request.actor).values()))
    return redirect("shelter:family", reference)
