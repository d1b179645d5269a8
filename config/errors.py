"""Error pages: what happened in words, what to do next, and nothing about the inside.

An unexpected error shows an opaque id that stands in the log beside the place in the code, so that somebody on the
telephone can be helped without telling what they had typed.
"""

import secrets
from collections.abc import Sequence

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from ihala.core.middleware import form_of, written


def _page(
    request: HttpRequest, status: int, title: str, text: str, back: str = "", typed: Sequence[str] = ()
) -> HttpResponse:
    context = {"title": title, "text": text, "error_id": "", "back": back, "typed": typed}
    return render(request, "errors/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something that no form of ours sends; 413 where it is too much text for a form."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, takes_files=False)
    return _page(request, 400, _("This could not be read"), _("Go back, reload the page and try again."))


def forbidden_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old."""
    if typed := written(request):
        text = _(
            "Nothing was stored. What was typed stands below and nowhere else: copy it, and put it into the form again."
        )
        return _page(request, 403, _("The form has expired"), text, form_of(request), typed)
    text = _(
        "The form was open for too long. Go back, reload the page and send it again; nothing was stored."
    )
    return _page(request, 403, _("The form has expired"), text)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not for this."""
    return _page(
        request, 403, _("Not permitted"), _("Your role does not include this. Ask your administrator.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not visible to this person; the two look alike."""
    text = _("There is nothing here, or it is not open to you.")
    return _page(request, 404, _("Not found"), text)


def too_large(request: HttpRequest, *, takes_files: bool) -> HttpResponse:
    """413: the file or form is larger than we take. Nothing has asked for the reader's language yet."""
    with override(get_language_from_request(request)):
        if takes_files:
            text = _("A file may have at most %(megabytes)d MB. Nothing was stored.") % {"megabytes": 8}
            return _page(request, 413, _("Too large"), text, request.path)
        text = _("A form may hold at most %(megabytes)d MB of text. Nothing was stored.") % {"megabytes": 1}
        return _page(request, 413, _("Too large"), text)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: a password or a code was tried more often than a person needs."""
    text = _("Too many attempts. Wait a few minutes and try again.")
    return _page(request, 429, _("Not possible now"), text, request.path)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: with an id for the log; the database may be the reason, so this asks it nothing."""
    error_id = secrets.token_hex(6)
    request.error_id = error_id  # type: ignore[attr-defined]  # the log line reads it
    title = _("Something went wrong")
    text = _("What you sent was not stored. Try again, or call and give this code.")
    context = {"title": title, "text": text, "error_id": error_id, "back": "", "typed": ()}
    try:
        body = render_to_string(
            "errors/error.html", context
        )  # without the request: nothing asks the database
    except Exception:
        body = format_html(
            "<!doctype html><title>Ihala</title><h1>{title}</h1><p>{text}</p><p>{error_id}</p>", **context
        )
    return HttpResponse(body, status=500)
