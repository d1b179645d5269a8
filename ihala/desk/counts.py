"""Counts for those who see no case: referrals by state and category. Small numbers are not told.

A cell from one to four says "fewer than 5", and there are no sums, so that nothing small can be worked out.
"""

from dataclasses import dataclass

from django.db.models import Case, Count, F, Q, Value, When
from django.utils.translation import gettext as _

from ihala.core.vocabulary import Category
from ihala.organisations.models import Actor
from ihala.referrals.enums import State
from ihala.referrals.models import Referral
from ihala.reporting.rules import told


@dataclass(frozen=True)
class Counted:
    """One direction: for each state that occurs, a cell per category."""

    title: str
    rows: list[tuple[State, list[str]]]


def counts_of(actor: Actor) -> list[Counted]:
    """Both directions of the actor's organisation. One query each."""
    me = actor.organisation_id
    hidden = When(state=State.DECLINE_PROPOSED, then=Value(State.UNDER_REVIEW.value))
    return [
        _counted(_("Sent by us"), Q(sender=me, sent_at__isnull=False), Case(hidden, default=F("state"))),
        _counted(_("Sent to us"), Q(receiver=me, sent_at__isnull=False), F("state")),
    ]


def _counted(title: str, which: Q, state: Case | F) -> Counted:
    found = Referral.objects.filter(which).values(shown=state, of=F("category")).annotate(number=Count("pk"))
    numbers = {(row["shown"], row["of"]): row["number"] for row in found.order_by()}
    occurring = [one for one in State if any(numbers.get((one.value, of)) for of in Category)]
    rows = [(one, [told(numbers.get((one.value, of), 0)) for of in Category.values]) for one in occurring]
    return Counted(title, rows)
