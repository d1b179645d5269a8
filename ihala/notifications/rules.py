"""Who is told, and who has not looked yet. It queries and never writes."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, UUIDField

from ihala.accounts.roles import Role
from ihala.core.kept import Given, kept, kept_within
from ihala.organisations import rules as organisations
from ihala.organisations.models import Actor, Membership

from .models import Notification, Seen

NEWEST = 100
"""A bell looks at so many of the newest and no further, so it stays quick however many there are."""


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
    ((number,),) = _unseen(actor, NEWEST) or [(0,)]
    return number


@kept_within("SELECT count(*) FROM ({}) AS unseen")
def _unseen(actor: Actor, among: int) -> QuerySet[Notification, UUID]:
    return unseen_by(actor, among).values_list("pk", flat=True)


def unseen_about(subject_id: UUID, actor: Actor) -> list[Notification]:
    """Of these, what leads to one page. One query."""
    return _unseen_about(actor, NEWEST, subject=subject_id)


@kept
def _unseen_about(actor: Actor, among: int) -> QuerySet[Notification]:
    return unseen_by(actor, among).filter(subject_id=Given("subject", UUIDField()))


def recipients(notification: Notification) -> list[Membership]:
    """Who gets an e-mail: of the duty officers only those on duty, everybody else by role or name."""
    roles = set(notification.roles)
    active = Membership.objects.select_related("user").filter(
        organisation=notification.organisation_id, active=True
    )
    told = list(
        active.filter(Q(roles__overlap=sorted(roles)) | Q(pk=notification.membership_id)).order_by("id")
    )
    duty = {member.pk for member in organisations.on_duty(notification.organisation_id).members}
    return [member for member in told if _is_told(member, notification, roles, duty)]


def _is_told(member: Membership, notification: Notification, roles: set[str], duty: set[int]) -> bool:
    own_doing = (notification.author_id, notification.author_membership_id) == (
        member.organisation_id,
        member.pk,
    )
    if own_doing or not member.user.is_active or not member.user.email:
        return False
    if member.pk == notification.membership_id or member.pk in duty:
        return True
    return bool(roles & set(member.roles) - {Role.DUTY_OFFICER})
