"""The five beats every step takes: lock the row → why_not → change → audit → notify on commit.

A refused step is rolled back to a savepoint and still audited; a stale version is refused in words that say who
changed what.
"""

from collections.abc import Callable
from copy import copy
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, QuerySet, UUIDField
from django.utils.translation import gettext as _

from ihala.accounts.roles import Role
from ihala.audit import actions as audit
from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.core.kept import Asked, Given, ahead, kept
from ihala.core.refusal import Refusal, Refused, Status
from ihala.core.text import moment
from ihala.core.writing import change as change_row
from ihala.core.writing import in_one_go, insert
from ihala.notifications import actions as notifications
from ihala.notifications.enums import Kind as Notice
from ihala.organisations.models import Actor
from ihala.vault import actions as vault

from .. import facts, questions, rules, workflow
from ..enums import Side, State, Step
from ..models import Referral, ReferralSide, StepTaken
from . import housing, keeping_apart, sealed

Change = Callable[[Referral], list[Event] | None]
"""What a step changes; it may answer with events to be recorded along with the step's own."""


def take(
    step: Step,
    referral: Referral,
    *,
    by: Actor,
    version: int | None = None,
    change: Change | None = None,
    reason: str = "",
    text: str = "",
    unchecked: bool = False,
    key: UUID | None = None,
    ask: Callable[[Referral], list[Asked]] | None = None,
) -> Referral:
    """Take `step`; returns the fresh row. `unchecked` is for what must always succeed (withdrawal of consent).

    A send repeated with the same `key` answers with the row as it is. `ask`: what guards and change will ask of the
    locked row and the change does not alter before, to be asked `ahead`.
    """
    try:
        with transaction.atomic():
            locked = _at_hand(referral, by)
            if key is not None and locked.send_key == key:
                return locked
            before = State(locked.state)
            with ahead(*(ask(locked) if ask is not None else ())):
                if not unchecked:
                    refuse_unless_possible(step, locked, by, version, reason, text)
                locked.state = workflow.STEPS[step].to or locked.state
                along = change(locked) if change is not None else None
            settle(locked, before)
            _write(step, locked, before, by, reason, text, along or [])
            tell(step, locked, by)
            return locked
    except Refused as refused:
        audit.record(
            by, f"referral.{step}", subject_kind="referral", subject_id=referral.pk, referral_id=referral.pk,
            refusal=refused.refusal.code,
        )  # fmt: skip
        raise


def _write(
    step: Step, row: Referral, before: State, by: Actor, reason: str, text: str, along: list[Event]
) -> None:
    """The row, its line of the timeline and the event, in one go."""
    with in_one_go():
        change_row(row, CHANGING)
        write_timeline(step, row, before, by, reason, text)
        put_on_record(step, row, before, by, reason, along)


CHANGING = [
    f.name
    for f in Referral._meta.concrete_fields
    if f.name not in ("id", "reference", "sender", "created_at")
]


def put_on_record(
    step: Step, referral: Referral, before: State, by: Actor, reason: str, along: list[Event]
) -> None:
    """The event of a step taken; once sent, the other side reads it too."""
    audit.record(
        by, f"referral.{step}", subject_kind="referral", subject_id=referral.pk, referral_id=referral.pk,
        concerns=referral.other(by.organisation_id) if referral.sent_at else None,
        detail={"from": before, "to": referral.state, "reason": reason}, along=along,
    )  # fmt: skip


def lock(pk: UUID, by: Actor) -> Referral:
    """The referral as it stands now, locked until the transaction ends; refused where the actor cannot see it."""
    return _locked(by, "pk", pk)


TAKEN_UP = "_taken_up"


def take_up(reference: str, by: Actor) -> Referral:
    """The same by its reference; the one step taken next on this instance need not lock it again."""
    found = _locked(by, "reference", reference)
    found.__dict__[TAKEN_UP] = True
    return found


def _at_hand(referral: Referral, by: Actor) -> Referral:
    """Locked already or locked now; nothing that was asked about it before is believed.

    A copy, so that after a refusal the caller still holds the row as it stands.
    """
    if not referral.__dict__.pop(TAKEN_UP, False):
        return lock(referral.pk, by)
    mine = copy(referral)
    facts.forget(mine)
    return mine


def _locked(by: Actor, column: str, key: UUID | str) -> Referral:
    found = next(iter(_lockable(by, column, key=key)), None)
    if found is None:
        raise Refused(workflow.NOT_VISIBLE)
    return found


