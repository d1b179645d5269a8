"""On what a disclosure rests: the live consent, or a legal basis that two people signed. Queries, never writes.

Live means: given for this case and this recipient, not withdrawn, and its last day has not passed. Where there is a
live consent it counts; a legal basis other than consent stands beside it and is not touched by a withdrawal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import BigIntegerField, DateField, QuerySet, UUIDField
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Permission
from ihala.cases.models import Case
from ihala.cases.rules import why_not_work
from ihala.core import clock, kept
from ihala.core.refusal import Refusal, Status
from ihala.core.vocabulary import CONSENTED, DisclosureClass, LegalBasis, Urgency
from ihala.organisations import rules as agreements
from ihala.organisations.enums import Release
from ihala.organisations.models import Actor

from .enums import GivenBy, How, Purpose, Standing
from .models import Consent, LegalBasisRecord

if TYPE_CHECKING:
    from ihala.organisations.rules import TermsView

MINIMUM = (DisclosureClass.TRIAGE, DisclosureClass.IDENTITY)
"""The minimum set: all that a legal basis without consent allows."""
USUAL_LENGTH = timedelta(days=366)
"""A consent for longer is unusual and said to be; consent is for a time (security, "the bar for survivors' data")."""
LONGEST = timedelta(days=5 * 366)
LONGEST_WORDS = 2000
QUESTION_ONLY = [Purpose.KNOWN]
"""A consent for nothing else, however often it says so, allows a question; no disclosure rests on it."""


@dataclass(frozen=True)
class Basis:
    """On what a disclosure rests now; `expires_at` is the first moment at which it does not any more."""

    kind: LegalBasis
    id: UUID
    classes: tuple[DisclosureClass, ...]
    expires_at: datetime | None = None
    second_signature_pending: bool = False


@dataclass(frozen=True)
class Given:
    """What she allowed and how she said so. From `language` on it is sealed."""

    classes: tuple[str, ...]
    given_on: date
    until: date
    purposes: tuple[str, ...] = ()
    given_by: str = GivenBy.SURVIVOR
    how: str = How.WRITTEN
    language: str = ""
    interpreter: str = ""
    witness: str = ""
    guardian: str = ""
    relation: str = ""
    words: str = ""

    @property
    def basis(self) -> LegalBasis:
        """The kind of basis this is."""
        return LegalBasis.GUARDIAN_CONSENT if self.given_by == GivenBy.GUARDIAN else LegalBasis.CONSENT

    def details(self) -> dict[str, str]:
        """The sealed part, without empty values."""
        names = ("language", "interpreter", "witness", "guardian", "relation", "words")
        return {name: value for name in names if (value := getattr(self, name))}


# ----------------------------------------------------------------------------------------------------- live or not


def live_consents(
    case_id: UUID | kept.Given, recipient_id: int | kept.Given, on: date | kept.Given
) -> QuerySet[Consent]:
    """Consents in force on the day `on`, the one recorded last first."""
    return Consent.objects.filter(
        case_id=case_id, recipient_id=recipient_id, until__gte=on, withdrawal__isnull=True
    ).order_by("-recorded_at", "-id")


def live_consent(case_id: UUID | None, recipient_id: int, at: datetime | None = None) -> Consent | None:
    """The consent that counts at that moment (now), if there is one."""
    if case_id is None:
        return None
    found = _live(None, case=case_id, recipient=recipient_id, on=_day_of(at))
    return next(iter(found), None)


def live_asked(case_id: UUID, recipient_id: int) -> kept.Asked:
    """That question as of now, to be asked `ahead`."""
    return _live.asked(None, case=case_id, recipient=recipient_id, on=_day_of(None))


def _day_of(at: datetime | None) -> date:
    return (at or clock.now()).astimezone(clock.DUBAI).date()


@kept.kept
def _live(_nobody: None) -> QuerySet[Consent]:
    case, recipient = kept.Given("case", UUIDField()), kept.Given("recipient", BigIntegerField())
    live = live_consents(case, recipient, kept.Given("on", DateField()))
    allowing = live.exclude(purposes__contains=QUESTION_ONLY, purposes__contained_by=QUESTION_ONLY)
    return allowing[:1]


def consent_to_ask(case_id: UUID, recipient_id: int) -> Consent | None:
    """The live consent under which the recipient may be asked whether it knows her: that purpose, with *identity*."""
    live = live_consents(case_id, recipient_id, clock.today())
    return live.filter(
        purposes__contains=[Purpose.KNOWN], classes__contains=[DisclosureClass.IDENTITY]
    ).first()


def basis_for(case_id: UUID | None, recipient_id: int) -> Basis | None:
    """On what disclosing this case to this recipient rests now: a live consent, else a signed legal basis."""
    if case_id is None:
        return None
    consent = live_consent(case_id, recipient_id)
    if consent is not None:
        kind = LegalBasis(consent.basis)
        return Basis(kind, consent.id, in_order(consent.classes), end_of(consent.until))
    record = LegalBasisRecord.objects.filter(
        case_id=case_id, recipient_id=recipient_id, first_sign_off_at__isnull=False
    )
    signed = record.order_by(
        "second_sign_off_at", "-recorded_at"
    ).first()  # a second signature first: nulls are last
    if signed is None:
        return None
    pending = signed.second_sign_off_at is None
    return Basis(LegalBasis(signed.type), signed.id, MINIMUM, second_signature_pending=pending)


def in_order(codes: Iterable[str]) -> tuple[DisclosureClass, ...]:
    """Classes in their order, *triage* always among them: without it nobody can answer an enquiry."""
    return tuple(cls for cls in DisclosureClass if cls in codes or cls is DisclosureClass.TRIAGE)


def end_of(day: date) -> datetime:
    """The first moment after `day` in Dubai."""
    return datetime.combine(day + timedelta(days=1), time(0), clock.DUBAI)


def allowed_classes(
    basis: Basis, terms: "TermsView", urgency: str = Urgency.STANDARD
) -> tuple[DisclosureClass, ...]:
    """The classes that both the basis and the terms allow; *triage* always goes with the enquiry."""
    under = terms.classes_under(basis.kind)
    return tuple(
        cls
        for cls in basis.classes
        if cls is DisclosureClass.TRIAGE
        or (cls in under and terms.released_at(cls, urgency) is not Release.NEVER)
    )


def standing(consent: Consent, on: date) -> Standing:
    """Live, expired or withdrawn; read `withdrawal` along with the consent."""
    if getattr(consent, "withdrawal", None) is not None:
        return Standing.WITHDRAWN
    return Standing.LIVE if consent.until >= on else Standing.EXPIRED


def purposes_of(kind: str, services: Iterable[str]) -> tuple[Purpose, ...]:
    """What a consent is for, read from what is asked of the recipient: the kind first, then the services."""
    wanted = {kind, *services}
    return tuple(purpose for purpose in Purpose if purpose in wanted)


# ------------------------------------------------------------------------------------------------------- recording

NOT_VISIBLE = Refusal(
    "not_visible", _("There is nothing at this address that you can see."), Status.NOT_VISIBLE
)
NOT_PERMITTED = Refusal("not_permitted", _("Your role does not record consent."), Status.FORBIDDEN)
NOT_TO_SIGN = Refusal("not_permitted", _("Your role does not sign legal bases."), Status.FORBIDDEN)
ALREADY_SIGNED = Refusal(
    "already_signed", _("This signature is there already. Reload to see it."), Status.CONFLICT
)


def why_not_record(case: Case, recipient_id: int, given: Given, on: date, by: Actor) -> Refusal | None:
    """Why this consent cannot be recorded, judged on the day `on`; None if nothing stands in the way."""
    if not by.has(Permission.RECORD_CONSENT):
        return NOT_PERMITTED
    if refusal := why_not_work(case, by):
        return refusal
    return why_not_addressed(recipient_id, by) or why_not_given(given, on)


def why_not_addressed(recipient_id: int, by: Actor) -> Refusal | None:
    """Consent is given for one other organisation."""
    if recipient_id == by.organisation_id:
        return Refusal("own_organisation", _("Consent is given for another organisation. Choose which one."))
    return None


def why_not_given(given: Given, on: date) -> Refusal | None:
    """What is missing or cannot be in the consent itself, on the day `on`."""
    if unknown := sorted(set(given.classes) - set(DisclosureClass.values)):
        return Refusal("unknown_class", _("There is no such class of data."), detail={"classes": unknown})
    if not set(given.classes) - {DisclosureClass.TRIAGE}:
        return Refusal("no_classes", _("Choose what may be disclosed."))
    if given.given_by == GivenBy.GUARDIAN and not given.guardian:
        return Refusal("guardian_needed", _("For a guardian's consent, enter who the guardian is."))
    if any(len(value) > LONGEST_WORDS for value in given.details().values()):
        return Refusal("words_too_long", _("This text is too long. Put the story into the case itself."))
    return _why_not_then(given, on)


def _why_not_then(given: Given, on: date) -> Refusal | None:
    if given.given_on > on:
        return Refusal("given_in_future", _("The day on which consent was given lies in the future."))
    if given.until < given.given_on:
        return Refusal("ends_before_it_begins", _("The last day lies before the day on which it was given."))
    if given.until < on:
        return Refusal("consent_expired", _("This consent has expired already. Ask her again."))
    if given.until - given.given_on > LONGEST:
        return Refusal("too_long", _("A consent ends within five years. Choose an earlier last day."))
    return None


def unusual(given: Given) -> bool:
    """Longer than a year: possible, and worth asking her again instead."""
    return given.until - given.given_on > USUAL_LENGTH


# ----------------------------------------------------------------------------------------------------- legal bases


def why_not_record_basis(case: Case, recipient_id: int, type_: str, source: str, by: Actor) -> Refusal | None:
    """Why this legal basis cannot be recorded."""
    if not by.has(Permission.RECORD_CONSENT):
        return NOT_PERMITTED
    if refusal := why_not_work(case, by):
        return refusal
    if type_ not in LegalBasis.values or type_ in CONSENTED:
        return Refusal("unknown_basis", _("Choose a legal basis from the list."))
    if not source:
        return Refusal("source_needed", _("Name the law, article or order on which this rests."))
    return why_not_addressed(recipient_id, by) or _why_not_agreed(recipient_id, type_, by)


def _why_not_agreed(recipient_id: int, type_: str, by: Actor) -> Refusal | None:
    terms = agreements.active_terms(by.organisation_id, recipient_id)
    if terms is not None and type_ not in terms.legal_bases:
        return Refusal(
            "basis_not_in_terms", _("The agreement with this organisation does not know this legal basis.")
        )
    return None


def why_not_first_sign_off(record: LegalBasisRecord, by: Actor) -> Refusal | None:
    """Why the actor cannot sign first."""
    return _why_not_sign(record, by) or (ALREADY_SIGNED if record.first_sign_off_at else None)


def why_not_second_sign_off(record: LegalBasisRecord, by: Actor) -> Refusal | None:
    """Why the actor cannot sign second: another person must have signed first."""
    if refusal := _why_not_sign(record, by):
        return refusal
    if record.first_sign_off_by is None:
        return Refusal("first_signature_missing", _("Somebody has to sign first."))
    if record.second_sign_off_at:
        return ALREADY_SIGNED
    if record.first_sign_off_by.user_id == by.user_id:
        return Refusal(
            "second_person",
            _("You signed first; the second signature is another person's."),
            Status.FORBIDDEN,
        )
    return None


def _why_not_sign(record: LegalBasisRecord, by: Actor) -> Refusal | None:
    if not by.has(Permission.SIGN_LEGAL_BASIS):
        return NOT_TO_SIGN
    return why_not_work(record.case, by)


def consents_of(case: Case) -> QuerySet[Consent]:
    """All consents of a case with recipient and withdrawal, newest first."""
    return (
        Consent.objects.filter(case=case)
        .select_related("recipient", "withdrawal", "recorded_by")
        .order_by("-recorded_at", "-id")
    )


def bases_of(case: Case) -> QuerySet[LegalBasisRecord]:
    """All legal bases of a case with recipient and signatories, newest first."""
    return (
        LegalBasisRecord.objects.filter(case=case)
        .select_related("recipient", "first_sign_off_by", "second_sign_off_by", "case")
        .order_by("-recorded_at", "-id")
    )
