"""The disclosure package: a sealed snapshot, class by class, and what opens it to whom and when.

Before acceptance the receiver holds a key to triage alone. The other classes' secrets wait with the release key, bound
to referral, receiver, class and version; acceptance turns them into the receiver's grants and writes the receipts.
"""

import hashlib
import hmac
import json
import secrets
from typing import Any
from uuid import UUID, uuid4

from ihala.accounts.roles import Role
from ihala.audit import actions as audit
from ihala.audit.enums import Purpose
from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases import rules as case_rules
from ihala.cases.content import CaseContent
from ihala.cases.enums import AccessReason
from ihala.cases.models import Case
from ihala.consent import rules as consent_rules
from ihala.core.clock import now, today
from ihala.core.kept import Asked
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.core.writing import in_one_go, insert
from ihala.organisations.models import Actor
from ihala.vault import actions as vault
from ihala.vault.enums import AGREEMENT
from ihala.vault.sealing import OWN, Basis, Place, SecretName

from .. import facts, questions, workflow
from ..models import PackagePart, Receipt, Referral, ReferralSide, SideRecord, StepTaken
from ..models_apart import PersonsDeposit
from . import files, keeping_apart, sealed

Values = dict[str, Any]
Shares = dict[int, dict[str, Basis]]
Parts = list[tuple[PackagePart, Values | None]]


def preview(referral: Referral, *, by: Actor) -> dict[DisclosureClass, Values]:
    """What would be sent if the draft were sent now, class by class."""
    content = cases.open_case(own_case(referral, by), by=by, purpose=Purpose.REFERRAL)
    return _chosen(referral, content)


def own_side(referral: Referral, by: Actor) -> ReferralSide:
    """The actor's own side of the referral; refused where there is none."""
    side = facts.side(referral, by.organisation_id)
    if side is None:
        raise Refused(workflow.NOT_VISIBLE)
    return side


def own_case(referral: Referral, by: Actor) -> Case:
    """The case the actor's side refers; refused where it is gone."""
    case = own_side(referral, by).case
    if case is None:
        raise Refused(workflow.NOT_VISIBLE)
    return case


def _case_to_send(referral: Referral, by: Actor) -> Case:
    """The same for who sends it; who opened it in an emergency sees what would be sent (`preview`), no more."""
    case = own_case(referral, by)
    if refusal := case_rules.why_not_work(case, by):
        raise Refused(refusal)
    return case


def _chosen(referral: Referral, content: CaseContent) -> dict[DisclosureClass, Values]:
    """The classes chosen and allowed, without the questions withheld."""
    allowed = allowed_classes(referral)
    side = facts.side(referral, referral.sender_id)
    withheld = side.withheld if side else []
    package = case_rules.package_of(content)
    return {
        cls: {path: value for path, value in values.items() if path not in withheld}
        for cls, values in package.items()
        if cls in allowed
    }


def allowed_classes(referral: Referral) -> set[str]:
    """What consent (or the legal basis) and the terms allow, of what the sender chose; triage always."""
    basis, terms = facts.basis(referral), facts.pinned_terms(referral)
    allowed = set(consent_rules.allowed_classes(basis, terms, referral.urgency)) if basis and terms else set()
    return {DisclosureClass.TRIAGE} | (allowed & set(referral.classes))


def to_be_sealed(referral: Referral, by: Actor) -> list[Asked]:
    """What the guards and `seal` ask of the case that is sent, once its side is known; to be asked `ahead`."""
    side = facts.side(referral, by.organisation_id)
    if side is None or side.case_id is None:
        return []
    basis = consent_rules.live_asked(side.case_id, referral.receiver_id)
    sends = case_rules.work_on(side.case_id, by)
    return [basis, sends, *case_rules.to_be_opened(side.case_id, by)]


