"""Opening a case in an emergency, and looking at it afterwards."""

from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ihala.accounts.roles import Permission
from ihala.core import clock
from ihala.core.refusal import Refused, Status
from ihala.organisations.models import Request

from . import emergency
from .enums import EmergencyFinding, EmergencyReason
from .fit import LONGEST_TEXT
from .models import Case, EmergencyAccess
from .references import read_reference
from .rules import NOT_PERMITTED

WRITING = 15 * 60
"""Seconds after a confirmation in which the form may still be sent: what is typed is kept nowhere but in the form."""
PAGE = 100


class EmergencyForm(forms.Form):
    """Which case, why, and in words."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the case"),
        max_length=40,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it cannot wait"), choices=EmergencyReason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("What is happening"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Sealed with the case; read by the data protection officer."),
    )


@require_http_methods(["GET", "POST"])
def break_glass(request: Request) -> HttpResponse:
    """Open a case one does not have, after showing again that it is oneself."""
    if not request.actor.has(Permission.READ_CASE):
        raise Refused(NOT_PERMITTED)
    if not _confirmed(request):
        again = urlencode({"next": request.path})
        return redirect(f"{reverse('account_reauthenticate')}?{again}")
    form = EmergencyForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (case := _broken(request, form)):
        messages.success(request, _("The case is open to you for four hours. Its people have been told."))
        return redirect("cases:detail", case.reference)
    return render(
        request, "cases/emergency.html", {"form": form}, status=Status.NOT_POSSIBLE if form.is_bound else 200
    )


def _broken(request: Request, form: EmergencyForm) -> Case | None:
    """The case, open now; else why not stands above the form and in the log."""
    given = form.cleaned_data
    reference, reason = read_reference(given["reference"]), EmergencyReason(given["reason"])
    case = Case.objects.filter(reference=reference).first() if reference else None
    try:
        return emergency.break_glass(case, by=request.actor, reason=reason, words=given["words"]).case
    except Refused as refused:
        form.add_error(None, str(refused.refusal.message))
        return None


def _confirmed(request: Request) -> bool:
    """Lately enough. A form on its way is never put aside in the session, since it holds words about a survivor."""
    if did_recently_reauthenticate(request):
        return True
    shown = [
        one["at"] for one in get_authentication_records(request, request.user) if one.get("reauthenticated")
    ]
    return request.method == "POST" and bool(shown) and clock.now().timestamp() - shown[-1] < WRITING


@require_GET
def reviews(request: Request) -> HttpResponse:
    """What was opened in emergencies, for the data protection officer; what nobody has looked at first."""
    if not request.actor.has(Permission.READ_AUDIT):
        raise Refused(NOT_PERMITTED)
    found = EmergencyAccess.objects.select_related("case", "membership", "reviewed_by")
    ordered = found.order_by(F("reviewed_at").desc(nulls_first=True), "-opened_at")[:PAGE]
    rows = [{"one": one, "refusal": emergency.why_not_review(one, request.actor)} for one in ordered]
    return render(request, "cases/emergencies.html", {"rows": rows})


@require_GET
def look(request: Request, key: UUID) -> HttpResponse:
    """One of them, with what was said, and the three answers."""
    found = EmergencyAccess.objects.select_related("case", "membership", "reviewed_by").filter(pk=key).first()
    if found is None or not request.actor.has(Permission.READ_AUDIT):
        raise Refused(emergency.NOT_VISIBLE)
    shown = {
        "one": found,
        "words": emergency.words_of(found, by=request.actor),
        "refusal": emergency.why_not_review(found, request.actor),
        "findings": EmergencyFinding.choices,
    }
    return render(request, "cases/emergency_review.html", shown)


@require_POST
def review(request: Request, key: UUID) -> HttpResponse:
    """Close it."""
    finding = request.POST.get("finding", "")
    if finding not in EmergencyFinding.values:
        return redirect("cases:emergency_look", key)
    emergency.review(key, by=request.actor, finding=EmergencyFinding(finding))
    messages.success(request, _("The review is on record."))
    return redirect("cases:emergencies")
