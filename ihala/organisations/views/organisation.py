"""One's own organisation: agreements, who is on duty, staff, working time."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ihala.accounts.roles import Permission
from ihala.core.clock import now, today
from ihala.core.views import tried

from .. import actions, rules
from ..forms import CalendarForm, HolidayForm, MemberForm, RolesForm, ShiftForm
from ..models import Actor, Agreement, Calendar, DutyShift, Holiday, Membership, Organisation, Request
from .agreements import own_agreements, own_terms
from .common import needs


def organisation(request: Request) -> HttpResponse:
    """The page of one's own organisation."""
    actor, me = request.actor, request.actor.organisation_id
    mine = list(own_agreements(actor).order_by("pk"))
    found = get_object_or_404(Organisation.objects.select_related("telephones"), pk=me)
    known = {me, *(one.other(me).pk for one in mine)}
    context = {
        "organisation": found,
        "partners": _called(rules.partners(me)),
        "lines": rules.lines(found),
        "has_duty_line": bool((kept := rules.told(found)) and kept.duty),
        "agreements": _with_terms(mine, actor),
        "others": Organisation.objects.filter(is_active=True).exclude(pk__in=known).order_by("pk"),
        "waiting": rules.waiting_for_signature(actor),
        "resets": rules.resets_waiting(actor),
        "duty": rules.on_duty(me),
        "may": {permission.value: True for permission in actor.permissions},
    }
    return render(request, "organisations/organisation.html", context)


def _with_terms(agreements: list[Agreement], actor: Actor) -> list[dict[str, Any]]:
    """Each with its other party, and what is in force or proposed."""
    open_ones = list(own_terms(actor).filter(ended_at=None).order_by("version"))
    return [
        {
            "agreement": one,
            "other": one.other(actor.organisation_id),
            "open": [terms for terms in open_ones if terms.agreement_id == one.pk],
        }
        for one in agreements
    ]


def _called(organisations: QuerySet[Organisation]) -> list[dict[str, Any]]:
    """The lines on which each is reached, and since when they are as they are."""
    return [
        {
            "other": one,
            "lines": rules.lines(one),
            "since": kept.changed_at if (kept := rules.told(one)) else None,
        }
        for one in organisations.select_related("telephones")
    ]


# ── Staff ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Permission.MANAGE_STAFF)
def staff(request: Request) -> HttpResponse:
    """Everybody who works here, and who did."""
    return render(request, "organisations/staff.html", {"members": _own_members(request)})


@needs(Permission.MANAGE_STAFF)
def add_member(request: Request) -> HttpResponse:
    """A new person; their one-time password is shown once."""
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.add_member(**form.cleaned_data, by=request.actor))
        if made is not None:
            return render(request, "organisations/password.html", {"made": made})
    return render(request, "organisations/add_member.html", {"form": form})


@needs(Permission.MANAGE_STAFF)
def member(request: Request, pk: int) -> HttpResponse:
    """One person's roles and access."""
    found = get_object_or_404(_own_members(request), pk=pk)
    form = RolesForm(request.POST or None, initial={"roles": found.roles})
    if form.is_bound and form.is_valid() and tried(form, lambda: _change_roles(request, found, form)):
        messages.success(request, _("The roles hold from the next page on."))
        return redirect("organisations:staff")
    may_change = rules.why_not_change(found, request.actor) is None
    context = {"member": found, "form": form, "may_change": may_change}
    return render(request, "organisations/member.html", context)


def _change_roles(request: Request, found: Membership, form: RolesForm) -> Membership:
    return actions.change_roles(found, form.cleaned_data["roles"], by=request.actor)


@require_POST
@needs(Permission.MANAGE_STAFF)
def access(request: Request, pk: int) -> HttpResponse:
    """Deactivate, let in again, or give a one-time password."""
    found = get_object_or_404(_own_members(request), pk=pk)
    if request.POST.get("do") == "password":
        return render(
            request, "organisations/password.html", {"made": actions.new_password(found, by=request.actor)}
        )
    (actions.deactivate if found.active else actions.reactivate)(found, by=request.actor)
    return redirect("organisations:staff")


def _own_members(request: Request) -> QuerySet[Membership]:
    found = Membership.objects.filter(organisation=request.actor.organisation_id)
    return found.order_by("-active", "id")


# ── Working time ───────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Permission.MANAGE_CALENDAR)
def calendar(request: Request) -> HttpResponse:
    """Office hours, weekend and holidays: standard deadlines count only working time."""
    mine = get_object_or_404(Calendar, organisation=request.actor.organisation_id)
    start = {"opens": mine.opens, "closes": mine.closes, "weekend": [str(day) for day in mine.weekend]}
    form = CalendarForm(request.POST if request.POST.get("do") == "hours" else None, initial=start)
    holiday = HolidayForm(request.POST if request.POST.get("do") == "holiday" else None)
    for sent, act in ((form, actions.set_calendar), (holiday, actions.add_holiday)):
        if (
            sent.is_bound
            and sent.is_valid()
            and tried(sent, partial(act, **sent.cleaned_data, by=request.actor))
        ):
            return redirect("organisations:calendar")
    coming = Holiday.objects.filter(organisation=request.actor.organisation_id, on__gte=today()).order_by(
        "on"
    )
    context = {"form": form, "holiday_form": holiday, "holidays": coming}
    return render(request, "organisations/calendar.html", context)


@require_POST
@needs(Permission.MANAGE_CALENDAR)
def remove_holiday(request: Request, pk: int) -> HttpResponse:
    """The day is worked after all."""
    mine = Holiday.objects.filter(organisation=request.actor.organisation_id)
    actions.remove_holiday(get_object_or_404(mine, pk=pk), by=request.actor)
    return redirect("organisations:calendar")


@needs(Permission.MANAGE_ROTA)
def rota(request: Request) -> HttpResponse:
    """Who answers the inbox when."""
    mine = request.actor.organisation_id
    form = ShiftForm(request.POST or None, members=rules.can_answer(mine))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        times = {"starts_at": given["starts_at"], "ends_at": given["ends_at"]}
        if tried(form, lambda: actions.add_shift(given["member"], **times, by=request.actor)):
            return redirect("organisations:rota")
    shifts = DutyShift.objects.select_related("membership").filter(organisation=mine, ends_at__gt=now())
    context = {"form": form, "shifts": shifts.order_by("starts_at", "id"), "duty": rules.on_duty(mine)}
    return render(request, "organisations/rota.html", context)


@require_POST
@needs(Permission.MANAGE_ROTA)
def remove_shift(request: Request, pk: int) -> HttpResponse:
    """Take a shift off the rota."""
    mine = DutyShift.objects.filter(organisation=request.actor.organisation_id)
    actions.remove_shift(get_object_or_404(mine, pk=pk), by=request.actor)
    return redirect("organisations:rota")
