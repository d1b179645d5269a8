"""From draft to sent: the package is sealed, the receiver gets triage, the rest waits under the release key."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ihala.accounts.roles import Permission
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.cases import rules as case_rules
from ihala.cases.enums import CaseState
from ihala.cases.models import Case
from ihala.core.clock import now
from ihala.core.kept import Asked
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations import rules as agreements
from ihala.organisations.models import Actor, Terms
from ihala.vault import actions as vault

from .. import facts, workflow
from ..enums import AmendReason, Link, State, Step
from ..models import Referral, ReferralSide
from . import package, sealed
from .take import lock, refuse_unless_possible, settle, take

REVIEW_WITHIN = timedelta(hours=1)


def draft(
    case: Case,
    *,
    by: Actor,
    receiver: int,
    kind: str,
    urgency: str,
    services: Iterable[str],
    services_given: Iterable[str] = (),
    classes: Iterable[str] = (),
    origin: Referral | None = None,
    link: Link | str = "",
) -> Referral:
    """Start a referral from a case of the actor's organisation; nothing leaves the organisation yet."""
    if not by.has(Permission.DRAFT_REFERRAL):
        raise Refused(workflow.NOT_VISIBLE)
    if refusal := case_rules.why_not_work(case, by):
        raise Refused(refusal)
    if case.state == CaseState.ERASED:
        raise Refused(case_rules.ERASED)
    terms = agreements.active_terms(by.organisation_id, receiver)
    if terms is None:
        raise Refused(workflow.NO_TERMS)
    present = now()
    referral = Referral(
        sender_id=by.organisation_id, receiver_id=receiver, terms_id=terms.id, kind=kind, urgency=urgency,
        category=case.category, services=sorted(services), services_given=sorted(services_given),
        classes=sorted({DisclosureClass.TRIAGE, *classes}), origin=origin, link=link,
        state_since=present, created_at=present, changed_at=present,
    )  # fmt: skip
    referral.save(force_insert=True)
    ReferralSide.objects.create(
        referral=referral, organisation_id=by.organisation_id, case=case, author_id=by.membership_id
    )
    audit.record(
        by, EventName.REFERRAL_CREATED, subject_kind="referral", subject_id=referral.pk, referral_id=referral.pk,
        case_id=case.pk,
    )  # fmt: skip
    return referral


def revise(
    referral: Referral,
    *,
    by: Actor,
    version: int | None = None,
    withheld: Iterable[str] | None = None,
    **changes: Any,
) -> Referral:
    """Change a draft: receiver, kind, urgency, services, services_given, classes; and the questions withheld."""
    locked = lock(referral.pk, by)
    refuse_unless_possible(Step.DISCARD, locked, by, version, "", "")
    for name in ("receiver_id", "kind", "urgency"):
        if name in changes:
            setattr(locked, name, changes[name])
    for name in ("services", "services_given", "classes"):
        if name in changes:
            setattr(locked, name, sorted(set(changes[name])))
    locked.classes = sorted({DisclosureClass.TRIAGE, *locked.classes})
    terms = agreements.active_terms(by.organisation_id, locked.receiver_id)
    locked.terms_id = terms.id if terms else None
    settle(locked, State(locked.state))
    locked.save()
    if withheld is not None:
        locked.sides.filter(organisation_id=by.organisation_id).update(withheld=sorted(set(withheld)))
    audit.record(
        by, EventName.REFERRAL_REVISED, subject_kind="referral", subject_id=locked.pk, referral_id=locked.pk
    )
    return locked


def submit(referral: Referral, *, by: Actor, version: int | None = None, text: str = "") -> Referral:
    """Seal what would be sent and ask a supervisor to approve it."""

    def change(locked: Referral) -> list[Event]:
        _pin_terms(locked)
        package.seal(locked, by=by, dispatched=False)
        return _open_to_supervisors(locked, by)

    return take(Step.SUBMIT, referral, by=by, version=version, change=change, text=text)


