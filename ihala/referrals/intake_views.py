"""The web's door for paper forms; the same rules as on the command line."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ihala.accounts.roles import Permission
from ihala.core.refusal import Refused, Status
from ihala.organisations.models import Request

from .intake import LANGUAGES, NOT_PERMITTED, Result, import_form, in_both
from .intake_json import LARGEST


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    widget = _Files(attrs={"accept": ".json,application/json"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files, one at least; how many may come is a setting. What is in them is for the rules to say."""
        files = [file for file in data or [] if file]
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


class UploadForm(forms.Form):
    """One or several files."""

    papers = _FilesField(label=_("Files"), help_text=_("JSON files of at most 1 MB each"))


@require_http_methods(["GET", "POST"])
def upload(request: Request) -> HttpResponse:
    """Import files and show what became of each."""
    if not request.actor.has(Permission.IMPORT_INTAKE):
        raise Refused(NOT_PERMITTED)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    rows = []
    if form.is_bound and form.is_valid():
        files = form.cleaned_data["papers"]
        rows = [_row(import_form(f.read(LARGEST + 1), by=request.actor, name=f.name or "")) for f in files]
    bad = form.is_bound and (not rows or any(row["result"].refused for row in rows))
    context = {"form": form, "rows": rows, "language": LANGUAGES[_other()]}
    return render(request, "intake/upload.html", context, status=Status.NOT_POSSIBLE if bad else 200)


def _other() -> int:
    """Which of the two languages the page is not in."""
    return 1 if (get_language() or "ar").startswith("ar") else 0


def _row(result: Result) -> dict[str, Any]:
    problems = []
    for problem in result.problems:
        words = in_both(problem.message)
        problems.append({"path": problem.path, "here": words[1 - _other()], "there": words[_other()]})
    doubts = [{"path": path, "words": doubt.label} for path, doubt in result.doubts]
    return {"name": result.name, "result": result, "problems": problems, "doubts": doubts}
