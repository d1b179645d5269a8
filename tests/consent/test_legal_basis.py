"""A legal basis without consent counts once signed, fully once two different people have signed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from ihala.accounts.roles import Role
from ihala.audit.models import Event
from ihala.consent import actions, rules
from ihala.consent.models import LegalBasisRecord
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.core.vocabulary import LegalBasis
from ihala.organisations.actions import add_member
from ihala.organisations.terms import default_terms
from tests.consent.words import given, let_in
from tests.organisations import cast

DUTY = LegalBasis.CHILD_PROTECTION_DUTY


@pytest.fixture
def basis(aman, dfwac, case):
    with acting(aman.caseworker):
        let_in(case, aman.supervisor)
        return actions.record_basis(
            case, by=aman.caseworker, recipient=dfwac.id, type_=DUTY, source=" قانون وديمة،  المادة 42 ",
            statements={"first_sign_off": "أخصائية الحالة"},
        )  # fmt: skip


def refused(call, **kwargs):
    with pytest.raises(Refused) as found:
        call(**kwargs)
    return found.value.refusal.code


def test_unsigned_it_counts_for_nothing_whatever_a_paper_form_states(aman, dfwac, case, basis):
    with acting(aman.caseworker):
        assert rules.basis_for(case.id, dfwac.id) is None
        told = actions.open_details([basis], by=aman.caseworker)
    assert told == [{"source": "قانون وديمة، المادة 42", "statements": {"first_sign_off": "أخصائية الحالة"}}]


def test_two_people_sign_one_after_the_other(aman, dfwac, case, basis):
    with acting(aman.caseworker):
        actions.first_sign_off(basis, by=aman.caseworker)
        first = rules.basis_for(case.id, dfwac.id)
        assert first is not None and first.second_signature_pending
        assert (first.kind, first.classes) == (DUTY, rules.MINIMUM)
        assert first.expires_at is None
    with acting(aman.supervisor):
        actions.second_sign_off(LegalBasisRecord.objects.get(), by=aman.supervisor)
        second = rules.basis_for(case.id, dfwac.id)
        assert second is not None and not second.second_signature_pending
        assert Event.objects.filter(name="legal_basis.signed", subject_id=basis.id).count() == 2


def test_a_basis_signed_twice_counts_before_one_that_waits(aman, dfwac, case, basis):
    with acting(aman.caseworker):
        actions.first_sign_off(basis, by=aman.caseworker)
    with acting(aman.supervisor):
        actions.second_sign_off(LegalBasisRecord.objects.get(), by=aman.supervisor)
    with acting(aman.caseworker), clock.later(timedelta(hours=1)):
        later = actions.record_basis(
            case, by=aman.caseworker, recipient=dfwac.id, type_=LegalBasis.VITAL_INTEREST, source="x"
        )
        actions.first_sign_off(later, by=aman.caseworker)
        found = rules.basis_for(case.id, dfwac.id)
    assert found is not None and found.id == basis.id


def test_the_same_person_never_signs_twice(aman, dfwac, case, basis):
    with acting(aman.caseworker):
        assert refused(actions.second_sign_off, basis=basis, by=aman.caseworker) == "first_signature_missing"
        actions.first_sign_off(basis, by=aman.caseworker)
        assert refused(actions.first_sign_off, basis=basis, by=aman.caseworker) == "already_signed"
        assert refused(actions.second_sign_off, basis=basis, by=aman.caseworker) == "second_person"
        with pytest.raises(IntegrityError), transaction.atomic():
            LegalBasisRecord.objects.update(
                second_sign_off_by=aman.caseworker.membership_id, second_sign_off_at=clock.now()
            )


def test_a_third_signature_and_a_slower_one_are_refused(aman, dfwac, case, basis):
    with acting(aman.caseworker):
        stale = LegalBasisRecord.objects.select_related("case").get()
        actions.first_sign_off(basis, by=aman.caseworker)
        assert refused(actions.first_sign_off, basis=stale, by=aman.caseworker) == "already_signed"
    with acting(aman.supervisor):
        actions.second_sign_off(basis, by=aman.supervisor)
        assert refused(actions.second_sign_off, basis=basis, by=aman.supervisor) == "already_signed"


def test_only_roles_that_sign_and_have_access_sign(aman, dfwac, case, basis):
    with acting(aman.practitioner):
        assert refused(actions.first_sign_off, basis=basis, by=aman.practitioner) == "not_permitted"
    with acting(aman.system):
        added = add_member(
            username="aman.second", roles=[Role.CASEWORKER], name_ar="ثانية", name_en="Second", password=cast.PASSWORD,
            by=aman.system,
        )  # fmt: skip
    stranger = cast.actor_for(added.membership)
    with acting(stranger):
        assert refused(actions.second_sign_off, basis=basis, by=stranger) == "not_visible"


@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        ("director", {}, "not_permitted"),
        ("supervisor", {}, "not_visible"),
        ("caseworker", {"type_": "mercy"}, "unknown_basis"),
        ("caseworker", {"type_": "consent"}, "unknown_basis"),
        ("caseworker", {"source": "  "}, "source_needed"),
        ("caseworker", {"recipient": None}, "own_organisation"),
    ],
)
def test_a_legal_basis_that_cannot_be_is_refused(aman, dfwac, case, who, changes, code):
    actor = aman.actor(who)
    usual = {"recipient": dfwac.id, "type_": DUTY, "source": "law"} | changes
    usual["recipient"] = usual["recipient"] or aman.id
    with acting(actor):
        assert refused(actions.record_basis, case=case, by=actor, **usual) == code


def test_the_agreement_says_which_legal_bases_there_are(aman, case):
    other = cast.dfwac()
    data = default_terms(aman.id, other.id)
    del data["legal_bases"][LegalBasis.VITAL_INTEREST]
    cast.agree(aman, other, data)
    third = cast.sharjah()
    usual = {"case": case, "by": aman.caseworker, "type_": LegalBasis.VITAL_INTEREST, "source": "law"}
    with acting(aman.caseworker):
        assert refused(actions.record_basis, recipient=other.id, **usual) == "basis_not_in_terms"
        assert actions.record_basis(
            recipient=third.id, **usual
        ).pk  # no terms yet: nothing can be sent either


def test_withdrawing_consent_leaves_the_legal_basis_untouched(aman, dfwac, case, basis):
    with acting(aman.caseworker):
        actions.first_sign_off(basis, by=aman.caseworker)
        consent = actions.give(case, by=aman.caseworker, recipient=dfwac.id, given=given())
        counts = rules.basis_for(case.id, dfwac.id)
        assert counts is not None and counts.id == consent.id
        actions.withdraw(consent.id, by=aman.caseworker)
        counts = rules.basis_for(case.id, dfwac.id)
        assert counts is not None and counts.id == basis.id


def test_the_recipient_reads_nothing_of_it_and_signs_nothing(aman, dfwac, basis):
    with acting(dfwac.supervisor):
        assert not LegalBasisRecord.objects.exists()
        assert LegalBasisRecord.objects.update(first_sign_off_at=clock.now()) == 0


def test_signatures_come_in_order_with_who_and_when(aman, basis):
    when, who = clock.now(), aman.supervisor.membership_id
    for broken in (
        {"first_sign_off_at": when},
        {"second_sign_off_at": when, "second_sign_off_by": who},
        {"first_sign_off_at": when, "first_sign_off_by": who, "second_sign_off_at": when},
    ):
        with acting(aman.supervisor), pytest.raises(IntegrityError), transaction.atomic():
            LegalBasisRecord.objects.update(**broken)
