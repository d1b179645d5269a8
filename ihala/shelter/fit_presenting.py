"""What the pages of asking show, in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ihala.accounts.roles import Permission
from ihala.cases.enums import CaseState, Need
from ihala.cases.models import Case
from ihala.core.vocabulary import AgeBand, Service, Sex
from ihala.organisations import rules as organisations
from ihala.organisations.models import Actor

from . import asked
from .asked import Reply
from .fit import Household
from .fit_words import Verdict, sentence
from .models import MOST_A_DAY, Asking, Enquiry
from .shapes import WINDOW, household_of

PAGE = 50
TONES = {
    Verdict.FITS: ("green", "check"),
    Verdict.CONDITIONS: ("amber", "question"),
    Verdict.NO: ("quiet", "minus"),
}


def people(household: Household) -> list[str]:
    """ "2 × female, 5 to 11", one line for each kind of people."""
    counted: dict[tuple[str, str], int] = {}
    for member in household.members:
        counted[member.sex, member.age_band] = counted.get((member.sex, member.age_band), 0) + 1
    comma = pgettext("between items of a list", ", ")
    return [
        (
            _("%(count)d × %(who)s")
            % {"count": count, "who": f"{Sex(sex).label}{comma}{AgeBand(band).label}"}
        ).replace(" × ", "\u00a0×\u00a0")
        for (sex, band), count in counted.items()
    ]


def needs(household: Household) -> str:
    """The needs of the place, in the order of the list."""
    return " · ".join(str(need.label) for need in Need if need in household.needs)


def services(codes: Iterable[str]) -> str:
    """Their words."""
    return " · ".join(str(Service(code).label) for code in codes)


def look(verdict: str) -> dict[str, Any]:
    """A verdict as a badge."""
    if not verdict:
        return {"label": _("Answered by hand: not yet"), "tone": "blue", "sign": "clock"}
    tone, sign = TONES[Verdict(verdict)]
    return {"label": Verdict(verdict).label, "tone": tone, "sign": sign}


def enquiry_page(enquiry: Enquiry, actor: Actor) -> dict[str, Any]:
    """The context of `fit/answers.html`."""
    household = household_of(enquiry.shape)
    replies = asked.replies(enquiry)
    organisations.with_lines(reply.partner.organisation for reply in replies)
    case = None
    if enquiry.case_id is not None:
        mine = Case.objects.worked_on_by(actor).filter(state=CaseState.OPEN)
        case = mine.filter(pk=enquiry.case_id).first()
    return {
        "enquiry": enquiry,
        "case": case,
        "people": people(household),
        "needs": needs(household),
        "services": services(enquiry.services),
        "until": enquiry.window + WINDOW,
        "replies": [_reply(reply) for reply in replies],
        "may_refer": case is not None and actor.has(Permission.DRAFT_REFERRAL),
    }


def _reply(reply: Reply) -> dict[str, Any]:
    why = {
        "none": _("By its agreement this organisation answers no questions. A referral can be sent."),
        "not_covered": _("The agreement does not cover this category, service or direction."),
        "often": _(
            "This organisation was asked as often as one day allows. Telephone, or send the referral."
        ),
    }
    asking = reply.asking
    said = sentence(asking.verdict, asking.clauses) if asking and asking.verdict else why.get(reply.why, "")
    return {
        "organisation": reply.partner.organisation,
        "lines": organisations.lines(reply.partner.organisation),
        "asking": asking,
        "badge": look(asking.verdict) if asking else None,
        "said": said,
        "covered": reply.why != "not_covered",
    }


def page_of_askings(actor: Actor) -> dict[str, Any]:
    """The context of `fit/asked.html`."""
    listed = list(asked.asked_of(actor)[:PAGE])
    return {
        "rows": [_row(asking) for asking in listed],
        "slots": [{"organisation": who, "count": count} for who, count in asked.slots_today(actor)],
        "most": MOST_A_DAY,
        "may_answer": actor.has(Permission.ANSWER_INBOX),
        "own": list(asked.visible_to(actor).order_by("-asked_at")[:PAGE])
        if actor.has(Permission.DRAFT_REFERRAL)
        else [],
        "verdicts": Verdict.choices,
    }


def _row(asking: Asking) -> dict[str, Any]:
    household = household_of(asking.shape)
    return {
        "asking": asking,
        "who": asking.asking,
        "people": people(household),
        "needs": needs(household),
        "badge": look(asking.verdict),
        "waits": not asking.verdict,
    }
