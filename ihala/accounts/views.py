"""Leaving at once."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from ihala.audit import actions as audit
from ihala.audit.enums import EventName

from .rules import public_view

FORGET = '"cache", "cookies", "storage"'


@public_view
@csrf_exempt  # leaving must work with a page that was open for too long
def quick_exit(request: HttpRequest) -> HttpResponse:
    """POST signs out and empties what the browser keeps; GET is the neutral page it lands on."""
    if request.method != "POST":
        return render(request, "accounts/neutral.html")
    actor = getattr(request, "actor", None)
    if actor is not None:
        audit.record(actor, EventName.QUICK_EXIT)
    logout(request)
    response = redirect("quick_exit")
    response.status_code = 303
    response["Clear-Site-Data"] = FORGET
    return response
