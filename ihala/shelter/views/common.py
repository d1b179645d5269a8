"""What the pages of the shelter share."""

from typing import Any
from uuid import UUID

from ihala.core.refusal import Refused
from ihala.core.views import refusing
from ihala.organisations.models import Request

from .. import rules

needs = refusing(rules.NOT_PERMITTED)


def found(rows: Any, request: Request, **key: UUID | str) -> Any:
    """The organisation's own row of this key, or refused as not there."""
    row = rows.filter(organisation=request.actor.organisation_id, **key).first()
    if row is None:
        raise Refused(rules.NOT_VISIBLE)
    return row
