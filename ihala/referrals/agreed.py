"""What the terms of an agreement may ask for beyond the mechanism's own guards."""

from django.utils.translation import gettext_lazy as _

from ihala.core.refusal import Refusal, Status
from ihala.core.vocabulary import Urgency
from ihala.organisations.enums import SecondPersonStep
from ihala.organisations.models import Actor

from . import facts
from .models import Referral


def second_accepts(referral: Referral, actor: Actor, attested_by: int) -> Refusal | None:
    """If the terms say so, not whoever attested the conflict check accepts; an emergency never waits for it."""
    terms = facts.pinned_terms(referral)
    asked = terms is not None and terms.second_person(SecondPersonStep.ACCEPT)
    if asked and referral.urgency != Urgency.EMERGENCY and attested_by == actor.membership_id:
        return Refusal(
            "second_person",
            _(
                "The agreement asks for a second person: somebody else than who attested the conflict check accepts."
            ),
            Status.FORBIDDEN,
        )
    return None
