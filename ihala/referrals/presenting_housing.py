"""What a referral's page says of beds and of the comparison: to each side what is its own to know."""

from typing import Any

from django.utils.html import format_html_join

from ihala.accounts.roles import Permission
from ihala.organisations.models import Actor
from ihala.shelter.fit_words import sentence
from ihala.shelter.naming import named_place

from . import questions, workflow
from .actions import housing
from .actions.package import Parts
from .enums import Likeness
from .models import Referral

FEW = 4


def beds(referral: Referral, actor: Actor, parts: Parts) -> dict[str, Any]:
    """Until when beds are held; while the receiver decides, which of its units fit and why."""
    mine = referral.receiver_id == actor.organisation_id
    deciding = mine and referral.state in workflow.BEFORE_DECISION and actor.has(Permission.SEE_BEDS)
    moving = referral.accepted_at is not None and referral.arrived_at is None and referral.ended_at is None
    return {
        "held": housing.held_for(referral) if moving else None,
        "advice": _advice(referral, actor, parts)
        if deciding and housing.needs_place(referral, actor)
        else None,
        "comparison": _comparison(referral) if mine else None,
    }


def _advice(referral: Referral, actor: Actor, parts: Parts) -> dict[str, Any]:
    household = housing.household_in(parts, referral)
    found = housing.advice(referral, household, by=actor)
    return {
        "said": sentence(found.answer.verdict, found.answer.clauses),
        "verdict": found.answer.verdict,
        "units": [
            {
                "name": format_html_join(
                    " + ", "{}", ((named_place(given.place.name),) for given in one.given)
                ),
                "said": sentence(one.verdict, one.clauses),
            }
            for one in found.suggestions[:FEW]
        ],
    }


def _comparison(referral: Referral) -> dict[str, Any] | None:
    last = questions.last_comparison(referral)
    if last is None:
        deposited = referral.acknowledged_at is not None and questions.has_persons_deposit(referral)
        return {"missing": True} if deposited else None
    return {
        "missing": False,
        "closer": last.result == Likeness.CLOSER,
        "label": Likeness(last.result).label,
        "at": last.at,
    }
