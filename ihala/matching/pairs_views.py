"""Two cases of one person? The queue, both side by side with the evidence, and deciding."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ihala.accounts.roles import Permission
from ihala.core.refusal import Refused, Status
from ihala.organisations.models import Request

from . import actions, pairs_rules
from .models import Pair
from .pairs_forms import AssignForm, DecideForm
from .pairs_presenting import evidence, why

PAGE = 50


@require_GET
def queue(request: Request) -> HttpResponse:
    """What waits for this person, what was decided lately, and what a supervisor may assign."""
    if not request.actor.has(Permission.WRITE_CASE):
        raise Refused(pairs_rules.NOT_PERMITTED)
    mine = pairs_rules.visible_to(request.actor)
    waiting = mine.filter(decision="").order_by("found_at", "pk")[:PAGE]
    assignable = pairs_rules.to_assign(request.actor)[:PAGE]
    shown = {
        "waiting": [{"pair": one, "why": why(one)} for one in waiting],
        "decided": mine.exclude(decision="").order_by("-decided_at", "pk")[:PAGE],
        "assignable": [{"pair": one, "form": AssignForm(actor=request.actor)} for one in assignable],
    }
    return render(request, "pairs/queue.html", shown)


@require_http_methods(["GET", "POST"])
def review(request: Request, key: UUID) -> HttpResponse:
    """Both cases side by side, field by field; one decision."""
    pair = _found(request, key)
    form = DecideForm(request.POST or None, pair=pair)
    if form.is_valid():
        given = form.cleaned_data
        actions.decide_pair(pair, given["decision"], by=request.actor, primary=form.primary())
        messages.success(request, _("The decision is on record. It can be taken back."))
        return redirect("pairs:review", key)
    shown = {"pair": pair, "why": why(pair), "rows": evidence(pair, request.actor), "form": form}
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    return render(request, "pairs/review.html", shown, status=status)


def _found(request: Request, key: UUID) -> Pair:
    found = pairs_rules.visible_to(request.actor).filter(pk=key).first()
    if found is None:
        raise Refused(pairs_rules.NOT_VISIBLE)
    return found


@require_POST
def undo(request: Request, key: UUID) -> HttpResponse:
    """Take the decision back."""
    actions.undo_pair(_found(request, key), by=request.actor)
    messages.success(request, _("The decision was taken back. The pair waits again."))
    return redirect("pairs:review", key)


@require_POST
def assign(request: Request, key: UUID) -> HttpResponse:
    """Give a pair to a colleague, who may then open both cases."""
    pair = pairs_rules.to_assign(request.actor).filter(pk=key).first()
    form = AssignForm(request.POST, actor=request.actor)
    if pair is None or not form.is_valid():
        raise Refused(pairs_rules.NOT_VISIBLE)
    actions.assign_pair(pair, by=request.actor, membership_id=form.cleaned_data["member"].pk)
    messages.success(request, _("Your colleague can open both cases now."))
    return redirect("pairs:queue")
