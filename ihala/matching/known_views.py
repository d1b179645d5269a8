"""Is she known to the other organisation? Asking it of one case, the answer, and the word of who looked closer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ihala.accounts.roles import Permission, Role
from ihala.cases.rules import worked_on_at
from ihala.core.refusal import Refused, Status
from ihala.notifications.actions import mark_subject_seen
from ihala.organisations.models import Request

from . import actions
from . import known_rules as rules
from .known_forms import PartnerForm, WordForm
from .known_presenting import asking_page, question_page, rows
from .models import KnownQuestion


@require_http_methods(["GET", "POST"])
def ask(request: Request, reference: str) -> HttpResponse:
    """What will be asked of whom, on what it rests, and what the other organisation learns by it."""
    case = worked_on_at(reference, request.actor)
    if not request.actor.has(Permission.DRAFT_REFERRAL):
        raise Refused(rules.NOT_PERMITTED)
    form = PartnerForm(request.POST or None)
    if form.is_valid():
        made = actions.ask_known(case, by=request.actor, partner=form.cleaned_data["partner"])
        return redirect("known:question", made.pk)
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    return render(request, "known/ask.html", asking_page(case, request.actor), status=status)


@require_http_methods(["GET", "POST"])
def question(request: Request, key: UUID) -> HttpResponse:
    """One question with its answer; whoever may know says a word here."""
    found = _found(request, key)
    form = WordForm(request.POST or None)
    if form.is_valid():
        actions.say_known(found, form.cleaned_data["says"], by=request.actor)
        messages.success(request, _("Your word is on record."))
        return redirect("known:question", key)
    mark_subject_seen(key, by=request.actor)
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    return render(
        request, "known/question.html", {**question_page(found, request.actor), "form": form}, status=status
    )


def _found(request: Request, key: UUID) -> KnownQuestion:
    found = rules.visible_to(request.actor).filter(pk=key).first()
    if found is None:
        raise Refused(rules.NOT_VISIBLE)
    return found


@require_GET
def questions(request: Request) -> HttpResponse:
    """What this person asked, and for supervisors what their organisation was asked."""
    if not request.actor.has(Permission.DRAFT_REFERRAL):
        raise Refused(rules.NOT_PERMITTED)
    supervisor = request.actor.is_a(Role.SUPERVISOR)
    return render(request, "known/list.html", {"rows": rows(request.actor), "supervisor": supervisor})
