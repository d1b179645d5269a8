"""Drafts nobody goes on with: the author is told some days before, then the draft is deleted (mechanism, DRAFT).

A draft is a survivor's data without a purpose. Nobody loses one unawares: between telling and deleting lie the full
days of notice, also when the worker was away, and whatever changes the draft begins its time anew.
"""

from ihala.accounts.roles import Role
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.core.clock import now
from ihala.notifications import actions as notifications
from ihala.notifications.enums import Kind
from ihala.notifications.models import Notification
from ihala.organisations.models import Actor, Membership

from .. import facts, rules
from ..models import Referral
from . import package


def mind_drafts(*, by: Actor) -> None:
    """Tell and purge, as the organisation's own system. Repeated, it does nothing more."""
    mine = Referral.objects.select_for_update(skip_locked=True).filter(sender_id=by.organisation_id)
    for referral in rules.drafts_near_their_end(mine).order_by("pk"):
        told = _told(referral)
        if told is None:
            _tell(referral, by)
        elif now() >= max(referral.changed_at + rules.DRAFT_KEPT, told.created_at + rules.DRAFT_END_TOLD):
            _purge(referral, by)


def _told(referral: Referral) -> Notification | None:
    """What its author was told since the draft was last changed."""
    near = Notification.objects.filter(
        subject_id=referral.pk, kind=Kind.DEADLINE_NEAR, organisation_id=referral.sender_id
    )
    return near.filter(created_at__gte=referral.changed_at).order_by("created_at").first()


def _tell(referral: Referral, by: Actor) -> None:
    """The author; if they do not work here any more, the supervisors."""
    side = facts.side(referral, referral.sender_id)
    author_id = side.author_id if side else None
    author = Membership.objects.filter(pk=author_id or 0, active=True).first()
    notifications.notify(
        referral.sender_id, roles=[] if author else [Role.SUPERVISOR], kind=Kind.DEADLINE_NEAR,
        subject_id=referral.pk, author=by, membership_id=author.pk if author else None,
    )  # fmt: skip


def _purge(referral: Referral, by: Actor) -> None:
    audit.record(
        by,
        EventName.REFERRAL_PURGED,
        subject_kind="referral",
        subject_id=referral.pk,
        referral_id=referral.pk,
    )
    package.forget(referral)
