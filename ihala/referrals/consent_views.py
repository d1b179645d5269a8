"""Taking consent back from the page of a case. It stands here because referrals rest on consents."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ihala.cases.rules import case_at
from ihala.consent import actions as consent_actions
from ihala.consent import rules as consent_rules
from ihala.consent.enums import How
from ihala.core.refusal import Refused
from ihala.organisations.models import Request

from .actions import withdraw_given_consent
from .models import Referral


class WithdrawForm(forms.Form):
    """How she said it; no reason is asked for."""

    how = forms.ChoiceField(label=gettext_lazy("How it was said"), choices=How.choices, initial=How.VERBAL)


@require_http_methods(["GET", "POST"])
def withdraw(request: Request, reference: str, consent_id: UUID) -> HttpResponse:
    """Says what will happen; the second click does it. No reason is asked for and nothing can stand in the way."""
    case = case_at(reference, request.actor)
    consent = consent_rules.consents_of(case).filter(pk=consent_id).first()
    if consent is None:
        raise Refused(consent_rules.NOT_VISIBLE)
    referrals = Referral.objects.filter(basis_id=consent.pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "GET":
        context = {"case": case, "consent": consent, "referrals": referrals, "form": form}
        return render(request, "consent/withdraw.html", context)
    how = form.cleaned_data["how"] if form.is_valid() else How.OTHER
    consent_actions.withdraw(consent.pk, by=request.actor, how=how)
    withdraw_given_consent(consent.pk, by=request.actor)
    messages.success(
        request, _("The consent is taken back. Nothing of it can be opened at the other organisation.")
    )
    return redirect("consent:list", case.reference)
