"""Pages of cases. Each starts from what is visible to the actor; what is not, cannot be found."""

import re
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ihala.accounts.roles import Permission
from ihala.audit.enums import Purpose
from ihala.core import text
from ihala.core.refusal import Refused, Status
from ihala.core.veil import unveil, veil
from ihala.core.vocabulary import Category
from ihala.organisations.models import Request

from . import actions, pages
from .case_form import CaseForm
from .enums import AccessReason, CloseReason
from .forms import AccessForm, CloseForm, NoteForm
from .models import Access, Case
from .rules import NOT_PERMITTED, NOT_VISIBLE, case_at, why_not_change
from .typed import Typed, one_more, only_ours

_ADDED = re.compile(
    r"add_((?:companions|persons_of_concern)(?:-\d{1,3}-[a-z]{1,20})?|(?:survivor|case)-[a-z]{1,20})"
)


def _require(request: Request, permission: Permission) -> None:
    if not request.actor.has(permission):
        raise Refused(NOT_PERMITTED)


@require_GET
def case_list(request: Request) -> HttpResponse:
    """The cases I have access to, the last changed first."""
    _require(request, Permission.READ_CASE)
    return render(request, "cases/list.html", pages.listed(request.actor, request.GET))


# ---------------------------------------------------------------------------------------- writing


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """A new case: first its category, then the form of that category."""
    _require(request, Permission.WRITE_CASE)
    category = unveil(request.GET.get("category", ""), Category.values)
    if not category:
        return _choose_category(request)
    if request.method == "GET":
        draft = actions.load_draft(by=request.actor)
        form = CaseForm(category, Typed(draft.payload)) if draft else _blank(request, category)
        return render(request, "cases/form.html", pages.form(form, draft=draft))
    if grown := _grown(request.POST):
        return render(request, "cases/form.html", pages.form(CaseForm(category, grown)))
    form = CaseForm(category, request.POST, checked=True)
    if not form.is_valid():
        return render(request, "cases/form.html", pages.form(form), status=Status.NOT_POSSIBLE)
    case = actions.create_case(form.content(), by=request.actor)
    actions.discard_draft(by=request.actor)
    messages.success(request, _("The case is open."))
    return redirect("cases:detail", case.reference)


def _blank(request: Request, category: str) -> CaseForm:
    return CaseForm.blank(category, contact={"name": request.actor.name})


def _choose_category(request: Request) -> HttpResponse:
    """Which category; whoever left a draft goes on with it."""
    draft = actions.load_draft(by=request.actor) if request.method == "GET" else None
    if draft and (category := draft.payload.get("category")):
        return redirect(f"{reverse('cases:new')}?{urlencode({'category': veil(category[0])})}")
    tiles = [(veil(value), label) for value, label in Category.choices]
    return render(request, "cases/category.html", {"tiles": tiles})


def _grown(typed: Typed) -> Typed | None:
    """The form with one more row, if a button for rows was pressed (without a script)."""
    pressed = next((match[1] for name in typed if (match := _ADDED.fullmatch(name))), None)
    return one_more(typed, pressed) if pressed else None


@require_http_methods(["GET", "POST"])
def edit(request: Request, reference: str) -> HttpResponse:
    """Change a case; a version that went stale shows both sides and keeps what was typed."""
    case = case_at(reference, request.actor)
    if refusal := why_not_change(case, request.actor):
        raise Refused(refusal)
    if request.method == "GET":
        return render(request, "cases/form.html", _edited(request, case))
    version = _version(request.POST)
    if grown := _grown(request.POST):
        shown = pages.form(CaseForm(case.category, grown), case=case, version=version)
        return render(request, "cases/form.html", shown)
    form = CaseForm(case.category, request.POST, checked=True)
    if not form.is_valid():
        shown = pages.form(form, case=case, version=version)
        return render(request, "cases/form.html", shown, status=Status.NOT_POSSIBLE)
    return _updated(request, case, form, version)


def _updated(request: Request, case: Case, form: CaseForm, version: int) -> HttpResponse:
    try:
        actions.update_case(case, form.content(), by=request.actor, version=version)
    except Refused as refused:
        if refused.refusal.code != "stale_version":
            raise
        return _conflict(request, case, form, refused)
    actions.discard_draft(by=request.actor, case=case)
    messages.success(request, _("The changes are saved."))
    return redirect("cases:detail", case.reference)


def _edited(request: Request, case: Case) -> dict[str, object]:
    draft = actions.load_draft(by=request.actor, case=case)
    if draft:
        return pages.form(
            CaseForm(case.category, Typed(draft.payload)), draft=draft, case=case, version=draft.based_on
        )
    content = actions.open_case(case, by=request.actor, purpose=Purpose.WORK)
    return pages.form(CaseForm.of(content), case=case, version=case.version)


