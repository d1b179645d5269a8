"""Asking whether a survivor is known to another organisation, and what people say who looked closer."""

from datetime import date
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from ihala.accounts.roles import Role
from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.cases.models import Case
from ihala.core.acting import acting
from ihala.core.clock import now, today
from ihala.core.refusal import Refused
from ihala.notifications import actions as notifications
from ihala.notifications.enums import Kind as Notice
from ihala.organisations.models import Actor

from .. import known_rules as rules
from .. import private, reading
from ..enums import Result, Says
from ..models import KnownQuestion, KnownSide


def ask_known(case: Case, *, by: Actor, partner: int) -> KnownQuestion:
    """Ask, and keep question and answer. The key agent asks terms, consent and limits again, on record first.
    Of two who ask about one case at once, the later one sees the answer of the first.

    Refused `not_permitted`, `not_visible`, `asked_already`, and what `private.known_there` refuses.
    """
    Case.objects.select_for_update(no_key=True).filter(pk=case.pk).first()
    if refusal := rules.why_not_ask(case, partner, by):
        raise Refused(refusal)
    key = uuid4()
    reading.take_time()
    told = private.known_there(by, key, case.pk, partner)
    question = _kept(key, told.result, by, partner)
    _side(question, by.organisation_id, case.pk)
    if told.case is not None:
        with acting(Actor.system_of(partner)):
            _side(question, partner, told.case)
        notice = Notice.SOMETHING_WAITS if told.result == Result.CLOSER else Notice.SOMETHING_CHANGED
        notifications.notify(partner, roles=[Role.SUPERVISOR], kind=notice, subject_id=key, author=by)
    return question


def _kept(key: UUID, result: str, by: Actor, partner: int) -> KnownQuestion:
    """The row; two people who ask at once meet at the constraints, and the later one takes the next slot."""
    while True:
        slot, turn = _next(by, partner, today())
        row = KnownQuestion(
            id=key, asking_id=by.organisation_id, asked_id=partner, day=today(), slot=slot, turn=turn,
            asked_by_id=by.membership_id, at=now(), result=result,
            settled_at=None if result == Result.CLOSER else now(),
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return row
        except IntegrityError:
            if (slot, turn) == _next(by, partner, today()):
                raise


def _next(by: Actor, partner: int, day: date) -> tuple[int, int]:
    asked = KnownQuestion.objects.filter(asking=by.organisation_id, asked=partner, day=day)
    return asked.count() + 1, asked.filter(asked_by_id=by.membership_id).count() + 1


def _side(question: KnownQuestion, organisation: int, case: UUID) -> None:
    KnownSide(question=question, organisation_id=organisation, case_id=case).save(force_insert=True)


def say_known(question: KnownQuestion, says: Says | str, *, by: Actor) -> KnownQuestion:
    """Say of one's own record whether it is the same person, after speaking with the other side by telephone.

    A "no" of either side settles it; else it waits for both. Refused `not_visible`, `not_permitted`, `settled` (409).
    """
    row = KnownQuestion.objects.select_for_update().filter(pk=question.pk).first()
    if row is None:
        raise Refused(rules.NOT_VISIBLE)
    if refusal := rules.why_not_say(row, by):
        raise Refused(refusal)
    mine = "asking_says" if by.organisation_id == row.asking_id else "asked_says"
    setattr(row, mine, Says(says))
    row.result = rules.follows(row.asking_says, row.asked_says)
    row.settled_at = None if row.result == Result.CLOSER else now()
    row.save(update_fields=[mine, "result", "settled_at"])
    KnownSide.objects.filter(question=row, organisation=by.organisation_id).update(
        said_by_id=by.membership_id, said_at=now()
    )
    other = row.asked_id if mine == "asking_says" else row.asking_id
    audit.record(by, EventName.KNOWN_SAID, subject_kind="known", subject_id=row.pk, concerns=other)
    notifications.notify(
        other, roles=[Role.SUPERVISOR] if other == row.asked_id else [], kind=Notice.SOMETHING_CHANGED,
        subject_id=row.pk, author=by, membership_id=row.asked_by_id if other == row.asking_id else None,
    )  # fmt: skip
    return row
