"""The log, for the data protection officer: what happened here, who did it, who looked at whom."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ihala.accounts.roles import Permission
from ihala.audit.rules import After, page_of_log
from ihala.core.refusal import Refused
from ihala.organisations.models import Request

from .audit_log import NOT_FOR_YOU, LogFilter, lines, staff_of
from .log_pages import refusal_of, tabs


@require_GET
def log(request: Request) -> HttpResponse:
    """One page of the log of the reader's organisation; filters and place stand in the address."""
    actor = request.actor
    if not actor.has(Permission.READ_AUDIT):
        raise Refused(NOT_FOR_YOU)
    staff = staff_of(actor)
    form = LogFilter(request.GET, staff=staff)
    after = After.from_text(request.GET.get("after", ""))
    events, older = page_of_log(actor.organisation_id, form.wanted(), after)
    asked = request.GET.copy()
    asked.pop("after", None)
    newest = f"?{asked.urlencode()}"
    shown = {
        "tabs": tabs("log"),
        **refusal_of(actor),
        "form": form,
        "lines": lines(events, staff),
        "newest_url": newest if after else "",
        "older_url": f"{newest}&after={older.as_text()}" if older else "",
        "filtered": bool(asked),
    }
    return render(request, "desk/audit_log.html", shown)
