"""Consent is given for one recipient and a time, counts while it lives, and is taken back whatever happens."""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from ihala.audit.models import Event
from ihala.consent import actions, rules
from ihala.consent.enums import How, Purpose, Standing
from ihala.consent.models import Consent, Withdrawal
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass, LegalBasis
from ihala.organisations.enums import Release
from ihala.organisations.rules import active_terms
from ihala.vault import actions as vault
from ihala.vault.enums import SubjectKind
from ihala.vault.models import Deposit, Grant
from ihala.vault.sealing import OWN, Basis, Place, Subject
from tests.consent.words import given, let_in

IDENTITY, NARRATIVE, TRIAGE = DisclosureClass.IDENTITY, DisclosureClass.NARRATIVE, DisclosureClass.TRIAGE


@pytest.fixture
def consent(aman, dfwac, case):
    with acting(aman.caseworker):
        return actions.give(case, by=aman.caseworker, recipient=dfwac.id, given=given())


def test_a_consent_counts_for_its_recipient_until_its_last_day(aman, dfwac, sharjah, case, consent):
    with acting(aman.caseworker):
        basis = rules.basis_for(case.id, dfwac.id)
        assert basis is not None and basis.id == consent.id
        assert (basis.kind, basis.classes) == (LegalBasis.CONSENT, (TRIAGE, IDENTITY, NARRATIVE))
        assert rules.basis_for(case.id, sharjah.id) is None
        assert rules.basis_for(uuid4(), dfwac.id) is None
        assert rules.basis_for(None, dfwac.id) is None and rules.live_consent(None, dfwac.id) is None
        assert basis.expires_at is not None
        with clock.at(basis.expires_at - timedelta(seconds=1)):
            assert rules.live_consent(case.id, dfwac.id) is not None
        with clock.at(basis.expires_at):
            assert rules.live_consent(case.id, dfwac.id) is None
        assert rules.live_consent(case.id, dfwac.id, basis.expires_at) is None


def test_the_consent_recorded_last_counts(aman, dfwac, case, consent):
    with acting(aman.caseworker), clock.later(timedelta(minutes=1)):
        narrower = actions.give(
            case, by=aman.caseworker, recipient=dfwac.id, given=given(classes=("identity",)), renews=consent
        )
        assert rules.live_consent(case.id, dfwac.id) == narrower
        assert narrower.renews == consent


def test_what_she_said_is_sealed_and_its_reading_is_on_record(aman, dfwac, case, consent):
    with acting(aman.caseworker):
        assert b"am" not in bytes(consent.details) or "مترجمة".encode() not in bytes(consent.details)
        bare = actions.give(
            case, by=aman.caseworker, recipient=dfwac.id, given=given(language="", witness="")
        )
        assert bare.details is None
        told = actions.open_details([consent, bare], by=aman.caseworker)
        assert told == [{"language": "am", "witness": "مترجمة المركز"}, {}]
        assert Event.objects.filter(name="sealed.opened", subject_id=consent.id).count() == 1
        assert actions.open_details([bare], by=aman.caseworker) == [{}]


def test_giving_is_on_record(aman, consent):
    with acting(aman.caseworker):
        assert Event.objects.filter(name="consent.given", subject_id=consent.id).count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"classes": ()}, "no_classes"),
        ({"classes": ("triage",)}, "no_classes"),
        ({"classes": ("identity", "everything")}, "unknown_class"),
        ({"given_by": "guardian"}, "guardian_needed"),
        ({"words": "x" * 2001}, "words_too_long"),
        ({"given_on": date(2999, 1, 1)}, "given_in_future"),
        ({"until": date(2000, 1, 1)}, "ends_before_it_begins"),
        ({"given_on": date(2000, 1, 1), "until": date(2000, 2, 1)}, "consent_expired"),
        ({"until": date(2999, 1, 1)}, "too_long"),
    ],
)
def test_a_consent_that_cannot_be_is_refused(aman, dfwac, case, changes, code):
    with acting(aman.caseworker), pytest.raises(Refused) as refused:
        actions.give(case, by=aman.caseworker, recipient=dfwac.id, given=given(**changes))
    assert refused.value.refusal.code == code


