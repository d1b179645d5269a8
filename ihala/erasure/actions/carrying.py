"""Carrying an erasure out: destroy the salts, clear what stands in clear, write down that it is done.

Every part may be repeated and nothing depends on the others having run: a process killed anywhere in between leaves an
erasure that is confirmed and not carried out, which the periodic job takes up again. What decides is the first part:
without the salts nothing opens. The sealed bytes that then stand about mean nothing; those of case and persons go too.
"""

from uuid import UUID

from django.db.models import F

from ihala.audit import actions as audit
from ihala.audit.enums import EventName
from ihala.cases.enums import CaseState
from ihala.cases.models import Case, Person
from ihala.cases.rules import CLASSES
from ihala.core.clock import now
from ihala.matching import actions as matching
from ihala.organisations.models import Actor
from ihala.referrals.models import DestructionTask, Referral
from ihala.vault import actions as vault
from ihala.vault.models import Deposit, Grant

from .. import rules
from ..enums import Unit
from ..models import COPIES_LIVE, Erasure, Target
from .requesting import lock, locked_erasure, put_on_record


def carry_out(erasure_id: UUID, *, by: Actor) -> Erasure:
    """Do what was confirmed, in one transaction; once done it is only returned. `by` is the system."""
    erasure = locked_erasure(erasure_id)
    if erasure.confirmed_at is None or erasure.carried_out_at is not None:
        return erasure
    erasure.case = lock(erasure.case_id)
    targets = list(Target.objects.filter(erasure=erasure))
    for target in targets:
        destroy(target, by=by)
    _clear(erasure)
    _clear_referrals(erasure, [target.root for target in targets if not target.of_case])
    erasure.carried_out_at = now()
    erasure.save(update_fields=["carried_out_at"])
    put_on_record(by, EventName.ERASURE_CARRIED_OUT, erasure, unit=erasure.unit, ground=erasure.ground)
    return erasure


def destroy(target: Target, *, by: Actor) -> None:
    """The salts of one target, on record first; the search forgets in the same moment who was found by it."""
    where = "case_id" if target.of_case else "referral_id"
    audit.erase(by, target.root, target.by_part, **{where: target.root})
    if target.of_case:
        matching.forget(target.root, by=by)
        matching.drop_pairs(target.root)


def repeat(*, by: Actor) -> int:
    """Destroy once more what was erased while copies of the salts still live; how many targets.

    Should the salts be restored from a copy, what that copy brought back dies again. Fingerprints see to it that
    nothing written since is hit.
    """
    recent = Target.objects.filter(erasure__carried_out_at__gt=now() - COPIES_LIVE)
    again = [target for target in recent if audit.is_lying(target.root, target.by_part)]
    for target in again:
        destroy(target, by=by)
    return len(again)


def finish_restored(*, by: Actor) -> int:
    """Clear the rows of cases that were erased whole and that a restored backup brought back; how many.

    They are unreadable already; the backup knew nothing of the erasure, so its certificate is not here.
    """
    back = Case.objects.filter(pk__in=audit.erased_roots()).exclude(state=CaseState.ERASED)
    for case in back:
        Case.objects.filter(pk=case.pk).update(state=CaseState.ERASED)
        _clear(Erasure(case=case, unit=Unit.CASE))
        audit.record(
            by, EventName.ERASURE_CARRIED_OUT, subject_kind="case", subject_id=case.pk, case_id=case.pk,
            detail={"unit": Unit.CASE, "after": "restore"},
        )  # fmt: skip
    return len(back)


def _clear(erasure: Erasure) -> None:
    """What the case and its people hold in columns."""
    people = Person.objects.filter(case=erasure.case)
    # A tab that still shows what was erased must not write it back.
    Case.objects.filter(pk=erasure.case_id).update(version=F("version") + 1)
    if erasure.unit == Unit.PERSON:
        people.filter(pk__in=[erasure.person_id]).delete()
        return
    if erasure.unit == Unit.CASE:
        people.delete()
        Case.objects.filter(pk=erasure.case_id).update(
            paper_reference=None, changed_at=now(), changed_by=None, **dict.fromkeys(map(str, CLASSES))
        )
        for model in (Grant, Deposit):
            rows = model.objects.filter(root_id=erasure.case_id)
            rows._raw_delete(rows.db)
        return
    if (cls := erasure.disclosure_class) in map(str, CLASSES):
        Case.objects.filter(pk=erasure.case_id).update(**{cls: None})
        if any(field.name == cls for field in Person._meta.concrete_fields):
            people.update(**{cls: None})


def _clear_referrals(erasure: Erasure, roots: list[UUID]) -> None:
    """Of the packages sent: keys, and for a whole case who was to be housed. The receiver is asked if wanted."""
    me = erasure.organisation_id
    classes = rules.classes_of(Unit(erasure.unit), erasure.disclosure_class, erasure.person_role)
    for referral in Referral.objects.filter(pk__in=roots, sender_id=me):
        vault.close_package(referral.pk, classes)
        if erasure.unit == Unit.CASE:
            Referral.objects.filter(pk=referral.pk).update(household=[])
        if erasure.ask_receivers and referral.arrived_at is not None:
            DestructionTask.objects.bulk_create(
                [DestructionTask(referral=referral, organisation_id=referral.receiver_id, created_at=now())],
                ignore_conflicts=True,
            )
