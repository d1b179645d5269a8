"""Is somebody at the receiver tied to whom she must be protected from? Compared unseen, beside the telephone."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from ihala.audit import actions as audit
from ihala.audit import comparing
from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases.content import CaseContent
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.organisations.models import Actor, Membership
from ihala.referrals import actions, workflow
from ihala.referrals.actions import keeping_apart
from ihala.referrals.enums import ConflictResult, Likeness, State, Step
from ihala.referrals.models import Referral
from ihala.referrals.models_apart import MOST_COMPARISONS, Comparison, PersonsDeposit
from ihala.shelter import actions as shelter
from ihala.shelter.models import Stay
from ihala.vault import salts
from ihala.vault.models import Deposit, Grant
from tests import given
from tests.shelter import houses

DANIEL = "دانيال كيبيدي"
SUPERVISOR = "dfwac.supervisor"


def sent(path: str = "case consent draft send") -> Referral:
    """The mother and two children of the journey, sent to the Dubai Foundation; whom she fears is Daniel Kebede."""
    return given.acted(given.a_scene(of=given.HELEN), path).subject


def acknowledged(referral: Referral) -> str:
    """What the comparison said at acknowledging; "" where nothing was compared."""
    by = given.actor(SUPERVISOR)
    with acting(by):
        actions.acknowledge(referral, by=by)
        last = Comparison.objects.filter(referral=referral).first()
        return last.result if last else ""


def staff_called(name: str) -> None:
    with acting(given.actor("dfwac.admin")):
        Membership.objects.filter(pk=given.actor("dfwac.caseworker").membership_id).update(name_ar=name)


def a_resident(**content: Any) -> None:
    """A family that lives in the Dubai Foundation's house."""
    by = given.actor(SUPERVISOR)
    with acting(by):
        case = cases.create_case(CaseContent("domestic_violence", **content), by=by)
        place = houses.a_house(by, code="D")
        shelter.admit(place.beds("3", "1"), family=case.pk, by=by)


def test_nobody_is_tied_and_the_sender_never_hears_of_it(db: None) -> None:
    referral = sent()
    assert acknowledged(referral) == Likeness.CLEAR
    with acting(given.actor("aman.supervisor")):
        assert not Comparison.objects.exists()
        event = Event.objects.get(name="sealed.compared")
        assert (event.detail, event.referral_id) == ({}, referral.pk)
    with acting(given.actor("dfwac.dpo")):
        assert sorted(len(one.detail) for one in Event.objects.filter(name="sealed.compared")) == [0, 2]


@pytest.mark.parametrize(
    "resident",
    [
        {"survivor": {"name": DANIEL, "sex": "male"}},
        {"survivor": {"sex": "female"}, "companions": ({"name": DANIEL, "sex": "male"},)},
        {
            "survivor": {"sex": "female"},
            "persons_of_concern": ({"name": "غيره", "phones": [{"number": "055 000 1188"}]},),
        },
    ],
    ids=["a resident", "a companion", "the same person is feared by a resident"],
)
def test_a_tie_among_those_who_live_there_says_look_closer(db: None, resident: dict[str, Any]) -> None:
    referral = sent()
    a_resident(**resident)
    assert acknowledged(referral) == Likeness.CLOSER


def test_what_was_erased_and_came_back_with_a_backup_is_no_tie_and_no_error(db: None) -> None:
    """The row still holds what was sealed, but the class has another salt since: nothing can be read of it."""
    referral = sent()
    a_resident(survivor={"name": DANIEL, "sex": "male"})
    with acting(given.actor(SUPERVISOR)):
        root = Stay.objects.get(departed_at=None).family
    salts.erase(root, salts.fingerprints(root, ["identity"]))
    salts.ensure(root, ["identity"])
    assert acknowledged(referral) == Likeness.CLEAR


def attested(row: Referral, by: Actor) -> Referral:
    return actions.attest_conflict_check(row, by=by, spoke_with="Amal", result=ConflictResult.CLEAR)


def why_not_accept(by: Actor) -> str | None:
    refusal = workflow.why_not(Step.ACCEPT, Referral.objects.get(), by)
    return refusal and refusal.code


def test_a_tie_that_begins_meanwhile_asks_for_one_more_attestation_given_in_knowledge_of_it(
    db: None,
) -> None:
    referral, by = sent(), given.actor(SUPERVISOR)
    with acting(by):
        row = acknowledged_row(referral)
    staff_called("دانيال  كيبيدى")
    with acting(by):
        row = attested(row, by)
        assert why_not_accept(by) == "look_closer"
        attested(row, by)
        assert list(Comparison.objects.order_by("number").values_list("result", flat=True)) == [
            *("clear", "closer", "closer")
        ]
        assert actions.accept(Referral.objects.get(), by=by).state == State.ACCEPTED


def test_after_an_acknowledgement_that_said_look_closer_the_attestation_is_in_knowledge_of_it(
    db: None,
) -> None:
    referral, by = sent(), given.actor(SUPERVISOR)
    staff_called(DANIEL)
    with acting(by):
        attested(acknowledged_row(referral), by)
        assert why_not_accept(by) is None