def test_consent_is_given_for_another_organisation(aman, case):
    with acting(aman.caseworker), pytest.raises(Refused) as refused:
        actions.give(case, by=aman.caseworker, recipient=aman.id, given=given())
    assert refused.value.refusal.code == "own_organisation"


@pytest.mark.parametrize(("who", "code"), [("director", "not_permitted"), ("supervisor", "not_visible")])
def test_only_staff_with_access_to_the_case_record_consent(aman, dfwac, case, who, code):
    actor = aman.actor(who)
    with acting(actor), pytest.raises(Refused) as refused:
        actions.give(case, by=actor, recipient=dfwac.id, given=given())
    assert refused.value.refusal.code == code


def test_a_guardian_gives_another_kind_of_basis(aman, dfwac, case):
    with acting(aman.caseworker):
        actions.give(
            case, by=aman.caseworker, recipient=dfwac.id, given=given(given_by="guardian", guardian="الأم")
        )
        basis = rules.basis_for(case.id, dfwac.id)
    assert basis is not None and basis.kind is LegalBasis.GUARDIAN_CONSENT


def test_the_day_of_a_paper_form_is_the_day_on_which_validity_is_judged(aman, dfwac, case):
    old = given(given_on=date(2020, 1, 1), until=date(2020, 3, 1))
    with acting(aman.caseworker):
        actions.give(case, by=aman.caseworker, recipient=dfwac.id, given=old, on=date(2020, 2, 1))
        assert rules.basis_for(case.id, dfwac.id) is None


def test_consent_and_terms_both_limit_the_classes(aman, dfwac, case, consent):
    with acting(aman.caseworker):
        terms = active_terms(aman.id, dfwac.id)
        basis = rules.basis_for(case.id, dfwac.id)
    assert terms is not None and basis is not None
    assert rules.allowed_classes(basis, terms) == (TRIAGE, IDENTITY, NARRATIVE)
    closed = SimpleNamespace(
        classes_under=lambda kind: (TRIAGE, IDENTITY, NARRATIVE),
        released_at=lambda cls, urgency: Release.NEVER if cls == NARRATIVE else Release.SENDING,
    )
    assert rules.allowed_classes(basis, closed) == (TRIAGE, IDENTITY)
    unsigned = SimpleNamespace(
        classes_under=lambda kind: (), released_at=lambda cls, urgency: Release.SENDING
    )
    assert rules.allowed_classes(basis, unsigned) == (TRIAGE,)


def test_purposes_are_the_kind_and_the_services():
    assert rules.purposes_of("transfer", ["legal", "shelter", "unheard_of"]) == (
        Purpose.TRANSFER, Purpose.SHELTER, Purpose.LEGAL,
    )  # fmt: skip


def test_a_question_allowed_twice_over_is_still_no_basis_for_a_disclosure(aman, dfwac, case):
    with acting(aman.caseworker):
        both = given(purposes=(Purpose.KNOWN, Purpose.KNOWN, Purpose.SHELTER))
        allowed = actions.give(case, by=aman.caseworker, recipient=dfwac.id, given=both)
        assert allowed.purposes == [Purpose.SHELTER, Purpose.KNOWN]
        with clock.later(timedelta(minutes=1)):
            twice = given(purposes=(Purpose.KNOWN, Purpose.KNOWN))
            asked = actions.give(case, by=aman.caseworker, recipient=dfwac.id, given=twice)
        assert asked.purposes == [Purpose.KNOWN]
        assert rules.live_consent(case.id, dfwac.id) == allowed
        actions.withdraw(allowed.id, by=aman.caseworker)
        asked.pk, asked.purposes = uuid4(), [Purpose.KNOWN, Purpose.KNOWN]  # written past the action
        asked.save(force_insert=True)
        assert rules.consent_to_ask(case.id, dfwac.id) is not None
        assert rules.live_consent(case.id, dfwac.id) is None and rules.basis_for(case.id, dfwac.id) is None


def test_more_than_a_year_is_unusual():
    assert not rules.unusual(given(given_on=date(2026, 1, 1), until=date(2027, 1, 1)))
    assert rules.unusual(given(given_on=date(2026, 1, 1), until=date(2027, 2, 1)))


# --------------------------------------------------------------------------------------------------------- withdrawal


