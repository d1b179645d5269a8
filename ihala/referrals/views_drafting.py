"""The three screens on which a referral is drafted: what is needed → what the other side will see → review and send."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ihala.accounts.roles import Permission
from ihala.cases.models import Case
from ihala.cases.rules import why_not_work, worked_on_at
from ihala.core.refusal import Refused, Status
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor, Request

from . import actions, questions, workflow
from .actions import package
from .enums import Link, State, Step
from .forms import DisclosureForm, NeedForm, SendForm
from .forms_refused import kept
from .forms_steps import partner_choices
from .models import Referral
from .presenting_drafting import asked_before, bases, offered, reviewed, shown_to_receiver
from .presenting_words import done
from .rules import draft_ends_at
from .views import asked_of, found
from .views_away import with_whom_to_call

ALL = frozenset(DisclosureClass)


@require_http_methods(["GET", "POST"])
def new(request: Request, case_reference: str) -> HttpResponse:
    """Screen 1 from a case: nothing is stored before it is complete."""
    case = worked_on_at(case_reference, request.actor)
    if not request.actor.has(Permission.DRAFT_REFERRAL):
        raise Refused(workflow.NOT_YOURS)
    receivers = partner_choices(request.actor)
    form = NeedForm(
        request.POST or None,
        receivers=receivers,
        asked=offered(request.actor, receivers),
        initial=asked_before(request.actor, case, request.GET),
    )
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    if form.is_valid():
        try:
            drafted = _draft(form, case, request.actor, request.GET.get("instead_of", ""))
            return redirect("referrals:disclosure", drafted.reference)
        except Refused as refused:
            status = kept(form, refused)
    context = {"form": form, "case": case, "bases": bases(case, receivers), "draft_ends": None}
    return render(request, "referrals/need.html", context, status=status)


def _draft(form: NeedForm, case: Case, by: Actor, instead_of: str) -> Referral:
    """The draft; where it follows a waiting referral of the same need, linked to it."""
    origin = Referral.objects.outbox(by).filter(reference=instead_of).first() if instead_of else None
    receiver = form.cleaned_data["receiver"]
    link = Link.ELSEWHERE if origin else ""
    return actions.draft(
        case, by=by, receiver=receiver, classes=ALL, origin=origin, link=link, **form.values()
    )


def _draft_of(request: Request, reference: str) -> Referral | None:
    """The draft at this address; None for a referral that is none any more, and to whom its case is only to read."""
    referral = found(request, reference)
    still = referral.state == State.DRAFT and referral.sender_id == request.actor.organisation_id
    case = questions.own_case(referral, request.actor) if still else None
    return referral if case and why_not_work(case, request.actor) is None else None


@require_http_methods(["GET", "POST"])
@with_whom_to_call
def need(request: Request, reference: str) -> HttpResponse:
    """Screen 1 again, for a draft."""
    referral = _draft_of(request, reference)
    if referral is None:
        return redirect("referrals:detail", reference)
    receivers, case = partner_choices(request.actor), package.own_side(referral, request.actor).case
    names = ("kind", "urgency", "services", "services_given", "version")
    initial = {"receiver": referral.receiver_id, **{name: getattr(referral, name) for name in names}}
    asked = offered(request.actor, receivers)
    form = NeedForm(request.POST or None, receivers=receivers, asked=asked, initial=initial)
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    if form.is_valid():
        given = {"receiver_id": form.cleaned_data["receiver"], "version": form.cleaned_data["version"]}
        try:
            actions.revise(referral, by=request.actor, **given, **form.values())
            return redirect("referrals:disclosure", reference)
        except Refused as refused:
            status = kept(form, refused, found(request, reference))
    context = {
        "form": form,
        "case": case,
        "bases": bases(case, receivers),
        "draft_ends": draft_ends_at(referral),
    }
    return render(request, "referrals/need.html", context, status=status)


@require_http_methods(["GET", "POST"])
@with_whom_to_call
def disclosure(request: Request, reference: str) -> HttpResponse:
    """Screen 2: what the other side will see, class by class and field by field, before and after acceptance."""
    referral = _draft_of(request, reference)
    if referral is None:
        return redirect("referrals:detail", reference)
    context = shown_to_receiver(referral, request.actor)
    known: dict[str, Any] = {"allowed": context["allowed"], "paths": context["paths"]}
    form = DisclosureForm(request.POST or None, initial=context["initial"], **known)
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    if form.is_valid():
        version, withheld = form.cleaned_data["version"], form.withheld(context["side"].withheld)
        classes = form.chosen(referral.classes)
        try:
            actions.revise(referral, by=request.actor, version=version, withheld=withheld, classes=classes)
            return redirect("referrals:review", reference)
        except Refused as refused:
            status = kept(form, refused, found(request, reference))
    ticked = {"classes": set(form["classes"].value() or []), "shown": set(form["shown"].value() or [])}
    return render(
        request, "referrals/disclosure.html", {**context, "form": form, "ticked": ticked}, status=status
    )


@require_http_methods(["GET", "POST"])
@with_whom_to_call
def review(request: Request, reference: str) -> HttpResponse:
    """Screen 3: the whole once more, what happens next, and the button that submits or sends."""
    referral = asked_of(request, reference)
    form = SendForm(request.POST or None, initial={"version": referral.version, "key": uuid4()})
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    if form.is_valid():
        step = Step(form.cleaned_data["step"])
        try:
            _send(referral, step, form, request.actor)
            messages.success(request, done(step))
            return redirect("referrals:detail", reference)
        except Refused as refused:
            referral = found(request, reference)
            status = kept(form, refused, referral)
    if referral.state != State.DRAFT:
        return redirect("referrals:detail", reference)
    return render(
        request, "referrals/review.html", {**reviewed(referral, request.actor), "form": form}, status=status
    )


def _send(referral: Referral, step: Step, form: SendForm, by: Actor) -> Referral:
    version, key = form.cleaned_data["version"], form.cleaned_data["key"]
    if step is Step.SEND_AT_ONCE:
        return actions.send_at_once(referral, by=by, version=version, key=key)
    return actions.submit(referral, by=by, version=version)