def test_a_tie_that_went_and_came_again_is_news(db: None) -> None:
    referral, by = sent(), given.actor(SUPERVISOR)
    staff_called(DANIEL)
    with acting(by):
        row = acknowledged_row(referral)
    staff_called("عمرو")
    with acting(by):
        row = attested(row, by)
        assert why_not_accept(by) is None
    staff_called(DANIEL)
    with acting(by):
        row = attested(row, by)
        assert why_not_accept(by) == "look_closer"
        attested(row, by)
        assert why_not_accept(by) is None


def acknowledged_row(referral: Referral) -> Referral:
    return actions.acknowledge(referral, by=given.actor(SUPERVISOR))


def test_after_the_last_comparison_an_attestation_in_knowledge_of_it_is_enough(db: None) -> None:
    """Guessing a name with people of one's own would take many comparisons; there are three."""
    referral = sent()
    staff_called(DANIEL)
    by = given.actor(SUPERVISOR)
    with acting(by):
        row = acknowledged_row(referral)
        for _time in range(MOST_COMPARISONS):
            row = attested(row, by)
        assert Comparison.objects.count() == MOST_COMPARISONS
        assert workflow.why_not(Step.ACCEPT, row, by) is None
        with pytest.raises(IntegrityError, match="comparisons_are_few"), transaction.atomic():
            Comparison.objects.create(
                referral=row, organisation_id=by.organisation_id, number=MOST_COMPARISONS + 1, version=1,
                result="clear", membership_id=by.membership_id, at=row.changed_at,
            )  # fmt: skip
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Comparison.objects.all().delete()


def test_what_is_deposited_opens_to_nobody_before_or_after_acceptance(db: None) -> None:
    """The receiver holds a row it cannot read, releases nothing with it, and no grant of it can exist."""
    referral = sent()
    by = given.actor(SUPERVISOR)
    with acting(by):
        row = PersonsDeposit.objects.get()
        subject = keeping_apart.subject(referral)
        assert Deposit.objects.filter(subject_id=subject.id).count() == 1
        with pytest.raises(Refused):
            audit.open_sealed(
                by,
                "work",
                [
                    audit.Opening(
                        keeping_apart._name(row), [(keeping_apart.Place.of(row, "people"), row.people)]
                    )
                ],
            )
        with pytest.raises(Refused):
            audit.release(by, subject)
    given.acted(scene := given.a_scene(of=given.HELEN), "case consent draft send ack conflict accept")
    with acting(by):
        accepted = scene.subject
        assert not Grant.objects.filter(
            subject_id=keeping_apart.subject(accepted).id, organisation_id=by.organisation_id
        ).exists()
        with pytest.raises(Refused):
            audit.release(by, keeping_apart.subject(accepted))
        with pytest.raises(IntegrityError, match="grant_of_keep_apart_stays_at_home"), transaction.atomic():
            mine = Deposit.objects.get(subject_id=keeping_apart.subject(accepted).id)
            Grant.objects.create(
                organisation_id=by.organisation_id,
                **{
                    f.name: getattr(mine, f.name)
                    for f in mine._meta.concrete_fields
                    if f.name not in ("id", "receiver_id")
                },
            )


def test_a_package_is_never_compared_as_if_it_were_deposited_for_it(db: None) -> None:
    referral = sent()
    by = given.actor(SUPERVISOR)
    with acting(by):
        part = referral.parts.get(disclosure_class=DisclosureClass.SAFETY)
        from ihala.referrals.actions import sealed

        name = keeping_apart.SecretName(
            sealed.package_subject(referral), str(DisclosureClass.SAFETY), part.version, part.organisation_id
        )
        opening = audit.Opening(name, [(keeping_apart.Place.of(part, "document"), part.document)])
        with pytest.raises(Refused) as refused:
            comparing.compare(by, opening, [], [], referral_id=referral.pk)
        assert refused.value.refusal.code == "no_live_basis"


def test_withdrawing_consent_or_ending_leaves_nothing_to_compare(db: None) -> None:
    first, second = sent(), sent()
    with acting(given.actor("aman.supervisor")):
        actions.withdraw_consent(first, by=given.actor("aman.supervisor"))
        actions.withdraw(second, by=given.actor("aman.supervisor"), reason="duplicate")
    by = given.actor(SUPERVISOR)
    with acting(by):
        assert not Deposit.objects.filter(subject_kind="keep_apart").exists()
        assert keeping_apart.compare(first, by=by) is None


def test_what_was_submitted_is_deposited_when_a_supervisor_sends_it(db: None) -> None:
    scene = given.acted(given.a_scene(of=given.HELEN, urgency="urgent"), "case consent draft submit")
    with acting(given.actor("aman.supervisor")):
        assert not Deposit.objects.filter(subject_kind="keep_apart").exists()
    given.acted(scene, "approve")
    with acting(given.actor("aman.supervisor")):
        assert Deposit.objects.filter(subject_kind="keep_apart").count() == 1
    assert acknowledged(scene.subject) == Likeness.CLEAR


def test_another_organisation_sees_neither_deposit_nor_comparison(db: None) -> None:
    referral = sent()
    acknowledged(referral)
    with acting(given.actor("sharjah.caseworker")):
        assert not PersonsDeposit.objects.exists()
        assert not Comparison.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            PersonsDeposit.objects.create(
                id=uuid4(), referral_id=referral.pk, version=9, created_at=referral.created_at,
                organisation_id=given.cast().sharjah.pk,
            )  # fmt: skip
