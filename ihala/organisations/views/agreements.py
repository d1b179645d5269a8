"""Agreements: who has signed what with whom, as documents that can be read, proposed, compared and signed."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ihala.accounts.roles import Permission
from ihala.core.views import tried

from .. import actions, document, rules
from ..enums import TermsStatus
from ..forms import TermsForm
from ..models import Actor, Agreement, Organisation, Request, Terms
from ..terms import default_terms
from .common import needs


def own_agreements(actor: Actor) -> QuerySet[Agreement]:
    """The agreements of the actor's organisation."""
    mine = Q(a=actor.organisation_id) | Q(b=actor.organisation_id)
    return Agreement.objects.select_related("a", "b").filter(mine)


def own_terms(actor: Actor) -> QuerySet[Terms]:
    """All versions of all agreements of the actor's organisation."""
    mine = Q(agreement__a=actor.organisation_id) | Q(agreement__b=actor.organisation_id)
    return Terms.objects.select_related("agreement__a", "agreement__b").filter(mine)


def agreement(request: Request, pk: int) -> HttpResponse:
    """One agreement: the terms in force, what waits, and every version before."""
    found = get_object_or_404(own_agreements(request.actor), pk=pk)
    versions = list(own_terms(request.actor).filter(agreement=found).order_by("-version"))
    waiting = next((terms for terms in versions if terms.status == TermsStatus.PROPOSED), None)
    context = {
        "agreement": found,
        "other": found.other(request.actor.organisation_id),
        "versions": versions,
        "active": next((terms for terms in versions if terms.status == TermsStatus.ACTIVE), None),
        "waiting": waiting,
        "may_sign": waiting is not None and rules.why_not_countersign(waiting, request.actor) is None,
        "may_propose": waiting is None and request.actor.has(Permission.PROPOSE_AGREEMENT),
        "may_end": request.actor.has(Permission.SIGN_AGREEMENT),
    }
    return render(request, "organisations/agreement.html", context)


def terms(request: Request, pk: int) -> HttpResponse:
    """A version as a readable document."""
    found = get_object_or_404(own_terms(request.actor), pk=pk)
    former = own_terms(request.actor).filter(agreement=found.agreement, version__lt=found.version)
    context = _document(found) | {
        "may_sign": rules.why_not_countersign(found, request.actor) is None,
        "may_withdraw": rules.why_not_withdraw(found, request.actor) is None,
        "has_former": former.exists(),
    }
    return render(request, "organisations/terms.html", context)


def changes(request: Request, pk: int) -> HttpResponse:
    """What a version changes against the one before it."""
    found = get_object_or_404(own_terms(request.actor), pk=pk)
    former = own_terms(request.actor).filter(agreement=found.agreement, version__lt=found.version)
    before = get_object_or_404(former.order_by("-version")[:1])
    parties = found.agreement.parties()
    differences = document.changes(rules.view(before), rules.view(found), parties)
    context = {"terms": found, "before": before, "changes": differences}
    return render(request, "organisations/changes.html", context)


@needs(Permission.PROPOSE_AGREEMENT)
def propose(request: Request, pk: int) -> HttpResponse:
    """A new version for another organisation to sign, starting from what is in force."""
    me, other = request.actor.organisation_id, get_object_or_404(Organisation, pk=pk, is_active=True)
    active = rules.active_terms(me, other.pk)
    start: dict[str, Any] = default_terms(*sorted((me, other.pk))) if active is None else dict(active.data)
    form = TermsForm(request.POST or None, start=start, me=me, other=other.pk)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.propose_terms(other, form.data_of_terms(), by=request.actor))
        if made is not None:
            messages.success(request, _("The terms are proposed and wait for the other party's signature."))
            return redirect("organisations:terms", made.pk)
    return render(request, "organisations/propose.html", {"form": form, "other": other})


@needs(Permission.SIGN_AGREEMENT)
def sign(request: Request, pk: int) -> HttpResponse:
    """Countersign, after reading the whole once more."""
    found = get_object_or_404(own_terms(request.actor), pk=pk)
    if request.method == "POST":
        actions.countersign(found, by=request.actor)
        messages.success(request, _("The terms are signed and in force."))
        return redirect("organisations:terms", found.pk)
    return render(request, "organisations/sign.html", _document(found))


@require_POST
@needs(Permission.SIGN_AGREEMENT)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a proposal back, or refuse it."""
    found = get_object_or_404(own_terms(request.actor), pk=pk)
    actions.withdraw_proposal(found, by=request.actor)
    messages.success(request, _("The proposal does not wait for a signature any more."))
    return redirect("organisations:agreement", found.agreement_id)


@needs(Permission.SIGN_AGREEMENT)
def end(request: Request, pk: int) -> HttpResponse:
    """End what is in force, after a page that says what follows from it."""
    found = get_object_or_404(own_agreements(request.actor), pk=pk)
    if request.method == "POST":
        actions.end_agreement(found, by=request.actor)
        messages.success(request, _("The agreement has ended."))
        return redirect("organisations:agreement", found.pk)
    other = found.other(request.actor.organisation_id)
    return render(request, "organisations/end.html", {"agreement": found, "other": other})


def _document(terms: Terms) -> dict[str, Any]:
    view, parties = rules.view(terms), terms.agreement.parties()
    return {
        "terms": terms,
        "parties": parties,
        "sections": document.sections(view, parties),
        "clock_rows": document.clock_rows(view),
    }