def _version(typed: Typed) -> int:
    """The version the form was made from; what is no number was made from none."""
    given = typed.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _conflict(request: Request, case: Case, form: CaseForm, refused: Refused) -> HttpResponse:
    theirs = actions.open_case(case, by=request.actor, purpose=Purpose.WORK)
    context = pages.form(
        form,
        case=case,
        version=refused.refusal.detail["version"],
        conflict=refused.refusal,
        changes=pages.differences(form.content(), theirs),
    )
    return render(request, "cases/form.html", context, status=Status.CONFLICT)


@require_POST
def autosave(request: Request) -> HttpResponse:
    """Keep the form being typed; answers the hour for the line under the form."""
    case = case_at(request.GET["case"], request.actor) if request.GET.get("case") else None
    if case is None:
        _require(request, Permission.WRITE_CASE)
    kept = only_ours(request.POST)
    if category := unveil(request.GET.get("category", ""), Category.values):
        kept["category"] = [category]
    draft = actions.save_draft(kept, by=request.actor, case=case, based_on=_version(request.POST))
    return JsonResponse({"saved": text.hour(draft.saved_at)})


@require_POST
def discard(request: Request) -> HttpResponse:
    """Throw the kept form away and begin again from what is stored."""
    case = case_at(request.GET["case"], request.actor) if request.GET.get("case") else None
    actions.discard_draft(by=request.actor, case=case)
    return redirect("cases:edit", case.reference) if case else redirect("cases:new")


# ---------------------------------------------------------------------------------------- one case


@require_GET
def detail(request: Request, reference: str) -> HttpResponse:
    """A case with everything in it."""
    case = case_at(reference, request.actor)
    try:
        opened = actions.open_case_page(case, by=request.actor, purpose=Purpose.WORK)
    except Refused as refused:
        if refused.refusal.status != Status.AWAY:
            raise
        shown = {"case": case, "refusal": refused.refusal}
        return render(request, "cases/away.html", shown, status=Status.AWAY)
    return render(request, "cases/detail.html", pages.detail(case, opened, request.actor))


@require_POST
def access(request: Request, reference: str) -> HttpResponse:
    """Let a colleague open the case."""
    case = case_at(reference, request.actor)
    form = AccessForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _invalid(request, form, _("Give access to a colleague"), case)
    given = form.cleaned_data
    actions.give_access(
        case, by=request.actor, membership_id=given["membership"].pk, reason=AccessReason(given["reason"])
    )
    messages.success(request, _("Access is given."))
    return redirect("cases:detail", case.reference)


@require_POST
def end_access(request: Request, reference: str, entry: UUID) -> HttpResponse:
    """End an entry of the access list; it is reached through its case only."""
    case = case_at(reference, request.actor)
    found = Access.objects.filter(case=case, pk=entry).first()
    if found is None:
        raise Refused(NOT_VISIBLE)
    actions.close_access(found, by=request.actor)
    messages.success(request, _("Access is ended."))
    still = Case.objects.visible_to(request.actor).filter(pk=case.pk).exists()
    return redirect("cases:detail", case.reference) if still else redirect("cases:list")


@require_POST
def note(request: Request, reference: str) -> HttpResponse:
    """Write an internal note."""
    case = case_at(reference, request.actor)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _invalid(request, form, _("Internal note"), case)
    actions.add_note(case, form.cleaned_data["body"], by=request.actor)
    messages.success(request, _("The note is saved."))
    return redirect(reverse("cases:detail", args=[case.reference]) + "#notes")


@require_http_methods(["GET", "POST"])
def close(request: Request, reference: str) -> HttpResponse:
    """End the work on a case."""
    case = case_at(reference, request.actor)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = Status.NOT_POSSIBLE if form.is_bound else 200
        return render(request, "cases/close.html", {"case": case, "form": form}, status=status)
    actions.close_case(case, by=request.actor, reason=CloseReason(form.cleaned_data["reason"]))
    messages.success(request, _("The case is closed."))
    return redirect("cases:detail", case.reference)


@require_POST
def reopen(request: Request, reference: str) -> HttpResponse:
    """Take the work up again."""
    case = case_at(reference, request.actor)
    actions.reopen_case(case, by=request.actor)
    messages.success(request, _("The case is open."))
    return redirect("cases:detail", case.reference)


def _invalid(request: Request, form: object, title: str, case: Case) -> HttpResponse:
    context = {"case": case, "form": form, "title": title}
    return render(request, "cases/again.html", context, status=Status.NOT_POSSIBLE)
