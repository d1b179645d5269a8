"""Telling an organisation that something waits: no name, category, service, organisation or place is told."""

from collections.abc import Iterable
from uuid import UUID

from procrastinate.contrib.django import app

from ihala.accounts.roles import Role
from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.writing import insert
from ihala.organisations.models import Actor

from . import mail, rules
from .enums import Kind
from .models import Notification, Seen

DELIVER, MAIL = "notifications.deliver", "mail"
"""The task and the queue that `tasks.py` gives the worker."""


def notify(
    organisation_id: int,
    roles: Iterable[Role],
    kind: Kind,
    subject_id: UUID | None,
    author: Actor,
    membership_id: int | None = None,
) -> Notification:
    """Tell the members with one of `roles`, and the one named. Two statements: the row, and the job that follows it.

    The job runs only if the transaction commits, since it stands in the same database.
    """
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
    insert([notification])
    app.configure_task(DELIVER, queue=MAIL).defer(
        organisation_id=organisation_id, notification_id=str(notification.pk)
    )
    return notification


def deliver(organisation_id: int, notification_id: str) -> int:
    """Send the e-mails of a notification as the organisation's system actor; how many. Once delivered, not again.

    The mail server is asked outside of any transaction; if it fails, the job is tried again.
    """
    system = Actor.system_of(organisation_id)
    with acting(system):
        found = Notification.objects.filter(pk=notification_id, delivered_at=None).first()
        addresses = [] if found is None else [member.user.email for member in rules.recipients(found)]
    if found is None:
        return 0
    sent = mail.send(addresses) if addresses else 0
    with acting(system):
        Notification.objects.filter(pk=notification_id).update(delivered_at=now())
    return sent


def mark_seen(notifications: Iterable[Notification], *, by: Actor) -> None:
    """The actor has looked at these; looking twice is the same as once."""
    Seen.objects.bulk_create(
        [
            Seen(
                notification=notification,
                organisation_id=by.organisation_id,
                membership_id=by.membership_id,
                seen_at=now(),
            )
            for notification in notifications
        ],
        ignore_conflicts=True,
    )


def mark_subject_seen(subject_id: UUID, *, by: Actor) -> None:
    """The actor has opened the page that these notifications lead to."""
    mark_seen(rules.unseen_about(subject_id, by), by=by)
