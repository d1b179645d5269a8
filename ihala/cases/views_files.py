"""Files of a case: adding, taking along, taking away. Each is reached through its case only."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ihala.core.downloads import download
from ihala.core.refusal import Refused, Status
from ihala.organisations.models import Request

from . import actions
from .attachments import NO_FILE
from .forms import FileForm
from .models import Case
from .rules import case_at, neutral_name, why_not_change


@require_http_methods(["GET", "POST"])
def files(request: Request, reference: str) -> HttpResponse:
    """Add a file; one that is not taken is refused in words above the form."""
    case = case_at(reference, request.actor)
    if refusal := why_not_change(case, request.actor):
        raise Refused(refusal)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid() and _added(request, case, form):
        messages.success(request, _("The attachment is sealed and kept."))
        return redirect(reverse("cases:detail", args=[case.reference]) + "#files")
    status = Status.NOT_POSSIBLE if form.is_bound else 200
    return render(request, "cases/add_file.html", {"case": case, "form": form}, status=status)


def _added(request: Request, case: Case, form: FileForm) -> bool:
    file = form.cleaned_data["file"]
    try:
        actions.add_attachment(
            case, file.read(), by=request.actor, name=file.name or "", what=form.cleaned_data["what"]
        )
    except Refused as refused:
        form.add_error("file", str(refused.refusal))
        return False
    return True


@require_GET
def file(request: Request, reference: str, number: int) -> HttpResponse:
    """Take a file along; the reading is on record before a byte leaves."""
    case = case_at(reference, request.actor)
    opened = actions.open_attachment(case, number, by=request.actor)
    return download(opened.data, opened.about["type"], neutral_name(number, opened.about))


@require_http_methods(["GET", "POST"])
def remove(request: Request, reference: str, number: int) -> HttpResponse:
    """Take a file away, after asking."""
    case = case_at(reference, request.actor)
    if refusal := why_not_change(case, request.actor):
        raise Refused(refusal)
    if request.method == "POST":
        actions.remove_attachment(case, number, by=request.actor)
        messages.success(request, _("The attachment is removed."))
        return redirect(reverse("cases:detail", args=[case.reference]) + "#files")
    if not case.attachments.filter(number=number, removed_at=None).exists():
        raise Refused(NO_FILE)
    return render(request, "cases/remove_file.html", {"case": case, "number": number})
