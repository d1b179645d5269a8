"""What the pages of the shelter share."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse

from ihala.accounts.roles import Permission
from ihala.core.refusal import Refused
from ihala.organisations.models import Request

from .. import rules

View = Callable[..., HttpResponse]


def needs(permission: Permission) -> Callable[[View], View]:
    """The view is for whoever may do this; everybody else is refused in words."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.has(permission):
                raise Refused(rules.NOT_PERMITTED)
            return view(request, *args, **kwargs)

        return checked

    return decorate


def tried(form: forms.BaseForm, act: Callable[[], Any]) -> Any:
    """What `act` returns; a refusal is written above the form and None returned."""
    try:
        return act()
    except Refused as refused:
        form.add_error(None, str(refused.refusal.message))
        return None


def found(rows: Any, request: Request, **key: UUID | str) -> Any:
    """The organisation's own row of this key, or refused as not there."""
    row = rows.filter(organisation=request.actor.organisation_id, **key).first()
    if row is None:
        raise Refused(rules.NOT_VISIBLE)
    return row