@kept
def _lockable(by: Actor, column: str) -> QuerySet[Referral]:
    visible = Referral.objects.visible_to(by).select_related("terms__agreement")
    given = Given("key", UUIDField() if column == "pk" else CharField())
    return visible.telling_reach(by).select_for_update(of=("self",)).filter(**{column: given})


def refuse_unless_possible(
    step: Step, referral: Referral, by: Actor, version: int | None, reason: str, text: str
) -> None:
    """Raise `Refused` for a stale version, an impossible step or a missing reason."""
    if version is not None and version != referral.version:
        raise Refused(stale(referral))
    refusal = workflow.why_not(step, referral, by) or workflow.refusing_reason(step, reason, text)
    if refusal is not None:
        raise Refused(refusal)


def stale(referral: Referral) -> Refusal:
    """Says who changed what since the page was loaded."""
    last = StepTaken.objects.filter(referral=referral).select_related("organisation").order_by("-id").first()
    who = last.organisation.name if last else ""
    what = Step(last.step).label if last else ""
    when = moment(last.at) if last else ""
    message = _("%(who)s has meanwhile taken the step “%(what)s” (%(when)s). Nothing of yours was lost: look at the "
                "referral as it is now and decide again.") % {"who": who, "what": what, "when": when}  # fmt: skip
    return Refusal("stale_version", message, Status.CONFLICT)


def settle(referral: Referral, before: State) -> None:
    """After the change: count the version, set whose turn it is and until when, and close what ended."""
    present = now()
    referral.version += 1
    referral.changed_at = present
    if referral.state != before:
        referral.state_since = present
    turn = workflow.turn(referral)
    referral.waits_for_sender = Side.SENDER in turn
    referral.waits_for_receiver = Side.RECEIVER in turn
    referral.due_at = rules.due_at(referral, facts.pinned_terms(referral), referral.state_since)
    if workflow.is_final(referral) and referral.ended_at is None:
        referral.ended_at = present
        close_package(referral)
        if referral.arrived_at is None and referral.accepted_at is not None:
            housing.free(referral)
            remove_expected_case(referral)


def close_package(referral: Referral) -> None:
    """Nothing of the package can be opened by the receiver any more: its grants and deposits are deleted."""
    vault.close(sealed.package_subject(referral), holder=referral.receiver_id)
    keeping_apart.close(referral, referral.receiver_id)


def remove_expected_case(referral: Referral) -> None:
    """An ending before arrival removes the receiver's expected case."""
    system = Actor.system_of(referral.receiver_id)
    with acting(system):
        side = ReferralSide.objects.filter(referral=referral, organisation=referral.receiver_id).first()
        if side is not None and side.case is not None:
            cases.remove_expected_case(side.case, by=system)


def write_timeline(step: Step, referral: Referral, before: State, by: Actor, reason: str, text: str) -> None:
    """One line of the timeline; its note is readable by whoever sees the line."""
    rule = workflow.STEPS[step]
    private = rule.private or referral.sent_at is None
    line = StepTaken(
        referral=referral, step=step, from_state=before, to_state=referral.state, organisation_id=by.organisation_id,
        membership_id=by.membership_id, reason=reason, at=now(),
        private_to_id=by.organisation_id if private else None,
    )  # fmt: skip
    if text.strip():
        line.note = sealed.seal_note(line, text, by=by)
    insert([line])


def tell(step: Step, referral: Referral, by: Actor) -> None:
    """Tell whom the step names: duty officers and supervisors of a side, and the colleague who works on it."""
    for side in workflow.STEPS[step].tells:
        organisation = referral.sender_id if side is Side.SENDER else referral.receiver_id
        if side is Side.SENDER or referral.sent_at is not None:
            notifications.notify(
                organisation, roles=[Role.DUTY_OFFICER, Role.SUPERVISOR], kind=Notice.SOMETHING_WAITS,
                subject_id=referral.pk, author=by, membership_id=_worker(referral, organisation, by),
            )  # fmt: skip


def _worker(referral: Referral, organisation_id: int, by: Actor) -> int | None:
    """Who works on the referral at that organisation: whom it was given to, else its author."""
    if organisation_id == referral.receiver_id and referral.acknowledged_at is None:
        return None
    if organisation_id == by.organisation_id:
        side = facts.side(referral, organisation_id)
    else:
        side = questions.side_there(referral, organisation_id, by)
    return None if side is None else side.assigned_id or side.author_id
