"""Joint counts: what was counted, what waits for an answer, and proposing a year."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ihala.accounts.roles import Permission
from ihala.core.refusal import Refused, Status
from ihala.organisations.models import Request

from . import actions, joint_rules
from .limits import TOLD_FROM


class ProposeForm(forms.Form):
    """With whom, and which year."""

    partner = forms.IntegerField(min_value=1)
    year = forms.IntegerField()


@require_http_methods(["GET", "POST"])
def counts(request: Request) -> HttpResponse:
    """The counts of both sides; one form proposes another."""
    actor = request.actor
    if not actor.has(Permission.SEE_COUNTS):
        raise Refused(joint_rules.NOT_PERMITTED)
    form = ProposeForm(request.POST or None)
    if form.is_valid():
        actions.propose_joint(form.cleaned_data["partner"], form.cleaned_data["year"], by=actor)
        messages.success(request, _("The proposal is on its way to the other organisation."))
        return redirect("joint:list")
    partners = joint_rules.partners(actor) if actor.has(Permission.SIGN_AGREEMENT) else []
    shown = {
        "rows": [
            {
                "count": one,
                "other": one.b if one.a_id == actor.organisation_id else one.a,
                "may_answer": joint_rules.why_not_answer(one, actor) is None,
            }
            for one in joint_rules.visible_to(actor)
        ],
        "partners": partners,
        "years": joint_rules.open_years(actor, partners),
        "least": TOLD_FROM,
    }
    return render(request, "joint/list.html", shown, status=Status.NOT_POSSIBLE if form.is_bound else 200)


@require_POST
def answer(request: Request, key: UUID) -> HttpResponse:
    """Agree to a proposal, or not."""
    row = joint_rules.visible_to(request.actor).filter(pk=key).first()
    if row is None:
        raise Refused(joint_rules.NOT_VISIBLE)
    agrees = request.POST.get("agrees") == "1"
    actions.answer_joint(row, by=request.actor, agrees=agrees)
    messages.success(request, _("It is being counted.") if agrees else _("The other organisation is told."))
    return redirect("joint:list")
