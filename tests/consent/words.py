"""A consent as it is usually given."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ihala.cases.enums import AccessReason
from ihala.cases.models import Access, Case
from ihala.consent.rules import Given
from ihala.core import clock
from ihala.organisations.models import Actor


def given(**changes: Any) -> Given:
    """For three months from today, in writing, by the survivor."""
    today = clock.today()
    usual = Given(
        classes=("identity", "narrative"), given_on=today, until=today + timedelta(days=90), purposes=("transfer",),
        language="am", witness="مترجمة المركز",
    )  # fmt: skip
    return replace(usual, **changes)


def let_in(case: Case, actor: Actor) -> None:
    """Give a colleague access to the case."""
    Access.objects.create(
        case=case, membership_id=actor.membership_id, reason=AccessReason.COVERS, opened_at=clock.now()
    )
