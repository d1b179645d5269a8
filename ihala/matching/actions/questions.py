"""Asking those who work on a case, answering them, and the rule that allows it. Content-free, and on record.

Nobody can ask about a case by naming it: what was typed is searched once more, and what is found is asked about.
"""

from django.db import IntegrityError, transaction

from ihala.accounts.roles import Permission, Role
from ihala.audit.actions import record
from ihala.audit.enums import EventName
from ihala.cases.actions import give_access
from ihala.cases.enums import AccessReason
from ihala.cases.models import Access, Case
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.notifications.actions import notify
from ihala.notifications.enums import Kind
from ihala.organisations.models import Actor
from ihala.vault.enums import SubjectKind

from .. import rules
from ..enums import Answer
from ..models import Question, SearchRule
from .searching import search


def ask_colleagues(typed: str, *, by: Actor) -> list[Question]:
    """Ask those who work on cases that `typed` finds and the actor may not open. Refused `nothing_to_ask`."""
    cases = search(typed, by=by).hidden
    if not cases:
        raise Refused(rules.NOTHING_TO_ASK)
    return [question for case in Case.objects.filter(pk__in=cases) if (question := _asked(case, by))]


def _asked(case: Case, by: Actor) -> Question | None:
    """A question that waits already is not asked twice."""
    try:
        with transaction.atomic():
            question = Question.objects.create(
                organisation_id=by.organisation_id, case=case, asked_by_id=by.membership_id, asked_at=now()
            )
    except IntegrityError:
        return None
    _record(by, EventName.PEOPLE_ASKED, question)
    for entry in Access.objects.filter(case=case, closed_at=None, until=None):
        roles = [Role(entry.role)] if entry.role else []
        notify(by.organisation_id, roles, Kind.COLLEAGUE, None, by, membership_id=entry.membership_id)
    return question


def answer(question: Question, *, by: Actor, gives: bool) -> Question:
    """Who works on the case lets the colleague in, or says no. Refused `not_visible`, `question_answered`."""
    locked = (
        Question.objects.select_for_update(of=("self",)).select_related("case").filter(pk=question.pk).first()
    )
    if locked is None or not Case.objects.worked_on_by(by).filter(pk=locked.case_id).exists():
        raise Refused(rules.NOT_VISIBLE)
    if locked.answer:
        raise Refused(rules.ANSWERED)
    if gives:
        reason = AccessReason.WORKS_ON_IT
        give_access(locked.case, by=by, membership_id=locked.asked_by_id, reason=reason)
    locked.answer = Answer.ACCESS if gives else Answer.NO
    locked.answered_by_id, locked.answered_at = by.membership_id, now()
    locked.save(update_fields=["answer", "answered_by", "answered_at"])
    _record(by, EventName.PEOPLE_ANSWERED, locked, answer=locked.answer)
    notify(by.organisation_id, [], Kind.COLLEAGUE, None, by, membership_id=locked.asked_by_id)
    return locked


def set_rule(*, by: Actor, tells_colleagues: bool) -> SearchRule:
    """Whether colleagues are told of cases that are not open to them; the data protection officer decides."""
    if not by.has(Permission.SET_SEARCH_RULE):
        raise Refused(rules.NOT_PERMITTED)
    values = {"tells_colleagues": tells_colleagues, "set_at": now(), "set_by_id": by.membership_id}
    rule, _new = SearchRule.objects.update_or_create(organisation_id=by.organisation_id, defaults=values)
    record(by, EventName.PEOPLE_RULE_SET, detail={"tells": tells_colleagues})
    return rule


def _record(by: Actor, name: EventName, question: Question, **detail: object) -> None:
    record(
        by, name, subject_kind=SubjectKind.CASE, subject_id=question.case_id, case_id=question.case_id, detail=detail
    )  # fmt: skip
