"""What the guards and actions ask about a referral, asked once per loaded row.

Each answer is kept on the instance it was asked of. A step works on a freshly locked instance, so nothing here outlives
the step (or the page) it was asked for.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from ihala.consent import rules as consent_rules
from ihala.core.kept import Asked, kept
from ihala.core.vocabulary import Kind
from ihala.organisations import rules as agreements
from ihala.organisations.rules import TermsView

from . import questions
from .enums import Likeness, RecordKind, Step
from .models import Referral, ReferralSide, SideRecord, StepTaken
from .models_apart import Comparison

_ABSENT = object()


def _kept(referral: Referral, name: str) -> Any:
    return referral.__dict__.get(f"_fact_{name}", _ABSENT)


def _keep(referral: Referral, name: str, value: Any) -> Any:
    referral.__dict__[f"_fact_{name}"] = value
    return value


def forget(referral: Referral) -> None:
    """Ask anew: something the answers rest on has changed."""
    for name in [name for name in referral.__dict__ if name.startswith("_fact_")]:
        del referral.__dict__[name]


def terms_in_force(referral: Referral) -> TermsView | None:
    """The terms in force between the two organisations now; the pinned ones cost no query while they are."""
    if (found := _kept(referral, "terms")) is not _ABSENT:
        return found
    pinned = referral.terms
    if pinned is not None and pinned.active_from is not None and pinned.ended_at is None:
        return _keep(referral, "terms", agreements.view(pinned))
    return _keep(referral, "terms", agreements.active_terms(referral.sender_id, referral.receiver_id))


def pinned_terms(referral: Referral) -> TermsView | None:
    """The terms the referral was sent under."""
    if referral.terms is None:
        return None
    if (found := _kept(referral, "pinned")) is not _ABSENT and found.id == referral.terms_id:
        return found
    return _keep(referral, "pinned", agreements.view(referral.terms))


def side(referral: Referral, organisation_id: int) -> ReferralSide | None:
    """The row in which that organisation keeps its own side, with its case; None where it has none (or hides it)."""
    name = f"side_{organisation_id}"
    if (found := _kept(referral, name)) is not _ABSENT:
        return found
    return _keep(referral, name, questions.side_of(referral, organisation_id))


def lacks_note(referral: Referral, step: Step) -> bool:
    """Whether the line of the last such step came to stand without a note. One query."""
    last = (
        StepTaken.objects.filter(referral=referral, step=step).order_by("-id").values_list("note", flat=True)
    )
    return last.first() is None


def conflict_check(referral: Referral) -> tuple[SideRecord | None, datetime | None]:
    """The last attestation, and since when comparisons say "look closer" (None if the last one did not). One query.

    A tie that stays is no news: who attested after the first of these answers did so in knowledge of it. Another answer
    in between, or values deposited anew, begin afresh.
    """
    found = next(iter(_conflict_check(None, referral=referral.pk)), None)
    return found, getattr(found, "closer_since", None)


def check_asked(referral: Referral) -> Asked:
    """What that asks, to be asked `ahead`."""
    return _conflict_check.asked(None, referral=referral.pk)


@kept
def _conflict_check(_nobody: None) -> QuerySet[SideRecord]:
    mine = Comparison.objects.filter(referral=OuterRef("referral"))
    afresh = mine.filter(number__gt=OuterRef("number")).exclude(
        result=Likeness.CLOSER, version=OuterRef("version")
    )
    closer = mine.filter(~Exists(afresh), result=Likeness.CLOSER).order_by("number").values("at")[:1]
    checks = SideRecord.objects.filter(referral=questions.REFERRAL, kind=RecordKind.CONFLICT_CHECK)
    return checks.annotate(closer_since=Subquery(closer)).order_by("-at")[:1]


def basis(referral: Referral) -> consent_rules.Basis | None:
    """On what disclosing rests now, as the sender's side knows it; a pull request discloses nothing."""
    if referral.kind == Kind.PULL_REQUEST:
        return None
    if (found := _kept(referral, "basis")) is not _ABSENT:
        return found
    mine = side(referral, referral.sender_id)
    case_id = None if mine is None else mine.case_id
    return _keep(referral, "basis", consent_rules.basis_for(case_id, referral.receiver_id))
