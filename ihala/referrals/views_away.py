"""While the key agent is away nothing is sent or accepted. Then the page that says so also says whom to call."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from ihala.core.middleware import again
from ihala.core.refusal import Refused, Status
from ihala.organisations import rules as organisations
from ihala.organisations.models import Request

from . import questions

View = Callable[..., HttpResponse]


def with_whom_to_call(view: View) -> View:
    """Mark a view of one referral: what it cannot do while the agent is away comes with the other side's lines, and
    with what was typed, to be sent once more."""

    @wraps(view)
    def answered(request: Request, reference: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, reference, *args, **kwargs)
        except Refused as refused:
            referral = questions.seen_at(reference, request.actor)
            if refused.refusal.status != Status.AWAY or referral is None:
                raise
            across = referral.across(request.actor.organisation_id)
            context = {
                "refusal": refused.refusal,
                "again": again(request),
                "across": across.name,
                "lines": organisations.lines(across),
            }
            request.ihala_refused = refused.refusal  # type: ignore[attr-defined]  # as the middleware does: on record
            return render(request, "errors/refused.html", context, status=Status.AWAY)

    return answered
