"""Is somebody at the receiver tied to whom she must be protected from? Asked of sealed values, before anybody is named.

At sending the sender deposits what tells who the persons of concern are (`COMPARED`), for this purpose alone; it rests
on the referral's own basis and goes when that is withdrawn. The receiver's staff, residents and residents' persons of
concern are compared with it by the key agent, which answers clear or look closer, to the receiver only.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

from ihala.audit import actions as audit
from ihala.audit import comparing
from ihala.cases.comparing import people_of
from ihala.cases.content import CaseContent
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.core.writing import insert
from ihala.organisations.models import Actor, Membership
from ihala.shelter.models import Stay
from ihala.vault import actions as vault
from ihala.vault.enums import SubjectKind
from ihala.vault.likeness import Traits
from ihala.vault.sealing import OWN, Basis, Place, SecretName, Subject

from ..enums import Likeness
from ..models import Referral
from ..models_apart import MOST_COMPARISONS, Comparison, PersonsDeposit

APART = UUID("0d7f2f0a-7d0e-4c39-9a0d-53d0a3c5b0c4")
COMPARED = ("name", "name_latin", "phones", "documents", "birth", "nationality")
SAFETY = DisclosureClass.SAFETY


def subject(referral: Referral) -> Subject:
    """What the secrets of a referral's deposits belong to; named from the referral, so nothing is looked up."""
    return Subject(SubjectKind.KEEP_APART, uuid5(APART, str(referral.pk)), referral.pk)


def _name(deposit: PersonsDeposit) -> SecretName:
    return SecretName(subject(deposit.referral), str(SAFETY), deposit.version, deposit.organisation_id)


def deposit(
    referral: Referral, content: CaseContent, *, dispatched: bool
) -> list[tuple[PersonsDeposit, vault.Sealing]]:
    """The row that goes along with a version of the package, not sealed or written yet, and how it is to be sealed.

    None where there is nobody to compare or no basis to rest on.
    """
    people = [found for one in content.persons_of_concern if (found := _traits(one))]
    if referral.basis_id is None or not people:
        return []
    row = PersonsDeposit(
        id=uuid4(), referral=referral, version=referral.package_version, organisation_id=referral.sender_id,
        created_at=now(),
    )  # fmt: skip
    sealing = vault.Sealing(
        subject(referral), {SAFETY: [(Place.of(row, "people"), people)]}, row.version, referral.sender_id,
        holders={referral.sender_id: {SAFETY: OWN}}, deposits=_waiting(referral) if dispatched else {},
    )  # fmt: skip
    return [(row, sealing)]


def written(deposits: Sequence[tuple[PersonsDeposit, vault.Sealing]], sealed: Sequence[Any]) -> None:
    """Write the rows with what was sealed of them."""
    for (row, _sealing), values in zip(deposits, sealed, strict=True):
        row.people = values[SAFETY][0]
    insert([row for row, _sealing in deposits])


def _traits(person: dict[str, Any]) -> dict[str, Any]:
    return {key: person[key] for key in COMPARED if person.get(key)}


def _waiting(referral: Referral) -> dict[int, dict[DisclosureClass, Basis]]:
    basis = Basis(referral.basis_kind, referral.basis_id, referral.basis_until)
    return {referral.receiver_id: {SAFETY: basis}}


def hand_over(referral: Referral, *, by: Actor) -> None:
    """At the approval of what was submitted earlier: the deposit waits for the receiver from now on."""
    mine = PersonsDeposit.objects.filter(referral=referral, version=referral.package_version)
    if referral.basis_id is not None and mine.exists():
        audit.regrant(by, subject(referral), referral.package_version, deposits=_waiting(referral))


def close(referral: Referral, holder: int) -> None:
    """Nothing is left to be compared."""
    vault.close(subject(referral), holder=holder)


def compare(referral: Referral, *, by: Actor) -> Comparison | None:
    """Compare the receiver's own people with the newest deposit. Asked too often, the last answer stands.

    None where nothing was deposited, or its basis is gone.
    """
    newest = PersonsDeposit.objects.filter(referral=referral).order_by("-version").first()
    last = Comparison.objects.filter(referral=referral).order_by("-number").first()
    number = last.number + 1 if last else 1
    if newest is None or number > MOST_COMPARISONS:
        return last
    newest.referral = referral
    deposited = audit.Opening(_name(newest), [(Place.of(newest, "people"), newest.people)])
    families = Stay.objects.filter(departed_at=None).values_list("family", flat=True)
    try:
        tied = comparing.compare(by, deposited, people_of(families), _staff(by), referral_id=referral.pk)
    except Refused:
        return last
    made = Comparison(
        referral=referral, organisation_id=by.organisation_id, number=number, version=newest.version, at=now(),
        result=Likeness.CLOSER if tied else Likeness.CLEAR, membership_id=by.membership_id,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def _staff(by: Actor) -> list[Traits]:
    """Everybody who works there now."""
    members = Membership.objects.filter(organisation_id=by.organisation_id, active=True)
    return [Traits(names=(member.name_ar, member.name_en)) for member in members]