def seal(referral: Referral, *, by: Actor, dispatched: bool) -> None:
    """Snapshot the case as the next version of the package; `dispatched` also gives the receiver its shares."""
    case = _case_to_send(referral, by)
    content = cases.open_case(case, by=by, purpose=Purpose.REFERRAL)
    chosen = _chosen(referral, content)
    referral.household = case_rules.household(content, today())
    referral.category = content.category
    referral.package_version += 1
    _rest_on_basis(referral)
    parts = [_part(referral, cls, by) for cls in chosen]
    documents = {
        str(part.disclosure_class): _document(part, chosen[DisclosureClass(part.disclosure_class)])
        for part in parts
    }
    first = referral.sent_at is None
    holders: Shares = {referral.sender_id: dict.fromkeys(documents, OWN)}
    deposits: Shares = {}
    if dispatched:
        holders[referral.receiver_id], deposits[referral.receiver_id] = _shares(referral, list(documents))
    package = vault.Sealing(
        sealed.package_subject(referral),
        {cls: [(Place.of(part, "document"), documents[cls])] for part in parts for cls in [part.disclosure_class]},
        referral.package_version, referral.sender_id, holders=holders, deposits=deposits,
        also=[(sealed.thread(referral), sealed.thread_shares(referral))] if dispatched and first else [],
    )  # fmt: skip
    apart = keeping_apart.deposit(referral, content, dispatched=dispatched)
    done = vault.seal_together([package, *(sealing for _row, sealing in apart)])
    for part in parts:
        part.document = done.values[0][part.disclosure_class][0]
    with in_one_go():
        done.hand_out()
        keeping_apart.written(apart, done.values[1:])
        insert(parts)
        if dispatched:
            _write_released(referral, parts, holders[referral.receiver_id])
    files.keep_copies(parts, case, by=by)


def _part(referral: Referral, cls: str, by: Actor) -> PackagePart:
    return PackagePart(
        id=uuid4(), referral=referral, version=referral.package_version, disclosure_class=cls,
        organisation_id=referral.sender_id, created_at=now(), created_by_id=by.membership_id,
    )  # fmt: skip


def _document(part: PackagePart, values: Values) -> dict[str, Any]:
    """The sealed document, and on the part each field's hash, keyed by a random key inside the document."""
    key = secrets.token_hex(32)
    part.fields = [{"path": path, "hash": keyed_hash(key, path, value)} for path, value in values.items()]
    return {"key": key, "values": values}


