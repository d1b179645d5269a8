"""Who may have survivors of two organisations counted, and when. It queries and never writes."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission
from ihala.core.clock import now, today
from ihala.core.refusal import Refusal, Status
from ihala.organisations import rules as organisations
from ihala.organisations.models import Actor, Organisation
from ihala.vault.refusals import NOT_ASKED

from .models import JointCount

NOT_VISIBLE = Refusal(
    "not_visible", _("There is nothing here, or it is not open to you."), Status.NOT_VISIBLE
)
NOT_PERMITTED = Refusal("not_permitted", _("Your role does not include this."), Status.FORBIDDEN)
NOT_OVER = Refusal("year_not_over", _("Only a year that is over is counted."))
COUNTED_ALREADY = Refusal(
    "counted_already", _("This year was proposed or counted already; each is counted once."), Status.CONFLICT
)
ANSWERED = Refusal("answered", _("This proposal has been answered."), Status.CONFLICT)
YEARS_BACK = 3
A_WHILE = timedelta(minutes=30)
"""The tries of the job itself are over by then."""


def visible_to(actor: Actor) -> QuerySet[JointCount]:
    """Counts are for those who see counts, on both sides."""
    if not actor.has(Permission.SEE_COUNTS):
        return JointCount.objects.none()
    mine = Q(a=actor.organisation_id) | Q(b=actor.organisation_id)
    return JointCount.objects.filter(mine).select_related("a", "b").order_by("-year", "-proposed_at")


def partners(actor: Actor) -> list[Organisation]:
    """The organisations whose terms with the actor's provide for a joint count."""
    found = []
    for partner in organisations.partners(actor.organisation_id):
        terms = organisations.active_terms(actor.organisation_id, partner.pk)
        if terms is not None and terms.joint_count:
            found.append(partner)
    return found


def years() -> list[int]:
    """The last years that are over, newest first."""
    return [today().year - back for back in range(1, YEARS_BACK + 1)]


def open_years(actor: Actor, among: list[Organisation]) -> list[int]:
    """Those of `years` that can still be proposed to at least one of these partners, newest first."""
    standing = set(_standing().values_list("a_id", "b_id", "year"))
    pairs = [sorted((actor.organisation_id, one.pk)) for one in among]
    return [year for year in years() if any((a, b, year) not in standing for a, b in pairs)]


def _standing() -> QuerySet[JointCount]:
    """Proposed or counted, and neither refused nor given up."""
    return JointCount.objects.filter(refused_at=None, broke_off_at=None)


def why_not_propose(partner: int, year: int, actor: Actor) -> Refusal | None:
    """Why this cannot be proposed now."""
    if not actor.has(Permission.SIGN_AGREEMENT):
        return NOT_PERMITTED
    if partner not in [one.pk for one in partners(actor)]:
        return NOT_ASKED
    if year not in years():
        return NOT_OVER
    a, b = sorted((actor.organisation_id, partner))
    return COUNTED_ALREADY if _standing().filter(a=a, b=b, year=year).exists() else None


def why_not_answer(row: JointCount, actor: Actor) -> Refusal | None:
    """Why this person cannot answer: the other side's signatory does, once."""
    if not actor.has(Permission.SIGN_AGREEMENT) or row.proposed_by_id == actor.organisation_id:
        return NOT_PERMITTED
    return ANSWERED if row.agreed_at or row.refused_at else None


def waiting(actor: Actor) -> list[UUID]:
    """What the actor's organisation agreed to a while ago and is neither counted nor broken off."""
    agreed = JointCount.objects.filter(
        agreed_at__lt=now() - A_WHILE, counted_at=None, broke_off_at=None
    ).exclude(proposed_by=actor.organisation_id)
    return list(agreed.order_by("agreed_at").values_list("pk", flat=True))
