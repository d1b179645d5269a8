"""Pages on which two people reset a lost second factor, and on which the person it concerns is told."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ihala.accounts.roles import Role
from ihala.core.refusal import Refused, Status
from ihala.notifications.actions import notify
from ihala.notifications.enums import Kind
from ihala.organisations import actions, rules
from ihala.organisations.enums import ConfirmedBy
from ihala.organisations.models import Membership, Request, SecondFactorReset

SECOND_PEOPLE = (Role.SUPERVISOR, Role.DIRECTOR, Role.ADMINISTRATOR)


class AskForm(forms.Form):
    """How the administrator made sure."""

    confirmed_how = forms.ChoiceField(
        label=gettext_lazy("How it was made sure that it is this person"),
        choices=ConfirmedBy.choices,
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
@reauthentication_required
def ask(request: Request, pk: int) -> HttpResponse:
    """The administrator asks; supervisors, directors and other administrators are told that something waits."""
    member = get_object_or_404(Membership, pk=pk, organisation=request.actor.organisation_id)
    if refusal := rules.why_not_change(member, request.actor):
        raise Refused(refusal)
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.ask_reset(member, **form.cleaned_data, by=request.actor)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.message))
        else:
            notify(request.actor.organisation_id, SECOND_PEOPLE, Kind.SOMETHING_WAITS, None, request.actor)
            messages.success(request, _("A second person is told and carries it out."))
            return redirect("organisations:member", member.pk)
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    return render(request, "organisations/reset_ask.html", {"member": member, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@reauthentication_required
def carry_out(request: Request, key: UUID) -> HttpResponse:
    """The second person looks at who asked and how it was made sure, then carries it out and tells the password."""
    mine = SecondFactorReset.objects.select_related("membership", "asked_by")
    reset = get_object_or_404(mine, pk=key, organisation=request.actor.organisation_id)
    if refusal := rules.why_not_carry_out_reset(reset, request.actor):
        raise Refused(refusal)
    if request.method != "POST":
        return render(request, "organisations/reset_confirm.html", {"reset": reset})
    made = actions.carry_out_reset(reset, by=request.actor)
    person, organisation = reset.membership_id, request.actor.organisation_id
    notify(organisation, [], Kind.SIGN_IN_CHANGED, None, request.actor, person)
    return render(request, "organisations/password.html", {"made": made})
