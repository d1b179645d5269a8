"""What pages of other apps show of the desk."""

from typing import Any

from django import template

from ihala.cases.models import Case
from ihala.referrals.models import Referral

from ..enums import Part
from ..rows import rows_of
from ..work import Brief

register = template.Library()
MOST = 20


@register.inclusion_tag("desk/case_referrals.html", takes_context=True)
def case_referrals(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """The referrals of a case, newest first: those sent from it and the one it came from."""
    actor = context["request"].actor
    mine = Referral.objects.visible_to(actor).filter(
        sides__case=case, sides__organisation=actor.organisation_id
    )
    wanted = mine.order_by("-changed_at", "id")[:MOST]
    briefs = [
        Brief(one.id, one.version, one.state, one.due_at, one.changed_at, Part.LISTED) for one in wanted
    ]
    found = rows_of(briefs, actor)
    return {"rows": [found[brief.id] for brief in briefs if brief.id in found], "case": case}
