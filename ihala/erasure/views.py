"""Pages of the data protection officer, and of whoever asks for an erasure or confirms one."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ihala.accounts.roles import Permission
from ihala.cases.models import Case
from ihala.core.refusal import Refused, Status
from ihala.core.vocabulary import Category
from ihala.organisations.models import Actor, Request

from . import actions, pages, rules
from .certificate import pdf
from .enums import HoldReason
from .forms import HoldForm, RequestForm, RetentionForm, WhichCaseForm
from .models import Erasure, LegalHold, RetentionRule

View = Callable[..., HttpResponse]


def _for(*permissions: Permission) -> Callable[[View], View]:
    """The view is for whoever holds one of these; everybody else is refused in words."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(request.actor.has(one) for one in permissions):
                raise Refused(rules.NOT_PERMITTED)
            return view(request, *args, **kwargs)

        return checked

    return decorate


anyone = _for(Permission.REQUEST_ERASURE, Permission.CONFIRM_ERASURE)
officer = _for(Permission.MANAGE_RETENTION)


def _erasure(pk: UUID) -> Erasure:
    found = (
        Erasure.objects.select_related("case", "requested_by", "confirmed_by", "cancelled_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Refused(rules.NOT_VISIBLE)
    return found


@require_GET
@anyone
def listing(request: Request) -> HttpResponse:
    """What was asked for and where it stands, and what the schedule brings next."""
    return render(request, "erasure/list.html", pages.listed(request.actor))


@require_http_methods(["GET", "POST"])
@_for(Permission.REQUEST_ERASURE)
def new(request: Request) -> HttpResponse:
    """Ask for an erasure: first which case, then what of it."""
    asked = request.GET.get("case", "")
    which = WhichCaseForm(request.GET if asked else None)
    if not which.is_valid():
        return render(request, "erasure/which.html", {"form": which}, status=422 if which.is_bound else 200)
    case = _of_mine(which.cleaned_data["case"], request.actor)
    form = RequestForm(request.POST if request.method == "POST" else None, case=case)
    shown = {"form": form, "case": case, "obstacle": rules.why_not_now(case)}
    if not form.is_valid():
        return render(request, "erasure/new.html", shown, status=422 if form.is_bound else 200)
    try:
        made = actions.request(case, by=request.actor, **form.wanted)
    except Refused as refused:
        form.add_error(None, str(refused.refusal.message))
        return render(request, "erasure/new.html", shown, status=refused.refusal.status)
    messages.success(request, _("The request stands. Another person confirms it."))
    return redirect("erasure:detail", made.pk)


def _of_mine(case: Case, actor: Actor) -> Case:
    """The officer reaches every case of the organisation; others those they have access to for good."""
    if actor.has(Permission.MANAGE_RETENTION) or Case.objects.worked_on_by(actor).filter(pk=case.pk).exists():
        return case
    raise Refused(rules.NO_SUCH_CASE)


@require_GET
@anyone
def detail(request: Request, pk: UUID) -> HttpResponse:
    """Before: what will go and what stays. Afterwards: the certificate."""
    return render(request, "erasure/detail.html", pages.detail(_erasure(pk), request.actor))


@require_GET
@anyone
def certificate(request: Request, pk: UUID) -> HttpResponse:
    """The certificate as PDF, once the erasure is carried out; printing it is on record."""
    erasure, actor = _erasure(pk), request.actor
    language = request.GET.get("lang", "")
    actions.record_printed(erasure, by=actor)
    with override(language if language in ("ar", "en") else get_language()):
        document = pdf(erasure, actor)
    name = f"{erasure.case.reference}.pdf"
    return HttpResponse(
        document,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@require_POST
@anyone
def confirm(request: Request, pk: UUID) -> HttpResponse:
    """The second person says yes."""
    actions.confirm(_erasure(pk), by=request.actor)
    messages.success(request, _("Confirmed. The erasure is carried out now, usually within a minute."))
    return redirect("erasure:detail", pk)


@require_POST
@anyone
def cancel(request: Request, pk: UUID) -> HttpResponse:
    """Take the request back."""
    actions.cancel(_erasure(pk), by=request.actor)
    messages.success(request, _("The request is cancelled."))
    return redirect("erasure:detail", pk)


@require_http_methods(["GET", "POST"])
@officer
def holds(request: Request) -> HttpResponse:
    """What the law makes the organisation keep."""
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        actions.place_hold(
            given["case"], by=request.actor, reason=HoldReason(given["reason"]), until=given["until"]
        )
        messages.success(request, _("The hold is placed."))
        return redirect("erasure:holds")
    found = LegalHold.objects.select_related("case", "placed_by", "lifted_by").order_by("-placed_at")[:200]
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    return render(request, "erasure/holds.html", {"form": form, "holds": found}, status=status)


@require_POST
@officer
def lift(request: Request, pk: UUID) -> HttpResponse:
    """The reason of a hold is gone."""
    hold = LegalHold.objects.filter(pk=pk).first()
    if hold is None:
        raise Refused(rules.NOT_VISIBLE)
    actions.lift_hold(hold, by=request.actor)
    messages.success(request, _("The hold is lifted."))
    return redirect("erasure:holds")


@require_http_methods(["GET", "POST"])
@officer
def retention(request: Request) -> HttpResponse:
    """How long closed cases are kept, and which of them go next."""
    form = RetentionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        actions.set_retention(
            given["category"], by=request.actor, years=given["years"], minors_until=given["minors_until"]
        )
        messages.success(request, _("The period is set."))
        return redirect("erasure:retention")
    rules_of = {rule.category: rule for rule in RetentionRule.objects.select_related("set_by")}
    periods = [{"label": one.label, "rule": rules_of.get(one.value)} for one in Category]
    shown = {"form": form, "periods": periods, "due": rules.due_soon()}
    return render(
        request, "erasure/retention.html", shown, status=Status.NOT_POSSIBLE if form.is_bound else 200
    )
