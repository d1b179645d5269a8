"""Who is told, and who has not looked yet. It queries and never writes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, UUIDField

from ihala.accounts.roles import Role
from ihala.core.clock import now
from ihala.core.kept import Asked, Given, kept_within
from ihala.organisations import rules as organisations
from ihala.organisations.models import Actor, Membership

from .models import Notification, Seen

NEWEST = 100
"""A bell looks at so many of the newest and no further, so it stays quick however many there are."""
SUBJECT = Given("subject", UUIDField())


def visible_to(actor: Actor) -> QuerySet[Notification]:
    """What the actor's organisation was told that concerns the actor: by role or by name, never their own doing."""
    mine = Q(roles__overlap=[role.value for role in actor.roles]) | Q(membership=actor.membership_id)
    found = Notification.objects.filter(mine, organisation=actor.organisation_id)
    return found.exclude(author=actor.organisation_id, author_membership_id=actor.membership_id)


def unseen_by(actor: Actor, among: int | None = None) -> QuerySet[Notification]:
    """Of the newest of these, what the actor has not looked at."""
    newest = visible_to(actor).order_by("-created_at", "id").values("pk")[: among or NEWEST]
    looked = Seen.objects.filter(notification=OuterRef("pk"), membership=actor.membership_id)
    return Notification.objects.filter(~Exists(looked), pk__in=newest)


def unseen_count(actor: Actor) -> int:
    """The number on the bell. One query."""
    ((number,),) = _counted(actor, NEWEST) or [(0,)]
    return number


def unseen_about(actor: Actor, subject_id: UUID) -> tuple[list[UUID], int]:
    """Of these, the keys of those that lead there, and how many others there are. One query."""
    ((about, others),) = _about(actor, NEWEST, subject=subject_id) or [([], 0)]
    return about, others


def about(actor: Actor, subject_id: UUID) -> Asked:
    """That question, for a page that asks it `ahead`."""
    return _about.asked(actor, NEWEST, subject=subject_id)


@kept_within(
    "SELECT count(*) FROM ({}) AS newest (id, subject, looked) WHERE NOT looked",
    columns=(BigIntegerField(),),
)
def _counted(actor: Actor, among: int) -> QuerySet[Any, Any]:
    return _newest(actor, among)


@kept_within(
    "SELECT coalesce(array_agg(id) FILTER (WHERE subject = %s), '{{}}'), "
    "count(*) FILTER (WHERE subject IS DISTINCT FROM %s) "
    "FROM ({}) AS newest (id, subject, looked) WHERE NOT looked",
    SUBJECT,
    SUBJECT,
    columns=(ArrayField(UUIDField()), BigIntegerField()),
)
def _about(actor: Actor, among: int) -> QuerySet[Any, Any]:
    return _newest(actor, among)


def _newest(actor: Actor, among: int) -> QuerySet[Any, Any]:
    looked = Seen.objects.filter(notification=OuterRef("pk"), membership=actor.membership_id)
    newest = visible_to(actor).annotate(looked=Exists(looked)).order_by("-created_at", "id")
    return newest.values_list("pk", "subject_id", "looked")[:among]


JOB = (
    "SELECT EXISTS (SELECT FROM procrastinate_jobs "
    "WHERE queue_name = 'mail' AND args ->> 'organisation_id' = %s AND {})"
)
PLANNED = JOB.format("status = 'todo' AND scheduled_at BETWEEN %s AND %s")
MINDED = JOB.format("status IN ('todo', 'doing')")
GATHERED = timedelta(seconds=3)
"""So long what is told to an organisation is gathered for one round of mails."""
SOON = timedelta(seconds=1)
"""A job that is due sooner may run before this transaction has ended."""
OVERDUE, GIVEN_UP = timedelta(seconds=30), timedelta(days=1)
MOST = 1000


def mail_is_planned(organisation_id: int) -> bool:
    """Is there a job that will soon mail what the organisation is told now? One query.

    One that failed and is to be tried again much later is not meant.
    """
    return _is_there(PLANNED, [str(organisation_id), now() + SOON, now() + GATHERED])


def mail_is_minded(organisation_id: int) -> bool:
    """Is there any job that mails, at work or to be tried again?"""
    return _is_there(MINDED, [str(organisation_id)])


def _is_there(question: str, values: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return bool(cursor.fetchone()[0])


def organisations_with_overdue_mail() -> list[int]:
    """Which were told something half a minute ago or more, and within the last day, that was not mailed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ihala_undelivered(%s, %s)", [now() - GIVEN_UP, now() - OVERDUE])
        return [row[0] for row in cursor.fetchall()]


def undelivered(organisation_id: int) -> list[Notification]:
    """What the organisation was told and not yet mailed, the oldest first."""
    waiting = Notification.objects.filter(organisation=organisation_id, delivered_at=None)
    return list(waiting.order_by("created_at", "id")[:MOST])


def recipients(organisation_id: int, notifications: Sequence[Notification]) -> list[Membership]:
    """Who gets an e-mail: of the duty officers only those on duty, everybody else by role or name. Three queries."""
    active = Membership.objects.select_related("user").filter(organisation=organisation_id, active=True)
    members = list(active.order_by("id")) if notifications else []
    duty = {member.pk for member in organisations.on_duty(organisation_id).members} if members else set()
    told = (
        member
        for member in members
        if any(_is_told(member, notification, duty) for notification in notifications)
    )
    return list(told)


def _is_told(member: Membership, notification: Notification, duty: set[int]) -> bool:
    own_doing = (notification.author_id, notification.author_membership_id) == (
        member.organisation_id,
        member.pk,
    )
    if own_doing or not member.user.is_active or not member.user.email:
        return False
    roles = set(notification.roles) & set(member.roles)
    return member.pk == notification.membership_id or bool(
        roles and (member.pk in duty or roles - {Role.DUTY_OFFICER})
    )
