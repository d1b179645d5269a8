"""Who may ask another organisation whether it knows a survivor, who sees the answer, what follows from two words.

It queries and never writes.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission, Role
from ihala.cases.models import Case
from ihala.cases.rules import why_not_work
from ihala.consent import rules as consent
from ihala.core.clock import today
from ihala.core.refusal import Refusal, Status
from ihala.organisations import rules as organisations
from ihala.organisations.enums import KnownThere
from ihala.organisations.models import Actor, Organisation
from ihala.vault.refusals import ASKED_OFTEN, NO_CONSENT_TO_ASK, NOT_ASKED

from .enums import Result, Says
from .limits import MOST_A_DAY, MOST_A_PERSON
from .models import KnownQuestion, KnownSide

NOT_VISIBLE = Refusal(
    "not_visible", _("There is nothing at this address that you can see."), Status.NOT_VISIBLE
)
NOT_PERMITTED = Refusal("not_permitted", _("Your role does not do this."), Status.FORBIDDEN)
ASKED_ALREADY = Refusal("asked_already", _("This was asked already; the answer stands."), Status.CONFLICT)
SETTLED = Refusal("settled", _("This question is settled. Reload to see how."), Status.CONFLICT)
SAID = Refusal("said", _("Your side has said its word. It waits for the other side."), Status.CONFLICT)


def why_not_ask(case: Case, partner: int, actor: Actor) -> Refusal | None:
    """Why this person cannot ask the partner about this case now. The key agent asks terms, consent, limits again."""
    if not actor.has(Permission.DRAFT_REFERRAL):
        return NOT_PERMITTED
    if refusal := why_not_work(case, actor):
        return refusal
    terms = organisations.active_terms(actor.organisation_id, partner)
    if terms is None or terms.tells_known(partner) == KnownThere.NONE:
        return NOT_ASKED
    if consent.consent_to_ask(case.pk, partner) is None:
        return NO_CONSENT_TO_ASK
    if answered(case, partner) is not None:
        return ASKED_ALREADY
    return ASKED_OFTEN if 0 in left_today(actor, partner) else None


def answered(case: Case, partner: int) -> KnownQuestion | None:
    """The question about this case that this partner has answered or is looking at."""
    mine = KnownSide.objects.filter(case=case, organisation=case.organisation_id)
    return KnownQuestion.objects.filter(pk__in=mine.values("question"), asked=partner).order_by("-at").first()


def left_today(actor: Actor, partner: int) -> tuple[int, int]:
    """How many questions the organisation, and this person, can still ask the partner today."""
    asked = KnownQuestion.objects.filter(asking=actor.organisation_id, asked=partner, day=today())
    mine = asked.filter(asked_by_id=actor.membership_id)
    return max(0, MOST_A_DAY - asked.count()), max(0, MOST_A_PERSON - mine.count())


def partners(actor: Actor) -> list[tuple[Organisation, KnownThere]]:
    """The organisations with terms in force, and whether each tells."""
    found = []
    for partner in organisations.with_lines(organisations.partners(actor.organisation_id)):
        terms = organisations.active_terms(actor.organisation_id, partner.pk)
        found.append((partner, terms.tells_known(partner.pk) if terms else KnownThere.NONE))
    return found


def visible_to(actor: Actor) -> QuerySet[KnownQuestion]:
    """Answers are for two people: who asked, and the supervisor of the organisation asked."""
    mine = Q(asking=actor.organisation_id, asked_by_id=actor.membership_id)
    theirs = Q(asked=actor.organisation_id) if actor.is_a(Role.SUPERVISOR) else Q(pk=None)
    return KnownQuestion.objects.filter(mine | theirs).select_related("asking", "asked")


def why_not_say(question: KnownQuestion, actor: Actor) -> Refusal | None:
    """Why this person has no word here now."""
    if not visible_to(actor).filter(pk=question.pk).exists():
        return NOT_VISIBLE
    if question.result != Result.CLOSER:
        return SETTLED
    mine = question.asking_says if actor.organisation_id == question.asking_id else question.asked_says
    return SAID if mine else None


def follows(asking_says: str, asked_says: str) -> Result:
    """What both words make: a "no" of either settles it, two times "the same" is a yes."""
    words = {asking_says, asked_says}
    if Says.NO in words:
        return Result.NO
    if "" in words:
        return Result.CLOSER
    return Result.YES if words == {Says.YES} else Result.UNCLEAR