@pytest.mark.parametrize("side", ["aman", "dfwac"])
@pytest.mark.parametrize("who", ["caseworker", "supervisor", "duty", "practitioner"])
def test_staff_of_either_party_take_a_consent_back_and_twice_is_once(
    request, aman, dfwac, case, consent, side, who
):
    actor = request.getfixturevalue(side).actor(who)
    with acting(actor):
        actions.withdraw(consent.id, by=actor, how=How.TELEPHONE)
        actions.withdraw(consent.id, by=actor)
        assert Withdrawal.objects.get(consent_id=consent.id).how == How.TELEPHONE
        assert Event.objects.filter(name="consent.withdrawn", subject_id=consent.id).count() == 1
    with acting(aman.caseworker):
        assert rules.basis_for(case.id, dfwac.id) is None
        found = rules.consents_of(case).get()
        assert rules.standing(found, clock.today()) is Standing.WITHDRAWN
        assert (
            Event.objects.filter(name="consent.withdrawn").count() == 1
        )  # the holder reads of it in its own log


def test_the_other_party_cannot_undo_or_repeat_what_one_party_recorded(aman, dfwac, case, consent):
    with acting(dfwac.duty):
        actions.withdraw(consent.id, by=dfwac.duty)
    with acting(aman.caseworker):
        actions.withdraw(consent.id, by=aman.caseworker)
        assert Withdrawal.objects.get().recorded_by_organisation_id == dfwac.id


def test_a_way_of_saying_it_that_nobody_knows_does_not_stand_in_the_way(aman, consent):
    with acting(aman.caseworker):
        actions.withdraw(consent.id, by=aman.caseworker, how="by pigeon")
        assert Withdrawal.objects.get().how == How.OTHER


def test_a_stranger_and_a_role_without_part_in_it_are_refused(aman, sharjah, consent):
    with acting(sharjah.caseworker), pytest.raises(Refused) as refused:
        actions.withdraw(consent.id, by=sharjah.caseworker)
    assert refused.value.refusal.code == "not_visible"
    with acting(aman.director), pytest.raises(Refused) as refused:
        actions.withdraw(consent.id, by=aman.director)
    assert refused.value.refusal.code == "not_permitted"
    with acting(aman.caseworker), pytest.raises(Refused) as refused:
        actions.withdraw(uuid4(), by=aman.caseworker)
    assert refused.value.refusal.code == "not_visible"


CORRUPTIONS = [
    "classes = ARRAY['nonsense']",
    "classes = ARRAY[]::varchar[]",
    "basis = 'nothing', given_by = 'nobody'",
    "until = '1900-01-01'",
    "details = '\\x00'",
    "how = ''",
    "purposes = NULL",
    "recipient_id = recipient_id, given_on = '2999-01-01'",
]


