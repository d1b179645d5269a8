"""The yearly joint count: one organisation proposes, the other agrees, the worker has it counted once."""

from uuid import UUID

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from ihala.accounts.roles import Role
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.notifications import actions as notifications
from ihala.notifications.enums import Kind as Notice
from ihala.organisations.models import Actor
from ihala.vault.refusals import ASKED_OFTEN

from .. import joint, joint_rules, reading
from ..models import JointCount

COUNT = "matching.joint"
OFFICERS = [Role.DIRECTOR, Role.DPO]


def propose_joint(partner: int, year: int, *, by: Actor) -> JointCount:
    """Propose to count a year that is over.

    Refused `not_permitted`, `not_agreed`, `year_not_over`, `counted_already`.
    """
    if refusal := joint_rules.why_not_propose(partner, year, by):
        raise Refused(refusal)
    a, b = sorted((by.organisation_id, partner))
    row = JointCount(
        a_id=a, b_id=b, year=year, proposed_by_id=by.organisation_id, proposer_id=by.membership_id, proposed_at=now()
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(joint_rules.COUNTED_ALREADY) from None
    _told(row, EventName.JOINT_PROPOSED, by, Notice.SOMETHING_WAITS)
    return row


def answer_joint(row: JointCount, *, by: Actor, agrees: bool) -> JointCount:
    """Agree, and have it counted by the worker; or not. Refused `not_visible`, `not_permitted`, `answered` (409)."""
    found = JointCount.objects.select_for_update().filter(pk=row.pk).first()
    if found is None:
        raise Refused(joint_rules.NOT_VISIBLE)
    if refusal := joint_rules.why_not_answer(found, by):
        raise Refused(refusal)
    found.answerer_id = by.membership_id
    setattr(found, "agreed_at" if agrees else "refused_at", now())
    found.save(update_fields=["answerer_id", "agreed_at", "refused_at"])
    if agrees:
        app.configure_task(COUNT, queue="matching").defer(
            organisation_id=by.organisation_id, count_id=str(found.pk)
        )
    _told(found, EventName.JOINT_AGREED if agrees else EventName.JOINT_REFUSED, by, Notice.SOMETHING_CHANGED)
    return found


def count_joint(count_id: UUID, *, by: Actor) -> JointCount | None:
    """Have it counted, once; None where it was. `Refused` as `joint.count` says, and the worker tries again.

    Once the key agent has begun it as often as it may, it has broken off: that is said, and it may be proposed anew.
    """
    found = (
        JointCount.objects.select_for_update().filter(pk=count_id, counted_at=None, broke_off_at=None).first()
    )
    if found is None:
        return None
    reading.take_time()
    try:
        found.told = joint.count(by, count_id).told
        found.counted_at = now()
    except Refused as refused:
        if refused.refusal != ASKED_OFTEN:
            raise
        found.broke_off_at = now()
    found.save(update_fields=["told", "counted_at", "broke_off_at"])
    for organisation in (found.a_id, found.b_id):
        notifications.notify(
            organisation, roles=OFFICERS, kind=Notice.SOMETHING_CHANGED, subject_id=found.pk, author=by
        )
    return found


def _told(row: JointCount, name: EventName, by: Actor, notice: Notice) -> None:
    other = row.b_id if row.a_id == by.organisation_id else row.a_id
    audit.record(by, name, subject_kind="joint", subject_id=row.pk, concerns=other, detail={"year": row.year})
    notifications.notify(other, roles=OFFICERS, kind=notice, subject_id=row.pk, author=by)
