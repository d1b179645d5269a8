"""Setting up houses, units and beds; maintenance."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ihala.accounts.roles import Permission
from ihala.core.refusal import Refused, Status
from ihala.core.views import tried
from ihala.organisations.models import Request

from .. import actions, forms, pages, rules
from ..enums import BedKind
from ..models import House, Maintenance, Unit, Void
from .common import found, needs


@require_GET
@needs(Permission.SEE_BEDS)
def houses(request: Request) -> HttpResponse:
    """The houses by their codes, their units, and how much is free."""
    context = {
        "houses": pages.houses(request.actor),
        "may_manage": request.actor.has(Permission.MANAGE_HOUSES),
        "may_open": request.actor.has(Permission.PLACE_FAMILIES),
    }
    return render(request, "shelter/houses.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_HOUSES)
def new_house(request: Request) -> HttpResponse:
    """A new house."""
    form = forms.HouseForm(request.POST or None)
    if form.is_bound and form.is_valid():
        made = tried(form, lambda: actions.make_house(**form.cleaned_data, by=request.actor))
        if made is not None:
            return redirect("shelter:house", made.pk)
    return _form(request, form, _("New house"), "shelter:houses")


def _form(request: Request, form: django_forms.BaseForm, title: str, back: str, *args: Any) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "key": args[0] if args else None}
    return render(request, "shelter/form.html", context, status=Status.NOT_POSSIBLE if form.errors else 200)


@require_GET
@needs(Permission.PLACE_FAMILIES)
def house(request: Request, key: UUID) -> HttpResponse:
    """One house, opened: where it is, and its units. The reading is on record."""
    row = found(House.objects, request, pk=key)
    name, address = actions.open_house(row, by=request.actor)
    mine = next(item for item in pages.houses(request.actor) if item["house"].pk == row.pk)
    context = {
        **mine,
        "name": name,
        "address": address,
        "may_manage": request.actor.has(Permission.MANAGE_HOUSES),
    }
    return render(request, "shelter/house.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_HOUSES)
def change_house(request: Request, key: UUID) -> HttpResponse:
    """Name, address and hours of a house."""
    row = found(House.objects, request, pk=key)
    if request.method == "GET":
        name, address = actions.open_house(row, by=request.actor)
        form = forms.HouseChange(instance=row, initial={"name": name, "address": address})
        return _form(request, form, _("House"), "shelter:house", row.pk)
    form = forms.HouseChange(request.POST, instance=row)
    if form.is_valid() and tried(
        form, lambda: actions.change_house(row, **form.cleaned_data, by=request.actor)
    ):
        return redirect("shelter:house", row.pk)
    return _form(request, form, _("House"), "shelter:house", row.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_HOUSES)
def new_unit(request: Request, key: UUID) -> HttpResponse:
    """A new unit with its beds, all or nothing."""
    row = found(House.objects, request, pk=key)
    form = forms.NewUnitForm(request.POST or None)
    if form.is_bound and form.is_valid():
        made = tried(form, lambda: _unit_with_beds(row, dict(form.cleaned_data), request))
        if made is not None:
            return redirect("shelter:unit", made.key)
    return _form(request, form, _("New unit"), "shelter:house", row.pk)


def _unit_with_beds(row: House, data: dict[str, Any], request: Request) -> Unit:
    code, beds, cots = data.pop("code"), data.pop("beds"), data.pop("cots")
    made = actions.make_unit(row, code, actions.Layout(**data), by=request.actor)
    for number in range(beds):
        actions.make_bed(made, str(number + 1), by=request.actor)
    for number in range(cots):
        actions.make_bed(made, f"C{number + 1}", kind=BedKind.COT, by=request.actor)
    return made


@require_GET
@needs(Permission.SEE_BEDS)
def unit(request: Request, key: UUID) -> HttpResponse:
    """One unit, its beds and what takes them now."""
    return _unit(request, found(Unit.objects.select_related("house"), request, key=key))


def _unit(request: Request, row: Unit, **given: django_forms.BaseForm) -> HttpResponse:
    shown = {
        "bed": forms.BedForm(), "void": forms.VoidForm(unit=row), "repair": forms.MaintenanceForm(), **given,
    }  # fmt: skip
    context = {**pages.unit_page(row, request.actor), "forms": shown}
    return render(request, "shelter/unit.html", context, status=Status.NOT_POSSIBLE if given else 200)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_HOUSES)
def change_unit(request: Request, key: UUID) -> HttpResponse:
    """What a unit is and whom it suits."""
    row = found(Unit.objects, request, key=key)
    based_on = (
        int(request.POST.get("version") or 0) if request.POST.get("version", "").isdigit() else row.version
    )
    form = forms.UnitForm(request.POST or None, instance=row)
    if form.is_bound and form.is_valid():
        layout = actions.Layout(**form.cleaned_data)
        if tried(form, lambda: actions.change_unit(row, layout, version=based_on, by=request.actor)):
            return redirect("shelter:unit", row.key)
    context = {"form": form, "title": _("Unit"), "back": "shelter:unit", "key": row.key, "version": based_on}
    return render(request, "shelter/form.html", context, status=Status.NOT_POSSIBLE if form.errors else 200)


UnitAct = Callable[[Unit, dict[str, Any], Request], Any]
UNIT_ACTS: dict[str, tuple[Callable[[Request, Unit], Any], UnitAct]] = {
    "bed": (
        lambda request, row: forms.BedForm(request.POST),
        lambda row, data, request: actions.make_bed(row, by=request.actor, **data),
    ),
    "void": (
        lambda request, row: forms.VoidForm(request.POST, unit=row),
        lambda row, data, request: actions.take_out_of_use(by=request.actor, **data),
    ),
    "repair": (
        lambda request, row: forms.MaintenanceForm(request.POST),
        lambda row, data, request: actions.report_maintenance(row, by=request.actor, **data),
    ),
    "close": (
        lambda request, row: django_forms.Form(request.POST),
        lambda row, data, request: actions.close_unit(row, by=request.actor),
    ),
}


@require_POST
@needs(Permission.PLACE_FAMILIES)
def act_on_unit(request: Request, key: UUID, act: str) -> HttpResponse:
    """Do one thing to a unit; if it is refused, the page says so beside what was typed."""
    row = found(Unit.objects.select_related("house"), request, key=key)
    if act not in UNIT_ACTS:
        raise Refused(rules.NOT_VISIBLE)
    make, do = UNIT_ACTS[act]
    form = make(request, row)
    if form.is_valid() and tried(form, lambda: do(row, form.cleaned_data, request)) is not None:
        messages.success(request, _("Done."))
        return redirect("shelter:unit", row.key)
    return _unit(request, row, **{act: form})


@require_POST
@needs(Permission.MANAGE_HOUSES)
def bring_back(request: Request, key: UUID) -> HttpResponse:
    """Beds are in use again."""
    row = found(Void.objects, request, pk=key)
    claim = row.claims.select_related("unit").first()
    actions.bring_back(row, by=request.actor)
    messages.success(request, _("The beds are in use again."))
    return redirect("shelter:unit", claim.unit.key)


@require_POST
@needs(Permission.PLACE_FAMILIES)
def repaired(request: Request, key: UUID) -> HttpResponse:
    """A repair is done."""
    row = found(Maintenance.objects.select_related("unit"), request, pk=key)
    actions.finish_maintenance(row, by=request.actor)
    messages.success(request, _("Done."))
    return redirect("shelter:unit", row.unit.key)
