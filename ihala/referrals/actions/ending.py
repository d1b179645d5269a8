"""Endings: withdrawn, declined by the survivor, entered in error, unanswered; and withdrawal of consent.

Withdrawal of consent depends on nothing: no version, agreement, agent or clock, and works on invalid records.
"""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ihala.consent import actions as consent
from ihala.consent import rules as consent_rules
from ihala.core.clock import now
from ihala.core.refusal import Refusal, Refused
from ihala.core.vocabulary import CONSENTED
from ihala.organisations.models import Actor
from ihala.vault.sealing import Place

from .. import workflow
from ..enums import Link, NextStepKind, RecordKind, Step
from ..models import DestructionTask, Referral
from . import sealed
from .deciding import add_record
from .take import close_package, take


def withdraw(
    referral: Referral, *, by: Actor, reason: str, text: str = "", version: int | None = None
) -> Referral:
    """The sender takes the referral back, for a coded reason."""
    return take(Step.WITHDRAW, referral, by=by, version=version, reason=reason, text=text)


def survivor_declines(
    referral: Referral, *, by: Actor, reason: str, text: str = "", version: int | None = None
) -> Referral:
    """Either side records her words; the sender then records the next step."""
    return take(Step.SURVIVOR_DECLINES, referral, by=by, version=version, reason=reason, text=text)


def enter_in_error(
    referral: Referral, *, by: Actor, reason: str, text: str = "", version: int | None = None
) -> Referral:
    """The referral should never have been; it closes everywhere."""
    return take(Step.ENTER_IN_ERROR, referral, by=by, version=version, reason=reason, text=text)


def no_answer(referral: Referral, *, by: Actor) -> Referral:
    """System step when the ladder of reminders is exhausted: the sender is told at once."""
    return take(Step.NO_ANSWER, referral, by=by)


def record_next_step(
    referral: Referral,
    *,
    by: Actor,
    kind: NextStepKind | str,
    text: str = "",
    linked: Referral | None = None,
    version: int | None = None,
) -> Referral:
    """What happens to her now: one is required before a decline is closed."""

    def change(locked: Referral) -> None:
        if kind == NextStepKind.REFER_ELSEWHERE and (linked is None or linked.link != Link.ELSEWHERE):
            raise Refused(
                Refusal("link_needed", _("Start the new referral first; it is linked to this one."))
            )
        locked.next_step_at = now()
        add_record(locked, RecordKind.NEXT_STEP, by=by, code=kind, text=text, linked=linked)

    return take(
        Step.RECORD_NEXT_STEP, referral, by=by, version=version, change=change, reason=kind, text=text
    )


def withdraw_consent(referral: Referral, *, by: Actor, text: str = "") -> Referral:
    """She takes her consent back: always succeeds, from every state and for either party.

    Every referral that rests on the same consent is closed with it. A legal basis other than consent is not touched,
    so such a referral goes on; the withdrawal is recorded. A note that cannot be sealed now (the key agent is away) is
    left out; `facts.lacks_note` tells.
    """
    visible = Referral.objects.visible_to(by).filter(pk=referral.pk).first()
    if visible is None:
        raise Refused(workflow.NOT_VISIBLE)
    if not by.roles & workflow.ANYONE:
        raise Refused(workflow.NOT_YOURS)
    consent_id = visible.basis_id or _own_consent(visible, by)
    if consent_id is not None and _rests_on_consent(visible):
        _hold(Q(pk=visible.pk) | Q(basis_id=consent_id))
        _record_withdrawal(consent_id, by)
        for other in Referral.objects.filter(basis_id=consent_id).exclude(pk=visible.pk):
            _close_for_withdrawal(other, by, "")
    try:
        return _close_for_withdrawal(visible, by, text)
    except Refused:  # only sealing the note can be refused: what she said does not wait for the key agent
        return _close_for_withdrawal(visible, by, "")


def withdraw_given_consent(consent_id: UUID, *, by: Actor) -> None:
    """The same, starting from the consent: it and every referral that rests on it."""
    _hold(Q(basis_id=consent_id))
    consent.withdraw(consent_id, by=by)
    for referral in Referral.objects.filter(basis_id=consent_id):
        _close_for_withdrawal(referral, by, "")


def _hold(resting: Q) -> None:
    """Lock the referrals before their grants go, as every step does: a step taken at the same time waits its turn."""
    list(Referral.objects.select_for_update(of=("self",)).filter(resting).order_by("pk").values_list("pk"))


def _record_withdrawal(consent_id: UUID, by: Actor) -> None:
    """On the consent itself; where its record is gone or was never valid the referral carries it alone."""
    try:
        consent.withdraw(consent_id, by=by)
    except Refused:
        return


def _own_consent(referral: Referral, by: Actor) -> UUID | None:
    """Before sending the referral carries no basis yet; the sender finds the consent through its case."""
    side = referral.sides.filter(organisation_id=by.organisation_id).first()
    if side is None or by.organisation_id != referral.sender_id:
        return None
    found = consent_rules.live_consent(side.case_id, referral.receiver_id)
    return None if found is None else found.pk


def _rests_on_consent(referral: Referral) -> bool:
    return not referral.basis_kind or referral.basis_kind in CONSENTED


def _close_for_withdrawal(referral: Referral, by: Actor, text: str) -> Referral:
    """The step itself; it asks for nothing and cannot be refused."""
    stays = not _rests_on_consent(referral) or workflow.is_final(referral)

    def change(locked: Referral) -> None:
        locked.consent_withdrawn_at = locked.consent_withdrawn_at or now()
        if stays:
            locked.state = referral.state
        if _rests_on_consent(referral):
            _take_back_content(locked)

    return take(Step.WITHDRAW_CONSENT, referral, by=by, change=change, text=text, unchecked=True)


def _take_back_content(referral: Referral) -> None:
    """Nothing of this referral can be opened by the receiver, who attests what became of its own copies."""
    close_package(referral)
    if referral.sent_at is not None:
        DestructionTask.objects.bulk_create(
            [DestructionTask(referral=referral, organisation_id=referral.receiver_id, created_at=now())],
            ignore_conflicts=True,
        )


def attest_destruction(task: DestructionTask, *, by: Actor, kept_by_law: bool, text: str) -> None:
    """The receiver says what it destroyed and what the law makes it keep."""
    if not by.roles & workflow.SUPERVISORS or task.organisation_id != by.organisation_id:
        raise Refused(workflow.NOT_YOURS)
    if task.done_at is not None:
        raise Refused(Refusal("already_recorded", _("This attestation is recorded already.")))
    if not text.strip():
        raise Refused(Refusal("text_needed", _("Say what was destroyed, and what must be kept and why.")))
    task.text = sealed.seal_own(task.referral, Place.of(task, "text"), text, by=by)
    task.kept_by_law, task.done_at, task.done_by_id = kept_by_law, now(), by.membership_id
    task.save(update_fields=["text", "kept_by_law", "done_at", "done_by_id"])
