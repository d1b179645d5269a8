"""Who may search for people, who may be told that a colleague's case has something, and what a match is worth.

Reads and computes, never writes.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission
from ihala.cases.models import Case
from ihala.core.refusal import Refusal, Status
from ihala.organisations.models import Actor

from .enums import Likelihood
from .models import Question, SearchRule

STRONG, LIKELY = 12.0, 7.0
"""Log odds: two parts of a name, or one and a number, against one part alone."""
WHOLE = frozenset({"phone", "document"})

NOT_PERMITTED = Refusal("not_permitted", _("Your role does not include this."), Status.FORBIDDEN)
NOT_VISIBLE = Refusal(
    "not_visible", _("There is nothing here, or it is not open to you."), Status.NOT_VISIBLE
)
NOTHING_TO_ASK = Refusal("nothing_to_ask", _("There is nothing to ask about any more. Search once again."))
ANSWERED = Refusal("question_answered", _("A colleague has answered this already."), Status.CONFLICT)


def may_search(actor: Actor) -> bool:
    """Whose role opens cases; what they find are still only those open to them."""
    return actor.has(Permission.READ_CASE)


def may_be_told(actor: Actor) -> bool:
    """Who could open a second case about the same person is told of the first, where the organisation allows it."""
    if not actor.has(Permission.WRITE_CASE):
        return False
    return SearchRule.objects.filter(organisation=actor.organisation_id, tells_colleagues=True).exists()


def likelihood(score: float, codes: Iterable[str]) -> Likelihood:
    """How likely this is who is looked for."""
    if score >= STRONG or (score >= LIKELY and WHOLE & set(codes)):
        return Likelihood.STRONG
    return Likelihood.LIKELY if score >= LIKELY else Likelihood.POSSIBLE


def rule_of(actor: Actor) -> SearchRule | None:
    """The organisation's rule, if one was ever set."""
    return SearchRule.objects.filter(organisation=actor.organisation_id).first()


def waiting_for(actor: Actor) -> QuerySet[Question]:
    """Questions of colleagues about cases the actor works on, the oldest first."""
    mine = Case.objects.worked_on_by(actor).values("pk")
    found = Question.objects.filter(case__in=mine, answer="").exclude(asked_by=actor.membership_id)
    return found.select_related("case", "asked_by").order_by("asked_at", "pk")


def asked_by(actor: Actor) -> QuerySet[Question]:
    """The actor's own questions, the newest first."""
    found = Question.objects.filter(asked_by=actor.membership_id)
    return found.select_related("case", "answered_by").order_by("-asked_at", "pk")
