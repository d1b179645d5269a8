"""Recording consent, taking it back, and signing legal bases.

Taking consent back depends on nothing: no version, agreement, key or clock of terms, and it works on rows that are
invalid. It writes a row of its own past the ORM, and a second withdrawal of the same consent is the same withdrawal.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from ihala.accounts.roles import Permission
from ihala.audit.actions import Opening, open_sealed, record
from ihala.audit.enums import EventName, Purpose
from ihala.cases.models import Case
from ihala.core import clock
from ihala.core.refusal import Refusal, Refused
from ihala.core.text import clean
from ihala.core.vocabulary import CONSENTED, DisclosureClass
from ihala.organisations.models import Actor
from ihala.vault.actions import close_basis, seal_new
from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import OWN, Place, SecretName, Subject

from . import rules
from .enums import How
from .enums import Purpose as Purposes
from .models import Consent, LegalBasisRecord

VERSION = 1
Row = Consent | LegalBasisRecord


def give(
    case: Case,
    *,
    by: Actor,
    recipient: int,
    given: rules.Given,
    renews: Consent | None = None,
    on: date | None = None,
) -> Consent:
    """Record a consent. Refused `guardian_needed`, `consent_expired`, … (`rules.why_not_record`).

    `on` is the day on which its validity is judged: today, or the day of a paper form.
    """
    refuse_if(rules.why_not_record(case, recipient, given, on or clock.today(), by))
    consent = Consent(
        organisation_id=by.organisation_id, case=case, recipient_id=recipient, basis=given.basis,
        classes=list(rules.in_order(given.classes)),
        purposes=[one for one in Purposes if one in given.purposes],
        given_by=given.given_by, how=given.how, given_on=given.given_on, until=given.until, renews=renews,
        recorded_by_id=by.membership_id, recorded_at=clock.now(),
    )  # fmt: skip
    consent.details = _sealed(consent, given.details())
    consent.save(force_insert=True)
    _recorded(by, EventName.CONSENT_GIVEN, consent)
    return consent


WITHDRAW = """
INSERT INTO consent_withdrawal
  (consent_id, organisation_id, recorded_by_organisation_id, recorded_by_membership, recorded_at, how)
SELECT %(consent)s, holder, %(organisation)s, %(membership)s, %(at)s, %(how)s
FROM ihala_consent_holder(%(consent)s) AS holder WHERE holder IS NOT NULL
ON CONFLICT DO NOTHING
"""


def withdraw(consent_id: UUID, *, by: Actor, how: str = How.VERBAL) -> None:
    """She takes a consent back; staff of either party record it. Always succeeds, once or repeated.

    Refused only for who is no party (`not_visible`) or whose role has no part in it (`not_permitted`). Every key that
    rested on the consent goes at once; the referrals themselves follow in `referrals.actions.withdraw_consent`, the
    entry point for pages.
    """
    if not by.has(Permission.RECORD_CONSENT):
        raise Refused(rules.NOT_PERMITTED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ihala_consent_holder(%s)", [consent_id])
        holder = cursor.fetchone()[0]
        if holder is None:
            raise Refused(rules.NOT_VISIBLE)
        cursor.execute(
            WITHDRAW,
            {
                "consent": consent_id,
                "organisation": by.organisation_id,
                "membership": by.membership_id,
                "at": clock.now(),
                "how": how if how in How.values else How.OTHER,
            },
        )
        first = cursor.rowcount == 1
    for kind in CONSENTED:
        close_basis(kind, consent_id)
    if first:
        concerns = holder if holder != by.organisation_id else None
        record(
            by, EventName.CONSENT_WITHDRAWN, subject_kind="consent", subject_id=consent_id, concerns=concerns
        )


def record_basis(
    case: Case, *, by: Actor, recipient: int, type_: str, source: str, note: str = "", statements: Any = None
) -> LegalBasisRecord:
    """Record a legal basis other than consent; it allows nothing until it is signed.

    `statements` is what a paper form says about sign-offs; it is kept and counts for nothing.
    """
    source = clean(source, one_line=True)
    refuse_if(rules.why_not_record_basis(case, recipient, type_, source, by))
    basis = LegalBasisRecord(
        organisation_id=by.organisation_id, case=case, recipient_id=recipient, type=type_,
        classes=list(rules.MINIMUM), recorded_by_id=by.membership_id, recorded_at=clock.now(),
    )  # fmt: skip
    details = {"source": source, "note": clean(note), "statements": statements}
    basis.details = _sealed(basis, {key: value for key, value in details.items() if value})
    basis.save(force_insert=True)
    _recorded(by, EventName.LEGAL_BASIS_RECORDED, basis)
    return basis


def first_sign_off(basis: LegalBasisRecord, *, by: Actor) -> LegalBasisRecord:
    """The first of two people signs."""
    refuse_if(rules.why_not_first_sign_off(basis, by))
    return _signed(basis, by, "first_sign_off")


def second_sign_off(basis: LegalBasisRecord, *, by: Actor) -> LegalBasisRecord:
    """Another person signs; from now on the basis counts without reserve."""
    refuse_if(rules.why_not_second_sign_off(basis, by))
    return _signed(basis, by, "second_sign_off")


def _signed(basis: LegalBasisRecord, by: Actor, which: str) -> LegalBasisRecord:
    """Write the signature if nobody was faster; the database refuses the same person twice as well."""
    changed = LegalBasisRecord.objects.filter(pk=basis.pk, **{f"{which}_at": None}).update(
        **{f"{which}_at": clock.now(), f"{which}_by_id": by.membership_id}
    )
    if not changed:
        raise Refused(rules.ALREADY_SIGNED)
    _recorded(by, EventName.LEGAL_BASIS_SIGNED, basis, signature=which)
    basis.refresh_from_db()
    return basis


def open_details(rows: Sequence[Row], *, by: Actor) -> list[dict[str, Any]]:
    """The sealed part of each row, in their order, after the reading is on record. Two statements in all."""
    openings = [Opening(_name(row), [(_place(row), row.details)]) for row in rows if row.details]
    opened = iter(open_sealed(by, Purpose.CONSENT, openings) if openings else [])
    return [(next(opened)[0] or {}) if row.details else {} for row in rows]  # None: erased


def refuse_if(refusal: Refusal | None) -> None:
    """Raise the refusal, if there is one."""
    if refusal is not None:
        raise Refused(refusal)


def _name(row: Row) -> SecretName:
    """A secret of its own, erased with the case's shred salt."""
    subject = Subject(SubjectKind.CASE, row.id, row.case_id)
    return SecretName(subject, DisclosureClass.IDENTITY, VERSION, row.organisation_id)


def _place(row: Row) -> Place:
    return Place(row._meta.db_table, row.pk, "details")


def _sealed(row: Row, details: dict[str, Any]) -> bytes | None:
    if not details:
        return None
    placed = {DisclosureClass.IDENTITY: [(_place(row), details)]}
    subject, author = _name(row).subject, row.organisation_id
    sealed = seal_new(subject, placed, version=VERSION, author=author, holders={author: OWN})
    return sealed[DisclosureClass.IDENTITY][0]


def _recorded(by: Actor, name: str, row: Row, **detail: str) -> None:
    kind = "consent" if isinstance(row, Consent) else "legal_basis"
    record(by, name, subject_kind=kind, subject_id=row.pk, case_id=row.case_id, detail=detail)