@pytest.fixture
def loosened(owner):
    """A table on which nothing is checked any more, as after a bad restore; put right afterwards."""
    checks = owner.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = 'consent_consent'::regclass AND contype = 'c'"
    ).fetchall()
    for name, _definition in checks:
        owner.execute(f"ALTER TABLE consent_consent DROP CONSTRAINT {name}")
    owner.execute("ALTER TABLE consent_consent ALTER purposes DROP NOT NULL")
    yield owner
    owner.execute("DELETE FROM consent_withdrawal; DELETE FROM consent_consent")
    owner.execute("ALTER TABLE consent_consent ALTER purposes SET NOT NULL")
    for name, definition in checks:
        owner.execute(f"ALTER TABLE consent_consent ADD CONSTRAINT {name} {definition}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("corruption", CORRUPTIONS)
@pytest.mark.parametrize("side", ["aman", "dfwac"])
def test_a_corrupted_consent_is_taken_back_all_the_same(request, loosened, corruption, side):
    aman, dfwac = request.getfixturevalue("aman"), request.getfixturevalue("dfwac")
    consent = request.getfixturevalue("consent")
    loosened.execute(f"UPDATE consent_consent SET {corruption}")
    actor = {"aman": aman, "dfwac": dfwac}[side].caseworker
    with acting(actor):
        actions.withdraw(consent.id, by=actor)
        assert Withdrawal.objects.count() == 1


def test_every_key_that_rests_on_the_consent_goes_with_it(aman, dfwac, case, consent):
    subject = Subject(SubjectKind.REFERRAL, uuid4(), uuid4())
    basis = Basis(LegalBasis.CONSENT, consent.id)
    place = Place("t", subject.id, "f")
    with acting(aman.caseworker):
        vault.seal_new(
            subject, {IDENTITY: [(place, "n")], TRIAGE: [(place, "t")]}, version=1, author=aman.id,
            holders={aman.id: OWN, dfwac.id: {"triage": basis}}, deposits={dfwac.id: {"identity": basis}},
        )  # fmt: skip
        assert Grant.objects.filter(basis_id=consent.id).count() == 1
        assert Deposit.objects.filter(basis_id=consent.id).count() == 1
    with acting(dfwac.caseworker):
        actions.withdraw(consent.id, by=dfwac.caseworker)
        assert not Grant.objects.filter(basis_id=consent.id).exists()
        assert not Deposit.objects.filter(basis_id=consent.id).exists()
    with acting(aman.caseworker):
        assert Grant.objects.filter(subject_id=subject.id, organisation_id=aman.id).count() == 2


# --------------------------------------------------------------------------------------------------------------- walls


def test_the_recipient_reads_nothing_of_a_consent_and_the_holder_reads_of_its_withdrawal(
    aman, dfwac, consent
):
    with acting(dfwac.supervisor):
        assert not Consent.objects.exists()
        actions.withdraw(consent.id, by=dfwac.supervisor)
        assert Withdrawal.objects.count() == 1
    with acting(aman.caseworker):
        assert Withdrawal.objects.count() == 1


def test_a_stranger_neither_reads_nor_writes(aman, dfwac, sharjah, case, consent):
    with acting(dfwac.duty):
        actions.withdraw(consent.id, by=dfwac.duty)
    with acting(sharjah.caseworker):
        assert not Consent.objects.exists() and not Withdrawal.objects.exists()
        for holder in (aman.id, sharjah.id):
            row = Withdrawal(
                consent_id=consent.id, organisation_id=holder, recorded_by_organisation_id=sharjah.id,
                recorded_at=clock.now(), how=How.VERBAL,
            )  # fmt: skip
            with pytest.raises(Exception, match="row-level security"), transaction.atomic():
                row.save()
        forged = Consent(
            organisation_id=aman.id, case_id=case.id, recipient_id=sharjah.id, basis="consent", classes=["identity"],
            given_by="survivor", how="written", given_on=clock.today(), until=clock.today(), recorded_at=clock.now(),
        )  # fmt: skip
        for holder in (aman.id, sharjah.id):
            forged.organisation_id = holder
            forged.recipient_id = dfwac.id
            with pytest.raises(Exception, match="row-level security"), transaction.atomic():
                forged.save(force_insert=True)


def test_nobody_changes_or_deletes_a_consent_or_a_withdrawal(aman, dfwac, consent):
    with acting(aman.caseworker):
        actions.withdraw(consent.id, by=aman.caseworker)
        for statement in (
            "UPDATE consent_consent SET until = '2999-01-01'",
            "DELETE FROM consent_consent",
            "UPDATE consent_withdrawal SET how = 'written'",
            "DELETE FROM consent_withdrawal",
            "DELETE FROM consent_legalbasisrecord",
        ):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def test_nobody_records_a_withdrawal_in_anothers_name(aman, dfwac, consent):
    with acting(dfwac.duty):
        row = Withdrawal(
            consent_id=consent.id, organisation_id=aman.id, recorded_by_organisation_id=aman.id,
            recorded_at=clock.now(), how=How.VERBAL,
        )  # fmt: skip
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            row.save()


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "holder"},
        {"until": date(2000, 1, 1)},
        {"basis": "guardian_consent"},
        {"given_by": "guardian"},
    ],
)
def test_the_database_refuses_a_consent_that_cannot_be(aman, consent, changes):
    changes = {
        ("recipient_id" if k == "recipient" else k): (aman.id if v == "holder" else v)
        for k, v in changes.items()
    }
    with acting(aman.caseworker):
        row = Consent.objects.get()
        row.pk = uuid4()
        for name, value in changes.items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_a_colleague_with_access_takes_part(aman, dfwac, case, consent):
    with acting(aman.caseworker):
        let_in(case, aman.duty)
    with acting(aman.duty):
        actions.give(case, by=aman.duty, recipient=dfwac.id, given=given())
        assert rules.consents_of(case).count() == 2
