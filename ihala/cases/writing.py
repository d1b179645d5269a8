"""The beats every writing of a case shares: lock its row, ask why not, note who changed it, put it on record."""

from ihala.audit.actions import record
from ihala.audit.enums import EventName
from ihala.core import clock
from ihala.core.refusal import Refusal, Refused
from ihala.organisations.models import Actor
from ihala.vault.enums import SubjectKind

from .models import Case
from .rules import NOT_VISIBLE


def require(refusal: Refusal | None) -> None:
    """Nothing, or `Refused`."""
    if refusal:
        raise Refused(refusal)


def on_record(by: Actor, name: EventName, case: Case, **detail: object) -> None:
    """One event about a case."""
    record(by, name, subject_kind=SubjectKind.CASE, subject_id=case.id, case_id=case.id, detail=detail)


def locked(case: Case) -> Case:
    """The committed row, for this transaction alone; a case of another organisation is not there."""
    found = Case.objects.select_for_update().filter(pk=case.pk).first()
    if found is None:
        raise Refused(NOT_VISIBLE)
    return found


def changed(case: Case, by: Actor) -> None:
    """Save the row with who changed it and when."""
    case.changed_at = clock.now()
    case.changed_by_id = by.membership_id or None
    case.save()
