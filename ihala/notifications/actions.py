"""Telling an organisation that something waits: no name, category, service, organisation or place is told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from ihala.accounts.roles import Role
from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.writing import insert
from ihala.organisations.models import Actor

from . import mail, rules
from .enums import Kind
from .models import Notification, Seen

TURN = 0x6D61696C
"""The class of the advisory locks that mailing takes; other locks of two numbers begin with an organisation's."""
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
    """Tell the members with one of `roles`, and the one named. Two or three statements: the row, and the job for it.

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
    _have_it_mailed(organisation_id)
    return notification


def _have_it_mailed(organisation_id: int) -> None:
    """One job mails what is told within a few seconds: none is added while one is planned and not yet due.

    A job that runs before what relied on it is committed misses it; `have_overdue_mailed` does not.
    """
    if not rules.mail_is_planned(organisation_id):
        job = app.configure_task(DELIVER, queue=MAIL, schedule_at=now() + rules.GATHERED)
        job.defer(organisation_id=organisation_id)


def have_overdue_mailed() -> int:
    """What no job has mailed, because it was committed just after the one it relied on had run; how many jobs."""
    forgotten = [one for one in rules.organisations_with_overdue_mail() if not rules.mail_is_minded(one)]
    for organisation_id in forgotten:
        app.configure_task(DELIVER, queue=MAIL).defer(organisation_id=organisation_id)
    return len(forgotten)


def deliver(organisation_id: int) -> int:
    """Mail what the organisation was told and not yet mailed, as its system actor; how many mails.

    Whoever was told of several things gets one mail, since all mails are the same. The mail server is asked outside of
    any transaction; if it fails, the job is tried again. One job of an organisation mails at a time; another that comes
    meanwhile leaves what it came for to `have_overdue_mailed`. So nothing is mailed twice, unless the mail server or
    the worker fails after some mails were handed over and before that is written down.
    """
    with _alone(organisation_id) as alone:
        return _deliver(organisation_id) if alone else 0


@contextmanager
def _alone(organisation_id: int) -> Iterator[bool]:
    """Whether nobody else mails for the organisation; a worker that dies meanwhile gives its turn back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [TURN, organisation_id])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [TURN, organisation_id])


def _deliver(organisation_id: int) -> int:
    system = Actor.system_of(organisation_id)
    with acting(system):
        waiting = rules.undelivered(organisation_id)
        addresses = [member.user.email for member in rules.recipients(organisation_id, waiting)]
    if not waiting:
        return 0
    sent = mail.send(addresses) if addresses else 0
    with acting(system):
        told = Notification.objects.filter(pk__in=[notification.pk for notification in waiting])
        told.update(delivered_at=now())
    return sent


def mark_seen(notifications: Iterable[Notification], *, by: Actor) -> None:
    """The actor has looked at these; looking twice is the same as once."""
    _mark([notification.pk for notification in notifications], by)


def mark_subject_seen(subject_id: UUID, *, by: Actor) -> int:
    """The actor has opened the page that these notifications lead to; how many others are not seen yet."""
    about, others = rules.unseen_about(by, subject_id)
    _mark(about, by)
    return others


def _mark(keys: Iterable[UUID], by: Actor) -> None:
    looked = {"organisation_id": by.organisation_id, "membership_id": by.membership_id, "seen_at": now()}
    insert([Seen(notification_id=key, **looked) for key in keys], unless_there=True)
