"""Where an administrator enters the lines on which the organisation is reached."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ihala.accounts.roles import Permission
from ihala.core.text import phone
from ihala.core.views import tried

from .. import actions, rules
from ..forms import TelephonesForm
from ..models import Request, Telephones
from .common import needs


@needs(Permission.MANAGE_TELEPHONES)
def telephones(request: Request) -> HttpResponse:
    """The lines as partners read them, to be changed."""
    mine = Telephones.objects.filter(organisation=request.actor.organisation_id).first()
    start = {"duty": phone(mine.duty), "supervisor": phone(mine.supervisor)} if mine else {}
    form = TelephonesForm(request.POST or None, initial=start)
    if form.is_bound and form.is_valid() and tried(form, lambda: _set(request, form)):
        messages.success(request, _("The telephone lines are kept. Partners see them from now on."))
        return redirect("organisations:organisation")
    partners = rules.partners(request.actor.organisation_id)
    return render(
        request, "organisations/telephones.html", {"form": form, "mine": mine, "partners": partners}
    )


def _set(request: Request, form: TelephonesForm) -> Telephones:
    return actions.set_telephones(**form.cleaned_data, by=request.actor)
