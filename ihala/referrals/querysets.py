"""Who sees a referral (mechanism, "Who sees a referral")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ihala.accounts.roles import Role
from ihala.cases.models import Access

from . import enums

if TYPE_CHECKING:
    from ihala.organisations.models import Actor


SEES_ALL = frozenset({Role.SUPERVISOR, Role.DUTY_OFFICER})
SEES_GIVEN = frozenset({Role.CASEWORKER, Role.PRACTITIONER})


class ReferralQuerySet(QuerySet[Any]):
    """Views start from `visible_to(actor)`; the database's policies stand behind it."""

    def visible_to(self, actor: Actor) -> ReferralQuerySet:
        """The sender's side: author, people with access to the case, supervisors, duty officers. The receiver's side:
        nothing before sending; then supervisors and duty officers, and whoever it was given to."""
        of_mine = Q(sender=actor.organisation_id) | Q(receiver=actor.organisation_id, sent_at__isnull=False)
        mine = self.filter(of_mine)
        if actor.system or actor.roles & SEES_ALL:
            return mine
        if not actor.roles & SEES_GIVEN:
            return self.none()
        return mine.filter(Exists(_given_to(self._sides(), actor, Access.objects.given_to(actor))))

    def telling_reach(self, actor: Actor) -> ReferralQuerySet:
        """Each as `only_read` to who reaches it through a case opened in an emergency and in no other way."""
        if actor.system or actor.roles & SEES_ALL:
            return self
        lasting = Access.objects.given_to(actor).filter(until=None)
        return self.annotate(only_read=~Exists(_given_to(self._sides(), actor, lasting)))

    def _sides(self) -> QuerySet:
        return self.model.sides.rel.related_model.objects.all()

    def inbox(self, actor: Actor) -> ReferralQuerySet:
        """What was sent to the actor's organisation."""
        return self.visible_to(actor).filter(receiver=actor.organisation_id)

    def outbox(self, actor: Actor) -> ReferralQuerySet:
        """What the actor's organisation sent."""
        return self.visible_to(actor).filter(sender=actor.organisation_id, sent_at__isnull=False)

    def drafts(self, actor: Actor) -> ReferralQuerySet:
        """What has not been sent yet."""
        states = (enums.State.DRAFT, enums.State.AWAITING_APPROVAL)
        return self.visible_to(actor).filter(sender=actor.organisation_id, state__in=states)

    def waiting_for(self, actor: Actor) -> ReferralQuerySet:
        """Where it is the turn of the actor's organisation."""
        me = actor.organisation_id
        return self.visible_to(actor).filter(
            Q(sender=me, waits_for_sender=True) | Q(receiver=me, waits_for_receiver=True)
        )


def _given_to(sides: QuerySet, actor: Actor, accesses: QuerySet) -> QuerySet:
    """The sides through which the actor reaches a referral: as author, as assignee, or by access to the case."""
    access = accesses.filter(case_id=OuterRef("case_id"))
    return sides.filter(
        Q(author_id=actor.membership_id) | Q(assigned_id=actor.membership_id) | Exists(access),
        referral_id=OuterRef("pk"),
        organisation_id=actor.organisation_id,
    )
