"""One place that turns a refusal into a page."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from .refusal import Refused, Status


class RefusalMiddleware:
    """Renders `Refused` with its status. The transaction around the view still commits, so the audit event stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show the refusal in the reader's language; every other error goes on."""
        if not isinstance(exception, Refused):
            return None
        refusal = exception.refusal
        request.ihala_refused = refusal  # type: ignore[attr-defined]  # goes on record where it is known who acts
        if request.headers.get("X-Autosave"):  # `static/js/forms.js` says it in the line under the form
            return JsonResponse({"error": str(refusal.message)}, status=int(refusal.status))
        once_more = again(request) if refusal.status in LATER else None
        context = {"refusal": refusal, "again": once_more, "across": "", "lines": None}
        return render(request, "errors/refused.html", context, status=int(refusal.status))


LATER = (Status.AWAY, Status.TOO_MANY)
NOT_TYPED = "csrfmiddlewaretoken"
SECRETS = ("password", "credential")
"""What a name has in it whose value is shown to nobody, not even to whoever typed it."""
WRITTEN = 20
"""Signs from which an answer is something that was written, and not a code or a date."""


def again(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent once more when what is away now has come back: nobody types anything twice."""
    if request.method != "POST":
        return []
    lists = [(name, value) for name, values in request.POST.lists() for value in values]
    return [(name, str(value)) for name, value in lists if name != NOT_TYPED]


def written(request: HttpRequest) -> list[str]:
    """What somebody wrote into a form that cannot be taken any more, for whoever has just sent it (decision 63).

    Only where the browser says that the form was ours, so that no other site puts words here."""
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return []
    return [
        value
        for name, value in again(request)
        if len(value) >= WRITTEN and not any(word in name for word in SECRETS)
    ]


def form_of(request: HttpRequest) -> str:
    """Where the form stands that was sent; the first page if the browser does not say. One "/" begins it: after two, a
    browser would read another site's name."""
    return "/" + urlsplit(request.headers.get("Referer", "")).path.lstrip("/")