def send_at_once(
    referral: Referral, *, by: Actor, version: int | None = None, key: UUID | None = None, text: str = ""
) -> Referral:
    """Send an emergency without waiting for approval; a supervisor reviews it within the hour.

    `key` makes a repeated send the same send: the second answers with the referral as the first left it.
    """

    def change(locked: Referral) -> list[Event]:
        locked.send_key = key
        _pin_terms(locked)
        package.seal(locked, by=by, dispatched=True)
        locked.review_due_at = _sent(locked) + REVIEW_WITHIN
        return _open_to_supervisors(locked, by)

    def asked(locked: Referral) -> list[Asked]:
        return package.to_be_sealed(locked, by)

    step = Step.SEND_AT_ONCE
    return take(step, referral, by=by, version=version, change=change, text=text, key=key, ask=asked)


def approve(
    referral: Referral, *, by: Actor, version: int | None = None, key: UUID | None = None, text: str = ""
) -> Referral:
    """A supervisor who is not the author sends what the author submitted. `key` as for `send_at_once`."""

    def change(locked: Referral) -> None:
        locked.send_key = key
        package.dispatch(locked, by=by)
        _sent(locked)

    return take(Step.APPROVE, referral, by=by, version=version, change=change, text=text, key=key)


def return_to_author(
    referral: Referral, *, by: Actor, reason: str, version: int | None = None, text: str = ""
) -> Referral:
    """Give the referral back to its author with a reason that stays inside the organisation."""
    return take(Step.RETURN, referral, by=by, version=version, reason=reason, text=text)


def discard(referral: Referral, *, by: Actor, version: int | None = None) -> None:
    """Delete a draft; only the audit event remains."""
    locked = lock(referral.pk, by)
    refuse_unless_possible(Step.DISCARD, locked, by, version, "", "")
    audit.record(by, "referral.discard", subject_kind="referral", subject_id=locked.pk, referral_id=locked.pk)
    package.forget(locked)


def review_sending(referral: Referral, *, by: Actor, version: int | None = None, text: str = "") -> Referral:
    """A supervisor looks at an emergency that was sent at once."""

    def change(locked: Referral) -> None:
        locked.reviewed_at = now()

    return take(Step.REVIEW_SENDING, referral, by=by, version=version, change=change, text=text)


def amend(
    referral: Referral,
    *,
    by: Actor,
    reason: AmendReason | str,
    classes: Iterable[str] | None = None,
    version: int | None = None,
    text: str = "",
) -> Referral:
    """Send the case as it is now as a new version of the package; what was sent before stays as sent.

    With `classes` the package holds these from now on (and triage); a class left out closes to the receiver in the
    earlier versions too.
    """

    def change(locked: Referral) -> None:
        if classes is not None:
            kept = {str(DisclosureClass.TRIAGE), *map(str, classes)}
            dropped = set(locked.classes) - kept
            locked.classes = sorted(kept)
            vault.close(sealed.package_subject(locked), holder=locked.receiver_id, classes=dropped)
        package.seal(locked, by=by, dispatched=True)

    return take(Step.AMEND, referral, by=by, version=version, change=change, reason=reason, text=text)


def release(referral: Referral, *, by: Actor, version: int | None = None) -> Referral:
    """After the second signature: what waited for it is opened as far as the state of the referral allows."""

    def change(locked: Referral) -> None:
        locked.signature_pending = False
        package.dispatch(locked, by=by)

    return take(Step.RELEASE, referral, by=by, version=version, change=change)


def _pin_terms(referral: Referral) -> None:
    terms = facts.terms_in_force(referral)
    if terms is not None and terms.id is not None and terms.id != referral.terms_id:
        referral.terms = Terms.objects.select_related("agreement").get(pk=terms.id)


def _sent(referral: Referral) -> datetime:
    """From here on the receiver sees the row."""
    referral.sent_at = moment = now()
    return moment


def _open_to_supervisors(referral: Referral, by: Actor) -> list[Event]:
    """Submitting opens the case to the supervisors of its organisation (need to know)."""
    return [package.give_supervisors_access(referral, by=by)]
