"""Who may look at a pair of cases, who is told that there is one to assign, and what stands in the way of deciding.

It queries and never writes.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission
from ihala.cases.enums import CaseState
from ihala.cases.models import Case
from ihala.core.refusal import Refusal, Status
from ihala.organisations.models import Actor

from .enums import Decision
from .models import Pair

NOT_VISIBLE = Refusal(
    "not_visible", _("There is nothing here, or it is not open to you."), Status.NOT_VISIBLE
)
NOT_PERMITTED = Refusal("not_permitted", _("Your role does not include this."), Status.FORBIDDEN)
DECIDED = Refusal("pair_decided", _("Somebody has decided this already. Reload to see how."), Status.CONFLICT)
UNDECIDED = Refusal("pair_undecided", _("Nothing is decided that could be taken back."), Status.CONFLICT)
PRIMARY_NEEDED = Refusal("primary_needed", _("Choose which of the two cases to go on with."))
READABLE = (CaseState.OPEN, CaseState.CLOSED)


def visible_to(actor: Actor) -> QuerySet[Pair]:
    """Need to know: only who has access for good to both cases, and writes cases."""
    if not actor.has(Permission.WRITE_CASE):
        return Pair.objects.none()
    mine = Case.objects.worked_on_by(actor).values("pk")
    found = Pair.objects.filter(one__in=mine, other__in=mine)
    return found.select_related("one", "other", "primary", "decided_by")


def to_assign(actor: Actor) -> QuerySet[Pair]:
    """Undecided pairs that a supervisor may give to a colleague, since not both cases are open to them."""
    if not actor.has(Permission.ASSIGN):
        return Pair.objects.none()
    waiting = Pair.objects.filter(decision="").exclude(pk__in=visible_to(actor).values("pk"))
    return waiting.select_related("one", "other").order_by("found_at", "pk")


def linked_with(case: Case) -> QuerySet[Pair]:
    """The pairs in which this case is the same person's as another one."""
    of_case = Q(one=case) | Q(other=case)
    return Pair.objects.filter(of_case, decision=Decision.SAME).select_related("one", "other", "primary")


def why_not_decide(pair: Pair, decision: str, primary: Case | None, actor: Actor) -> Refusal | None:
    """Why this cannot be decided by this person now."""
    if not visible_to(actor).filter(pk=pair.pk).exists():
        return NOT_VISIBLE
    if pair.decision:
        return DECIDED
    chosen = primary is not None and primary.pk in (pair.one_id, pair.other_id)
    return PRIMARY_NEEDED if decision == Decision.SAME and not chosen else None


def why_not_undo(pair: Pair, actor: Actor) -> Refusal | None:
    """Why a decision cannot be taken back by this person."""
    if not visible_to(actor).filter(pk=pair.pk).exists():
        return NOT_VISIBLE
    return None if pair.decision else UNDECIDED


def why_not_assign(pair: Pair, actor: Actor) -> Refusal | None:
    """A supervisor or duty officer gives an undecided pair to somebody."""
    if not actor.has(Permission.ASSIGN):
        return NOT_PERMITTED
    return DECIDED if pair.decision else None
