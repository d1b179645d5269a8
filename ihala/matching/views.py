"""Who may be known already while a form is typed, questions between colleagues, and the rule that allows them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ihala.accounts.roles import Permission
from ihala.core.refusal import Refused
from ihala.organisations.models import Request

from . import actions, rules
from .enums import Likelihood, SearchPurpose
from .forms import RuleForm, asked_in
from .models import Question


@require_POST
def known(request: Request) -> HttpResponse:
    """A fragment beside a form: "possibly known", references only. Nothing where nothing can be said now."""
    people, asked = actions.People(), asked_in(request.POST)
    if request.actor.has(Permission.WRITE_CASE):
        try:
            people = actions.look_up(asked, SearchPurpose.INTAKE, by=request.actor)
        except Refused:
            people = actions.People()  # a form is no place to tell of it; the search box does
    near = [one for one in people.matches if one.likelihood != Likelihood.POSSIBLE][:3]
    shown = {"matches": near, "hidden": bool(people.hidden), "typed": asked.words if people.hidden else ""}
    return render(request, "matching/known.html", shown)


@require_POST
def ask(request: Request) -> HttpResponse:
    """Ask those who work on what the search may not show."""
    actions.ask_colleagues(request.POST.get("q", ""), by=request.actor)
    messages.success(request, _("Your colleagues were asked. The answer comes here."))
    return redirect("matching:questions")


@require_GET
def questions(request: Request) -> HttpResponse:
    """What colleagues ask of me, and what I asked."""
    if not rules.may_search(request.actor):
        raise Refused(rules.NOT_PERMITTED)
    mine = list(rules.asked_by(request.actor)[:20])
    shown = {
        "waiting": rules.waiting_for(request.actor)[:50],
        "mine": mine,
        "unanswered": any(not one.answer for one in mine),
    }
    return render(request, "matching/questions.html", shown)


@require_POST
def answer(request: Request, key: str) -> HttpResponse:
    """Let the colleague in, or not."""
    question = get_object_or_404(Question, pk=key)
    actions.answer(question, by=request.actor, gives=request.POST.get("gives") == "1")
    messages.success(request, _("Your colleague is told."))
    return redirect("matching:questions")


@require_http_methods(["GET", "POST"])
def rule(request: Request) -> HttpResponse:
    """Whether colleagues are told of cases they may not open."""
    if not request.actor.has(Permission.SET_SEARCH_RULE):
        raise Refused(rules.NOT_PERMITTED)
    kept = rules.rule_of(request.actor)
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        initial={"tells_colleagues": bool(kept and kept.tells_colleagues)},
    )
    if request.method == "POST" and form.is_valid():
        actions.set_rule(by=request.actor, tells_colleagues=form.cleaned_data["tells_colleagues"])
        messages.success(request, _("The rule is kept."))
        return redirect("matching:rule")
    return render(request, "matching/rule.html", {"form": form, "kept": kept})
