"""Terms are proposed by one party, countersigned by the other, and then in force; either may end them."""

from typing import Any

from django.db import IntegrityError, transaction

from ihala.audit.enums import EventName
from ihala.core.clock import now

from .. import refusals, rules
from ..enums import TermsEnd
from ..models import Actor, Agreement, Organisation, Terms
from .log import recorded, refuse_if


def propose_terms(other: Organisation, data: dict[str, Any], *, by: Actor) -> Terms:
    """A new version of the terms with `other`, waiting for its signature; the agreement is made if there is none."""
    refuse_if(rules.why_not_propose(other, data, by), by, EventName.AGREEMENT_PROPOSED)
    a, b = sorted((by.organisation_id, other.pk))
    agreement, _made = Agreement.objects.get_or_create(a_id=a, b_id=b, defaults={"created_at": now()})
    last = Terms.objects.filter(agreement=agreement).order_by("-version").first()
    terms = Terms(
        agreement=agreement,
        version=1 if last is None else last.version + 1,
        data=data,
        proposed_by_id=by.organisation_id,
        proposer_id=by.membership_id,
        proposer_ar=by.name_ar,
        proposer_en=by.name_en,
        proposed_at=now(),
    )
    try:
        with transaction.atomic():
            terms.save(force_insert=True)
    except IntegrityError:  # somebody proposed between the question and the answer
        refuse_if(refusals.PROPOSAL_WAITS, by, EventName.AGREEMENT_PROPOSED)
    recorded(by, EventName.AGREEMENT_PROPOSED, concerns=other.pk, terms=terms.pk, version=terms.version)
    return terms


def countersign(terms: Terms, *, by: Actor) -> Terms:
    """The other party signs: this version is in force and the former one ends, in one step."""
    locked, active = _locked(terms)
    refuse_if(rules.why_not_countersign(locked, by), by, EventName.AGREEMENT_COUNTERSIGNED)
    present = now()
    if active is not None:
        _end(active, TermsEnd.SUPERSEDED)
    locked.countersigned_by_id = by.organisation_id
    locked.countersigner_id = by.membership_id
    locked.countersigner_ar = by.name_ar
    locked.countersigner_en = by.name_en
    locked.active_from = present
    locked.save()
    recorded(
        by,
        EventName.AGREEMENT_COUNTERSIGNED,
        concerns=locked.proposed_by_id,
        terms=locked.pk,
        version=locked.version,
    )
    return locked


def withdraw_proposal(terms: Terms, *, by: Actor) -> Terms:
    """The proposer takes a waiting proposal back, or the other party refuses it."""
    locked, _active = _locked(terms)
    refuse_if(rules.why_not_withdraw(locked, by), by, EventName.AGREEMENT_ENDED)
    _end(locked, TermsEnd.WITHDRAWN)
    recorded(
        by,
        EventName.AGREEMENT_ENDED,
        concerns=_other(locked, by),
        terms=locked.pk,
        version=locked.version,
        reason=locked.end_reason,
    )
    return locked


def end_agreement(agreement: Agreement, *, by: Actor) -> Terms:
    """One party ends what is in force: nothing new can be sent, what was sent keeps the version it has pinned."""
    found = Terms.objects.select_related("agreement").select_for_update(of=("self",))
    active = found.filter(agreement=agreement, active_from__isnull=False, ended_at=None).first()
    refuse_if(rules.why_not_end(active, by), by, EventName.AGREEMENT_ENDED)
    assert active is not None  # noqa: S101  or it was refused
    _end(active, TermsEnd.AGREEMENT_ENDED)
    recorded(
        by,
        EventName.AGREEMENT_ENDED,
        concerns=_other(active, by),
        terms=active.pk,
        version=active.version,
        reason=active.end_reason,
    )
    return active


def _locked(terms: Terms) -> tuple[Terms, Terms | None]:
    """The version and the one in force, both locked in the order of their keys so that two signers never deadlock."""
    versions = Terms.objects.select_related("agreement").select_for_update(of=("self",))
    rows = list(versions.filter(agreement=terms.agreement_id, ended_at=None).order_by("pk"))
    active = next((row for row in rows if row.active_from is not None), None)
    wanted = next((row for row in rows if row.pk == terms.pk), None)
    return wanted or Terms.objects.select_related("agreement").get(pk=terms.pk), active


def _end(terms: Terms, reason: TermsEnd) -> None:
    terms.ended_at = now()
    terms.end_reason = reason
    terms.save()


def _other(terms: Terms, by: Actor) -> int:
    return terms.agreement.other(by.organisation_id).pk
