"""One place that turns a refusal into a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
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
        context = {"refusal": refusal, "again": again(request) if refusal.status in LATER else None}
        return render(request, "errors/refused.html", context, status=int(refusal.status))


LATER = (Status.AWAY, Status.TOO_MANY)
NOT_TYPED = "csrfmiddlewaretoken"


def again(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent once more when what is away now has come back: nobody types anything twice."""
    if request.method != "POST":
        return []
    lists = [(name, value) for name, values in request.POST.lists() for value in values]
    return [(name, str(value)) for name, value in lists if name != NOT_TYPED]
