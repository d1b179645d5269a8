"""One place that turns a refusal into a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .refusal import Refused


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
        return render(request, "errors/refused.html", {"refusal": refusal}, status=int(refusal.status))
