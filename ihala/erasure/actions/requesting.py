"""Asking for an erasure, taking the request back, and confirming it as the second person.

The confirmation is the intent: from its commit on the erasure is carried out, however often a process dies over it.
"""

from datetime import date
from uuid import UUID

from procrastinate.contrib.django import app

from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.cases.enums import CaseState
from ihala.cases.models import Case, Person
from ihala.core.clock import now
from ihala.core.refusal import Refusal, Refused
from ihala.organisations.models import Actor
from ihala.vault.salts import OnlyWhole

from .. import rules
from ..enums import AskedBy, Ground, Unit
from ..models import Erasure, Target

CARRY_OUT, QUEUE = "erasure.carry_out", "erasure"
"""The task and the queue that `tasks.py` gives the worker."""


def request(
    case: Case,
    *,
    by: Actor,
    unit: Unit,
    ground: Ground,
    asked_by: AskedBy,
    asked_on: date,
    disclosure_class: str = "",
    person: Person | None = None,
    ask_receivers: bool = False,
) -> Erasure:
    """Ask for an erasure; nothing is touched yet. `ask_receivers`: those who took the case over are asked to attest."""
    locked = lock(case.pk)
    refuse_if(rules.why_not_request(locked, unit, person, by))
    erasure = Erasure(
        organisation_id=by.organisation_id, case=locked, unit=unit, ground=ground, asked_by=asked_by, asked_on=asked_on,
        disclosure_class=disclosure_class if unit == Unit.CLASS else "",
        person_id=person.pk if unit == Unit.PERSON and person else None,
        person_role=person.role if unit == Unit.PERSON and person else "",
        ask_receivers=ask_receivers, requested_by_id=by.membership_id or None, requested_at=now(),
    )  # fmt: skip
    erasure.save(force_insert=True)
    put_on_record(by, EventName.ERASURE_REQUESTED, erasure, unit=unit, ground=ground)
    return erasure


def cancel(erasure: Erasure, *, by: Actor) -> Erasure:
    """Take the request back before it is confirmed."""
    erasure = locked_erasure(erasure.pk)
    refuse_if(rules.why_not_cancel(erasure, by))
    erasure.cancelled_at, erasure.cancelled_by_id = now(), by.membership_id
    erasure.save(update_fields=["cancelled_at", "cancelled_by"])
    put_on_record(by, EventName.ERASURE_CANCELLED, erasure)
    return erasure


def confirm(erasure: Erasure, *, by: Actor) -> Erasure:
    """The second person says yes: the intent is written down and a job follows it.

    A whole case takes nothing new from here. Refused `second_person`, `legal_hold`, `referral_under_way`, `only_whole`.
    """
    erasure = locked_erasure(erasure.pk)
    case = lock(erasure.case_id)
    erasure.case = case
    refuse_if(rules.why_not_confirm(erasure, by))
    erasure.confirmed_at, erasure.confirmed_by_id = now(), by.membership_id
    erasure.save(update_fields=["confirmed_at", "confirmed_by"])
    try:
        Target.objects.bulk_create(_targets(erasure))
    except OnlyWhole:
        raise Refused(rules.ONLY_WHOLE) from None
    if erasure.unit == Unit.CASE:
        Case.objects.filter(pk=case.pk).update(state=CaseState.ERASED, version=case.version + 1)
    put_on_record(by, EventName.ERASURE_CONFIRMED, erasure, unit=erasure.unit, ground=erasure.ground)
    app.configure_task(CARRY_OUT, queue=QUEUE).defer(
        organisation_id=erasure.organisation_id, erasure_id=str(erasure.pk)
    )
    return erasure


def _targets(erasure: Erasure) -> list[Target]:
    """The salts to destroy, as they are now."""
    mine = {"erasure": erasure, "organisation_id": erasure.organisation_id}
    if erasure.unit == Unit.CASE:
        found = [Target(**mine, root=erasure.case_id, of_case=True)]
    else:
        # A form being typed holds every class and everybody, so it goes too.
        parts = [erasure.disclosure_class or str(erasure.person_id), "draft"]
        prints = audit.fingerprints(erasure.case_id, parts)
        found = [
            Target(
                **mine, root=erasure.case_id, of_case=True, parts=list(prints), prints=list(prints.values())
            )
        ]
    for referral in rules.referrals_of(erasure.case):
        prints = _of_referral(referral.pk, rules.parts_of_referral(erasure, referral))
        found.append(
            Target(**mine, root=referral.pk, of_case=False, parts=list(prints), prints=list(prints.values()))
        )
    return [target for target in found if target.parts != []]


def _of_referral(root: UUID, parts: list[str]) -> dict[str, str]:
    return audit.fingerprints(root, parts) if parts else {}


def lock(pk: UUID) -> Case:
    """The case, for this transaction alone; one of another organisation is not there."""
    found = Case.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise Refused(rules.NO_SUCH_CASE)
    return found


def locked_erasure(pk: UUID) -> Erasure:
    """The erasure, for this transaction alone."""
    found = Erasure.objects.select_for_update(of=("self",)).select_related("case").filter(pk=pk).first()
    if found is None:
        raise Refused(rules.NOT_VISIBLE)
    return found


def refuse_if(refusal: Refusal | None) -> None:
    """Raise the refusal, if there is one."""
    if refusal is not None:
        raise Refused(refusal)


def put_on_record(by: Actor, name: EventName, erasure: Erasure, **detail: object) -> None:
    """One event; codes only."""
    audit.record(
        by, name, subject_kind="erasure", subject_id=erasure.pk, case_id=erasure.case_id, detail=detail
    )  # fmt: skip


def record_printed(erasure: Erasure, *, by: Actor) -> None:
    """The certificate was taken along. Refused (`not_visible`) until the erasure is carried out."""
    if erasure.carried_out_at is None:
        raise Refused(rules.NOT_VISIBLE)
    put_on_record(by, EventName.ERASURE_PRINTED, erasure)
