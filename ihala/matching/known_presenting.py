"""What the pages of "is she known there?" show, in words: to each side what is its own to know."""

from typing import Any

from django.utils.translation import gettext as _

from ihala.cases.models import Case
from ihala.consent import rules as consent
from ihala.organisations import rules as organisations
from ihala.organisations.enums import KnownThere
from ihala.organisations.models import Actor, Organisation
from ihala.vault.refusals import NO_CONSENT_TO_ASK

from . import known_rules as rules
from .enums import Result, Says
from .limits import MOST_A_DAY
from .models import KnownQuestion, KnownSide

PAGE = 50
TONES = {
    Result.YES: ("gold", "check"),
    Result.NO: ("quiet", "minus"),
    Result.CLOSER: ("amber", "question"),
    Result.UNCLEAR: ("quiet", "question"),
}


def badge(result: str) -> dict[str, Any]:
    """An answer as a badge."""
    tone, sign = TONES[Result(result)]
    return {"label": Result(result).label, "tone": tone, "sign": sign}


def asking_page(case: Case, actor: Actor) -> dict[str, Any]:
    """Each organisation with terms: whether it tells, whether she consented, whether it was asked already."""
    return {
        "case": case,
        "most": MOST_A_DAY,
        "partners": [_partner(case, partner, mode, actor) for partner, mode in rules.partners(actor)],
    }


def _partner(case: Case, partner: Organisation, mode: KnownThere, actor: Actor) -> dict[str, Any]:
    refusal = rules.why_not_ask(case, partner.pk, actor)
    given = consent.consent_to_ask(case.pk, partner.pk)
    before = rules.answered(case, partner.pk)
    organisation_left, mine_left = rules.left_today(actor, partner.pk)
    return {
        "organisation": partner,
        "lines": organisations.lines(partner),
        "mode": mode.label,
        "why_not": refusal.message if refusal else "",
        "consent_missing": refusal is not None and refusal.code == NO_CONSENT_TO_ASK.code,
        "until": given.until if given else None,
        "left": min(organisation_left, mine_left),
        "before": before,
        "may_read": before is not None and rules.visible_to(actor).filter(pk=before.pk).exists(),
    }


def question_page(question: KnownQuestion, actor: Actor) -> dict[str, Any]:
    """The answer and what to do with it. The other side's case is not known here, only that there is one."""
    asked_us = question.asked_id == actor.organisation_id
    side = KnownSide.objects.select_related("case").filter(
        question=question, organisation=actor.organisation_id
    )
    own = side.first()
    reaches = own is not None and Case.objects.visible_to(actor).filter(pk=own.case_id).exists()
    mine = question.asked_says if asked_us else question.asking_says
    theirs = question.asking_says if asked_us else question.asked_says
    return {
        "question": question,
        "badge": badge(question.result),
        "other": (other := question.asking if asked_us else question.asked),
        "lines": organisations.lines(other),
        "asked_us": asked_us,
        "case": own.case if own else None,
        "reaches": reaches,
        "explained": explained(question.result, asked_us),
        "mine": Says(mine).label if mine else "",
        "theirs": Says(theirs).label if theirs else "",
        "may_say": rules.why_not_say(question, actor) is None,
        "waits": question.result == Result.CLOSER and bool(mine),
    }


def explained(result: str, asked_us: bool) -> str:
    """What the answer means for this side, and what to do next."""
    match Result(result):
        case Result.YES if asked_us:
            return _("They were told that she is known here, on her consent. Expect their call.")
        case Result.YES:
            return _(
                "Telephone their supervisor. Her consent covers the question and this answer; everything further "
                "needs a referral or another consent."
            )
        case Result.NO if asked_us:
            return _("Nobody of yours is like the person they asked about. You are not told who it is.")
        case Result.NO:
            return _("Nobody there is like her. She may be known under another name: ask her.")
        case Result.UNCLEAR:
            return _("Both sides looked and cannot tell. Nothing further is told.")
        case _:
            return _(
                "Somebody may be meant. Telephone the other side and compare what you have before you, without reading "
                "out more than it takes. Then each side says a word of its own."
            )


def rows(actor: Actor) -> list[dict[str, Any]]:
    """The newest questions this person may know of."""
    found = rules.visible_to(actor).order_by("-at", "id")[:PAGE]
    return [
        {
            "question": one,
            "badge": badge(one.result),
            "asked_us": one.asked_id == actor.organisation_id,
            "other": one.asking if one.asked_id == actor.organisation_id else one.asked,
            "may_say": rules.why_not_say(one, actor) is None,
        }
        for one in found
    ]
