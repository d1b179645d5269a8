"""Who could take this family tonight: asking, what was answered, and what one's own organisation was asked."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ihala.accounts.roles import Permission
from ihala.audit.enums import Purpose
from ihala.cases import actions as cases
from ihala.cases import rules as case_rules
from ihala.cases.models import Case
from ihala.cases.rules import worked_on_at
from ihala.core.clock import today
from ihala.core.refusal import Refused, Status
from ihala.organisations.models import Request

from . import actions, asked, rules
from .fit import Household
from .fit_forms import AnswerForm, EnquiryForm
from .fit_presenting import enquiry_page, page_of_askings
from .views.common import needs


@require_http_methods(["GET", "POST"])
@needs(Permission.DRAFT_REFERRAL)
def ask(request: Request, case_reference: str = "") -> HttpResponse:
    """Describe the household, from a case without typing anything again, or freely; one POST asks everybody."""
    case = worked_on_at(case_reference, request.actor) if case_reference else None
    household = _household(request, case) if case and request.method == "GET" else None
    form = EnquiryForm(request.POST or None, household=household, of_case=case is not None)
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    if form.is_valid():
        said = form.cleaned_data
        given = {name: said[name] for name in ("category", "urgency", "services") if name in said}
        made = actions.ask(form.household(), by=request.actor, case=case, **given)
        return redirect("fit:answers", made.pk)
    return render(request, "fit/ask.html", {"form": form, "case": case}, status=status)


def _household(request: Request, case: Case) -> Household:
    """Who the case says is to be housed, and the needs it names."""
    content = cases.open_case(case, by=request.actor, purpose=Purpose.REFERRAL)
    people = (content.survivor, *content.companions)
    needs = {need for person in people for need in person.get("needs") or () if isinstance(need, str)}
    return Household.of(case_rules.household(content, today()), needs)


@require_GET
def answers(request: Request, key: UUID) -> HttpResponse:
    """What each organisation said, with the way on to a referral."""
    enquiry = asked.visible_to(request.actor).select_related("case").filter(pk=key).first()
    if enquiry is None:
        raise Refused(rules.NOT_VISIBLE)
    return render(request, "fit/answers.html", enquiry_page(enquiry, request.actor))


@require_GET
def askings(request: Request) -> HttpResponse:
    """Every question one's own organisation was asked, by whom, and how near each asker is to the limit."""
    if not (request.actor.has(Permission.SEE_BEDS) or request.actor.has(Permission.SEE_COUNTS)):
        raise Refused(rules.NOT_PERMITTED)
    return render(request, "fit/asked.html", page_of_askings(request.actor))


@require_POST
def answer(request: Request, key: UUID) -> HttpResponse:
    """Answer by hand, with one of three words."""
    form = AnswerForm(request.POST)
    asking = asked.asked_of(request.actor).filter(pk=key).first()
    if asking is None or not form.is_valid():
        raise Refused(rules.NOT_VISIBLE)
    actions.answer_by_hand(asking, form.cleaned_data["verdict"], by=request.actor)
    messages.success(request, _("The answer is on its way."))
    return redirect("fit:asked")
