"""Telling an organisation that something waits: no name, category, service, organisation or place is told."""

from collections.abc import Iterable
from uuid import UUID

from ihala.accounts.roles import Role
from ihala.core.clock import now
from ihala.organisations.models import Actor

from .enums import Kind
from .models import Notification


def notify(
    organisation_id: int,
    roles: Iterable[Role],
    kind: Kind,
    subject_id: UUID | None,
    author: Actor,
    membership_id: int | None = None,
) -> Notification:
    """Tell the members with one of `roles` (and the one named); e-mail follows once the transaction commits."""
    notification = Notification(
        organisation_id=organisation_id,
        kind=kind,
        roles=[role.value for role in roles],
        membership_id=membership_id,
        subject_id=subject_id,
        author_id=author.organisation_id,
        author_membership_id=author.membership_id,
        created_at=now(),
    )
    notification.save(force_insert=True)
    return notification
