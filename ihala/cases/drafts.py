"""Forms being typed, kept while they are typed; only their author ever finds them again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from ihala.audit.actions import open_sealed, record, seal_more
from ihala.audit.enums import EventName, Purpose
from ihala.core import clock
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor
from ihala.vault.actions import close, seal_new
from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import OWN, Place

from . import sealed
from .models import Case, FormDraft
from .rules import why_not_change
from .writing import require as _require


@dataclass(frozen=True)
class Draft:
    """A form as it was left: what was typed, when, and the version of the case it was based on (0: a new case)."""

    payload: dict[str, list[str]]
    saved_at: datetime
    based_on: int


def save_draft(
    payload: dict[str, list[str]], *, by: Actor, case: Case | None = None, based_on: int = 0
) -> FormDraft:
    """Keep a form as typed; one per author and form. On record is that there is one, not each keystroke."""
    if case:
        _require(why_not_change(case, by))
    draft = _draft(by, case)
    if draft is None:
        try:
            with transaction.atomic():
                return _first_draft(payload, by, case, based_on)
        except IntegrityError:  # the same form in another tab was faster
            return save_draft(payload, by=by, case=case, based_on=based_on)
    place = Place.of(draft, "payload")
    (draft.payload,) = seal_more(by, sealed.name_of_draft(draft), [(place, payload)])
    draft.saved_at, draft.based_on = clock.now(), based_on
    draft.save()
    return draft


def _draft(by: Actor, case: Case | None) -> FormDraft | None:
    mine = FormDraft.objects.filter(organisation_id=by.organisation_id, user_id=by.user_id, case=case)
    return mine.select_for_update().first()


def _first_draft(payload: dict[str, list[str]], by: Actor, case: Case | None, based_on: int) -> FormDraft:
    draft = FormDraft(
        organisation_id=by.organisation_id,
        user_id=by.user_id,
        case=case,
        based_on=based_on,
        saved_at=clock.now(),
    )
    placed = {DisclosureClass.SAFETY: [(Place.of(draft, "payload"), payload)]}
    subject, holder = sealed.subject_of_draft(draft), {by.organisation_id: OWN}
    made = seal_new(subject, placed, version=sealed.VERSION, author=by.organisation_id, holders=holder)
    (draft.payload,) = made[DisclosureClass.SAFETY]
    draft.save(force_insert=True)
    record(
        by,
        EventName.CASE_DRAFT_KEPT,
        subject_kind=SubjectKind.CASE,
        subject_id=draft.id,
        case_id=draft.case_id,
    )
    return draft


def load_draft(*, by: Actor, case: Case | None = None) -> Draft | None:
    """The form as its author left it; nobody else's is ever found. A reading, on record like any other."""
    draft = _draft(by, case)
    if draft is None:
        return None
    ((payload,),) = open_sealed(by, Purpose.RESTORE_DRAFT, [sealed.opening_of_draft(draft)])
    return Draft(payload, draft.saved_at, draft.based_on) if payload is not None else None  # None: erased


def discard_draft(*, by: Actor, case: Case | None = None) -> None:
    """The form was sent or is not wanted: row and key go. Nothing happens if there is none."""
    draft = _draft(by, case)
    if draft is not None:
        close(sealed.subject_of_draft(draft), holder=by.organisation_id)
        draft.delete()
