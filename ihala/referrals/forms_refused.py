"""A refused form comes back with what was typed and the reason; what is not visible or not permitted stays an error."""

from typing import Any

from django.forms import Form

from ihala.core.refusal import Refused, Status

from .models import Referral


def kept(form: Form, refused: Refused, present: Referral | None = None) -> int:
    """Put the refusal on the form and return the answer's status. `present`: the row as it stands now, whose version
    the form is based on from here on, so that deciding again is possible."""
    refusal = refused.refusal
    if refusal.status not in (Status.CONFLICT, Status.NOT_POSSIBLE):
        raise refused
    if present is not None and "version" in form.fields:
        data: Any = form.data
        data = data.copy()
        data["version"] = str(present.version)
        form.data = data
    form.add_error(None, str(refusal.message))
    return int(refusal.status)
