"""Pages of consent. Each starts from the case as the actor may see it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ihala.cases.models import Case
from ihala.cases.rules import case_at, reads_until, worked_on_at
from ihala.core import clock
from ihala.core.refusal import Refusal, Refused, Status
from ihala.organisations.models import Request
from ihala.organisations.rules import partners

from . import actions, rules, words
from .forms import ConsentForm, LegalBasisForm
from .models import Consent


def consent_of(case: Case, consent_id: UUID) -> Consent:
    """A consent, reached through its case only."""
    consent = rules.consents_of(case).filter(pk=consent_id).first()
    if consent is None:
        raise Refused(rules.NOT_VISIBLE)
    return consent


@require_GET
def consent_list(request: Request, reference: str) -> HttpResponse:
    """What was allowed in this case: consents and legal bases, with where each stands."""
    case = case_at(reference, request.actor)
    rows: list[actions.Row] = [*rules.consents_of(case), *rules.bases_of(case)]
    details, refusal = _details(rows, request)
    consents = [
        _consent_row(row, told) for row, told in zip(rows, details, strict=True) if isinstance(row, Consent)
    ]
    bases = [
        _basis_row(request, row, told)
        for row, told in zip(rows, details, strict=True)
        if not isinstance(row, Consent)
    ]
    shown = {
        "case": case,
        "consents": consents,
        "bases": bases,
        "reads_until": reads_until(case, request.actor),
        "refusal": refusal,
    }
    return render(request, "consent/list.html", shown, status=refusal.status if refusal else 200)


def _details(rows: list[actions.Row], request: Request) -> tuple[list[dict[str, Any]], Refusal | None]:
    """What is sealed of each row; nothing, and why, while no key agent answers: to take consent back none is needed."""
    try:
        return actions.open_details(rows, by=request.actor), None
    except Refused as refused:
        if refused.refusal.status != Status.AWAY:
            raise
        return [{} for _row in rows], refused.refusal


def _consent_row(consent: Consent, told: dict[str, Any]) -> dict[str, Any]:
    standing = rules.standing(consent, clock.today())
    return {"consent": consent, "standing": standing, "live": standing == "live"} | words.consent_in_words(
        consent, told
    )


def _basis_row(request: Request, basis: Any, told: dict[str, Any]) -> dict[str, Any]:
    first, second = (
        rules.why_not_first_sign_off(basis, request.actor),
        rules.why_not_second_sign_off(basis, request.actor),
    )
    why = second if basis.first_sign_off_at and not basis.second_sign_off_at else None
    return {"basis": basis, "may_sign": first is None or second is None, "why": why} | words.basis_in_words(
        basis, told
    )


@require_http_methods(["GET", "POST"])
def new(request: Request, reference: str) -> HttpResponse:
    """Record a consent."""
    return _record(request, worked_on_at(reference, request.actor), None)


@require_http_methods(["GET", "POST"])
def renew(request: Request, reference: str, consent: UUID) -> HttpResponse:
    """Record the same consent anew; she is asked again."""
    case = worked_on_at(reference, request.actor)
    return _record(request, case, consent_of(case, consent))


def _record(request: Request, case: Case, renews: Consent | None) -> HttpResponse:
    others = partners(request.actor.organisation_id)
    if request.method == "POST":
        form = ConsentForm(request.POST, partners=others)
        if form.is_valid():
            recipient = form.cleaned_data["recipient"].pk
            actions.give(case, by=request.actor, recipient=recipient, given=form.given(), renews=renews)
            messages.success(request, _("The consent is recorded."))
            if rules.unusual(form.given()):
                messages.warning(
                    request, _("It is for more than a year. Asking her again in good time is better.")
                )
            return redirect("consent:list", case.reference)
    else:
        told = actions.open_details([renews], by=request.actor)[0] if renews else None
        form = ConsentForm.opening(others, renews, told)
    context = {"case": case, "form": form, "renews": renews, "aid": words.reading_aid()}
    return render(request, "consent/form.html", context, status=Status.NOT_POSSIBLE if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def basis(request: Request, reference: str) -> HttpResponse:
    """Record a legal basis other than consent."""
    case = worked_on_at(reference, request.actor)
    form = LegalBasisForm(request.POST or None, partners=partners(request.actor.organisation_id))
    if form.is_valid():
        given = form.cleaned_data
        actions.record_basis(
            case, by=request.actor, recipient=given["recipient"].pk, type_=given["type"], source=given["source"],
            note=given["note"],
        )  # fmt: skip
        messages.success(request, _("The legal basis is recorded. Two people sign it now."))
        return redirect("consent:list", case.reference)
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    return render(request, "consent/basis.html", {"case": case, "form": form}, status=status)


@require_POST
def sign(request: Request, reference: str, basis: UUID) -> HttpResponse:
    """Sign a legal basis: first, or second after somebody else."""
    case = case_at(reference, request.actor)
    record = rules.bases_of(case).filter(pk=basis).first()
    if record is None:
        raise Refused(rules.NOT_VISIBLE)
    step = actions.second_sign_off if record.first_sign_off_at else actions.first_sign_off
    step(record, by=request.actor)
    messages.success(request, _("Your signature is recorded."))
    return redirect("consent:list", case.reference)
