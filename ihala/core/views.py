"""What views of several apps share: who may see a page, and what a refused action leaves on its form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from .refusal import Refusal, Refused

View = Callable[..., HttpResponse]
Needs = Callable[[Any], Callable[[View], View]]


def refusing(refusal: Refusal) -> Needs:
    """A decorator `needs(permission)`: the view is for whoever may do this, all others are refused in these words."""

    def needs(permission: Any) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            @wraps(view)
            def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
                if not request.actor.has(permission):  # type: ignore[attr-defined]  # the actor's app stands above
                    raise Refused(refusal)
                return view(request, *args, **kwargs)

            return checked

        return decorate

    return needs


def tried(form: forms.BaseForm, act: Callable[[], Any]) -> Any:
    """What `act` returns; a refusal is written above the form and None returned."""
    try:
        return act()
    except Refused as refused:
        form.add_error(None, str(refused.refusal.message))
        return None
