"""Sealed content is opened through one door, which writes first and answers then."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from ihala.audit import actions as audit
from ihala.audit.enums import EventName, Purpose
from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.vault import actions as vault
from ihala.vault import link, salts
from ihala.vault.sealing import OWN, NotOpened
from tests.vault.cast import AMAN, DFWAC, ME, OTHER, SHARJAH, STORY, a_case, a_package, consent, named, place
from tests.vault.holding import draft, sent

pytestmark = pytest.mark.usefixtures("cast")


def opening(subject, sealed, cls):
    return audit.Opening(named(subject, cls), [(place(subject.id), value) for value in sealed[cls]])


def read(who, *openings, **how):
    with acting(who):
        return audit.open_sealed(who, Purpose.WORK, openings, **how)


def events(who, name=EventName.SEALED_OPENED):
    with acting(who):
        return list(Event.objects.filter(name=name).order_by("id"))


def test_values_come_back_in_order_and_empty_ones_stay_empty():
    package = a_package()
    sealed = sent(package)
    identity, triage = opening(package, sealed, "identity"), opening(package, sealed, "triage")
    gap = audit.Opening(triage.name, [(place(package.id, "other"), None), *triage.values])
    assert read(AMAN, identity, gap) == [[STORY], [None, "triage"]]


def test_opening_takes_two_statements_however_much_is_opened(django_assert_num_queries):
    openings = []
    for _number in range(4):
        package = a_package()
        sealed = sent(package)
        openings += [opening(package, sealed, "triage"), opening(package, sealed, "identity")]
    with acting(AMAN), django_assert_num_queries(2):
        audit.open_sealed(AMAN, Purpose.WORK, openings)
    assert len(events(AMAN)) == 4


def test_each_reading_is_on_record_with_its_purpose_and_classes():
    case = a_case()
    with acting(AMAN):
        sealed = vault.seal_new(
            case, {"narrative": [(place(case.id), STORY)], "safety": []}, 1, ME, holders={ME: OWN}
        )
    read(AMAN, opening(case, sealed, "narrative"), opening(case, sealed, "safety"))
    (event,) = events(AMAN)
    assert (event.organisation_id, event.user_id, event.membership_id) == (ME, 5, 7)
    assert (event.subject_kind, event.subject_id, event.case_id, event.referral_id) == (
        "case",
        case.id,
        case.root,
        None,
    )
    assert event.detail == {"purpose": "work", "classes": ["narrative", "safety"]}
    assert event.concerns_organisation_id is None
    assert event.refusal == ""


def test_the_author_reads_in_its_own_log_that_the_other_side_opened_its_package():
    package = a_package()
    sealed = sent(package)
    read(DFWAC, opening(package, sealed, "triage"))
    (event,) = events(AMAN)
    assert (event.organisation_id, event.concerns_organisation_id) == (OTHER, ME)
    assert (event.case_id, event.referral_id) == (None, package.root)
    assert events(SHARJAH) == []


def test_where_the_reading_took_place_can_be_added():
    package, case_id, referral_id = a_package(), uuid4(), uuid4()
    sealed = sent(package)
    read(AMAN, opening(package, sealed, "triage"), case_id=case_id, referral_id=referral_id)
    assert [(event.case_id, event.referral_id) for event in events(AMAN)] == [(case_id, referral_id)]


def test_what_one_holds_no_key_to_is_refused_and_the_attempt_stays_on_record():
    package = a_package()
    sealed = sent(package)
    with pytest.raises(Refused) as refused, acting(DFWAC):
        try:
            audit.open_sealed(
                DFWAC, "work", [opening(package, sealed, "triage"), opening(package, sealed, "identity")]
            )
        finally:
            (event,) = Event.objects.filter(refusal="no_live_basis")
            assert event.detail["classes"] == ["identity"]
            assert not Event.objects.filter(refusal="").exists()
    assert refused.value.refusal.code == "no_live_basis"
    assert refused.value.refusal.status == 403


def test_what_is_missing_can_be_left_out():
    package = a_package()
    sealed = sent(package)
    found = read(
        DFWAC, opening(package, sealed, "triage"), opening(package, sealed, "identity"), missing_ok=True
    )
    assert found == [["triage"], [None]]
    assert [event.detail["classes"] for event in events(DFWAC)] == [["triage"]]
    assert read(DFWAC, opening(package, sealed, "identity"), missing_ok=True) == [[None]]
    assert len(events(DFWAC)) == 1


def test_an_expired_basis_and_a_destroyed_salt_refuse():
    package = a_package()
    sealed = sent(package, consent(expires_at=clock.now() + timedelta(hours=1)))
    with clock.later(timedelta(hours=2)), pytest.raises(Refused):
        read(DFWAC, opening(package, sealed, "triage"))
    salts.destroy(package.root)
    with pytest.raises(Refused):
        read(AMAN, opening(package, sealed, "triage"))


def test_a_value_moved_to_another_row_does_not_open():
    package = a_package()
    sealed = sent(package)
    moved = audit.Opening(named(package, "triage"), [(place(uuid4()), sealed["triage"][0])])
    with pytest.raises(NotOpened):
        read(AMAN, moved)


def test_an_unknown_purpose_opens_nothing():
    package = a_package()
    sealed = sent(package)
    with acting(AMAN), pytest.raises(ValueError, match="curiosity"):
        audit.open_sealed(AMAN, "curiosity", [opening(package, sealed, "triage")])


def test_a_step_that_fails_afterwards_takes_its_reading_with_it():
    """What was read never left the server: event and page are one transaction, and the step records its refusal."""
    package = a_package()
    sealed = sent(package)
    with acting(AMAN):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            audit.open_sealed(AMAN, "work", [opening(package, sealed, "triage")])
            raise ZeroDivisionError
        assert not Event.objects.exists()


# ------------------------------------------------------------------------------------------------------------- sealing


def test_more_is_sealed_under_a_secret_that_exists_without_a_reading_on_record(django_assert_num_queries):
    case = a_case()
    draft(case)
    name = named(case, "triage")
    with acting(AMAN):
        with django_assert_num_queries(1):
            (first, second) = audit.seal_more(AMAN, name, [(place(1), "one"), (place(2), "two")])
        assert not Event.objects.exists()
    assert read(AMAN, audit.Opening(name, [(place(1), first), (place(2), second)])) == [["one", "two"]]


def test_several_classes_are_sealed_with_one_query(django_assert_num_queries):
    case = a_case()
    draft(case)
    triage, identity = named(case, "triage"), named(case, "identity")
    with acting(AMAN), django_assert_num_queries(1):
        sealed = audit.seal_all(AMAN, {triage: [(place(1), "one")], identity: []})
    assert sealed[identity] == []
    assert read(AMAN, audit.Opening(triage, [(place(1), sealed[triage][0])])) == [["one"]]


def test_the_other_side_may_write_under_a_secret_it_holds():
    """The thread of a referral: one secret, two writers."""
    package = a_package()
    sent(package)
    name = named(package, "triage")
    with acting(DFWAC):
        (answer,) = audit.seal_more(DFWAC, name, [(place(3), "answer")])
    assert read(AMAN, audit.Opening(name, [(place(3), answer)])) == [["answer"]]


def test_without_a_grant_nothing_can_be_sealed():
    package = a_package()
    sent(package)
    with acting(DFWAC), pytest.raises(Refused) as refused:
        audit.seal_all(DFWAC, {named(package, "triage"): [], named(package, "identity"): []})
    assert refused.value.refusal.code == "no_live_basis"


# ------------------------------------------------------------------------------------------------- sharing, on record


def test_sharing_is_on_record_for_both(django_assert_num_queries):
    package, basis = a_package(), consent()
    draft(package)
    with acting(AMAN):
        audit.regrant(
            AMAN, package, 1, holders={OTHER: {"triage": basis}}, deposits={OTHER: {"identity": basis}}
        )
    for who in (AMAN, DFWAC):
        (event,) = events(who, EventName.SEALED_GRANTED)
        assert event.detail == {"classes": ["triage"], "deposited": ["identity"]}
        assert (event.organisation_id, event.concerns_organisation_id) == (ME, OTHER)
        assert event.referral_id == package.root


def test_sharing_with_oneself_concerns_nobody_else():
    package = a_package()
    draft(package)
    with acting(AMAN):
        audit.regrant(AMAN, package, 1, holders={ME: OWN})
    (event,) = events(AMAN, EventName.SEALED_GRANTED)
    assert event.concerns_organisation_id is None


def test_release_is_on_record_for_both(accepted):
    package = a_package()
    sealed = sent(package)
    with acting(DFWAC):
        assert [grant.disclosure_class for grant in audit.release(DFWAC, package)] == ["identity"]
        assert audit.release(DFWAC, package, classes=["identity"]) == []
    for who in (AMAN, DFWAC):
        (event,) = events(who, EventName.SEALED_RELEASED)
        assert event.detail == {"classes": ["identity"]}
        assert (event.organisation_id, event.concerns_organisation_id) == (OTHER, ME)
    assert read(DFWAC, opening(package, sealed, "identity")) == [[STORY]]


def test_release_before_acceptance_is_refused():
    package = a_package()
    sent(package)
    with acting(DFWAC), pytest.raises(Refused) as refused:
        audit.release(DFWAC, package)
    assert refused.value.refusal.code == "release_before_acceptance"


def test_release_waits_for_the_commit_and_an_agent_that_is_away_stops_nothing(
    settings, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    """It finds by itself what may be released when it comes back (`tests/keyagent`)."""
    package = a_package()
    sent(package)
    monkeypatch.setattr(link, "PATIENCE", 0.0)
    settings.KEY_AGENT = str(tmp_path / "nobody.sock")
    with django_capture_on_commit_callbacks(execute=True) as callbacks, acting(DFWAC):
        audit.release_on_commit(DFWAC, package)
    assert len(callbacks) == 1
    settings.KEY_AGENT = link.INSIDE
    with acting(DFWAC):
        audit.release_on_commit(DFWAC, a_package())  # at once, and nothing waits there
        with pytest.raises(Refused):
            audit.release_on_commit(DFWAC, package)