def keyed_hash(key: str, path: str, value: Any) -> str:
    """HMAC-SHA256 of a field, so that a receipt proves what was disclosed and tells nothing to who lacks the key."""
    text = json.dumps([path, value], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()


def _rest_on_basis(referral: Referral) -> None:
    """Note on the referral what the disclosure rests on; a pull request releases nothing and rests on nothing."""
    basis = facts.basis(referral)
    referral.basis_kind = basis.kind if basis else ""
    referral.basis_id = basis.id if basis else None
    referral.basis_until = basis.expires_at if basis else None
    referral.signature_pending = bool(basis and basis.second_signature_pending)


def _shares(referral: Referral, classes: list[str]) -> tuple[dict[str, Basis], dict[str, Basis]]:
    """What the receiver may open now, and what waits with the release key until it accepts."""
    basis = Basis(AGREEMENT, referral.pk)
    if referral.basis_id is not None:
        basis = Basis(referral.basis_kind, referral.basis_id, referral.basis_until)
    terms = facts.pinned_terms(referral)
    at_once = {
        cls for cls in classes
        if cls == DisclosureClass.TRIAGE or referral.accepted_at is not None
        or (terms is not None and terms.released_at(cls, referral.urgency) == "sending")
    }  # fmt: skip
    if referral.signature_pending:
        at_once &= {DisclosureClass.TRIAGE}
    return dict.fromkeys(sorted(at_once), basis), dict.fromkeys(sorted(set(classes) - at_once), basis)


def dispatch(referral: Referral, *, by: Actor) -> None:
    """Give the receiver its shares of the newest version, which the sender's user can open now."""
    parts = list(PackagePart.objects.filter(referral=referral, version=referral.package_version))
    _rest_on_basis(referral)
    now_open, later = _shares(referral, [part.disclosure_class for part in parts])
    audit.regrant(
        by, sealed.package_subject(referral), referral.package_version,
        holders={referral.receiver_id: now_open}, deposits={referral.receiver_id: later},
    )  # fmt: skip
    keeping_apart.hand_over(referral, by=by)
    if referral.sent_at is None:
        sealed.open_thread_key(referral)
    _write_released(referral, parts, now_open)


def _write_released(referral: Referral, parts: list[PackagePart], now_open: dict[str, Basis]) -> None:
    write_receipts(referral, [part for part in parts if part.disclosure_class in now_open])


def release(referral: Referral, *, by: Actor) -> None:
    """At acceptance the receipts are written; what was deposited for the receiver opens once that is committed."""
    if referral.signature_pending:
        return
    audit.release_on_commit(by, sealed.package_subject(referral))
    write_receipts(referral, questions.parts(referral))


def write_receipts(referral: Referral, parts: list[PackagePart]) -> None:
    """One receipt per class and version released; repeated, it stays one."""
    if referral.basis_id is None or referral.terms_id is None:
        return
    insert(
        [
            Receipt(
                referral=referral, package_version=part.version, disclosure_class=part.disclosure_class,
                recipient_id=referral.receiver_id, terms_id=referral.terms_id, basis_kind=referral.basis_kind,
                basis_id=referral.basis_id, fields=part.fields, released_at=now(),
            )
            for part in parts
        ],
        unless_there=True,
    )  # fmt: skip


def open_parts(referral: Referral, *, by: Actor, purpose: Purpose = Purpose.REFERRAL) -> Parts:
    """Every part with its values, or None where the actor's organisation may not open it (yet, or any more)."""
    _told, parts = open_all(referral, sealed.Exchange([]), by=by, purpose=purpose)
    return parts


def openings(referral: Referral, parts: list[PackagePart]) -> list[audit.Opening]:
    """What the key agent is asked for these parts."""
    subject = sealed.package_subject(referral)
    return [
        audit.Opening(
            SecretName(subject, part.disclosure_class, part.version, part.organisation_id),
            [(Place.of(part, "document"), part.document)],
        )
        for part in parts
    ]


def open_all(
    referral: Referral, exchange: sealed.Exchange, *, by: Actor, purpose: Purpose = Purpose.REFERRAL
) -> tuple[dict[UUID, Any], Parts]:
    """What the exchange says and every part, as `open_parts`; the key agent is asked once."""
    parts = questions.parts(referral)
    wanted = [*openings(referral, parts), *exchange.openings]
    opened = audit.open_sealed(by, purpose, wanted, missing_ok=True) if wanted else []
    documents = [values[0] for values in opened[: len(parts)]]
    return exchange.told(opened[len(parts) :]), [
        (part, document["values"] if document else None)
        for part, document in zip(parts, documents, strict=True)
    ]


def content(referral: Referral, *, by: Actor) -> CaseContent:
    """The newest version of the package as the content of a case."""
    newest = {
        DisclosureClass(part.disclosure_class): values
        for part, values in open_parts(referral, by=by, purpose=Purpose.TRANSFER)
        if values is not None and part.version == referral.package_version
    }
    return case_rules.content_of(newest, referral.category)


def forget(referral: Referral) -> None:
    """Delete a draft with what hangs on it; no grant is left behind.

    Row by row kind, since the runtime role may delete nothing of a referral that was sent.
    """
    own = sealed.own(referral, referral.sender_id).subject
    for subject in (sealed.package_subject(referral), own, keeping_apart.subject(referral)):
        vault.close(subject, holder=referral.sender_id)
    for model in (PersonsDeposit, PackagePart, SideRecord, StepTaken, ReferralSide):
        model.objects.filter(referral=referral).delete()
    mine = Referral.objects.filter(pk=referral.pk)
    mine._raw_delete(mine.db)


def give_supervisors_access(referral: Referral, *, by: Actor) -> Event:
    """The sender's supervisors may open the case from now on; the step that calls this records the event."""
    return cases.open_to_role(own_case(referral, by), Role.SUPERVISOR, by=by, reason=AccessReason.REFERRAL)
