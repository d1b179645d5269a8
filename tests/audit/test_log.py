"""The log is added to, read by whom it concerns, and never changed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from ihala.audit import actions as audit
from ihala.audit.models import Event, event_id
from ihala.audit.rules import PAGE, After, Wanted, page_of_log
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import Category
from tests.vault.cast import AMAN, DFWAC, ME, OTHER, SHARJAH, Somebody

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def note(name="case.created", who=AMAN, at=NOON, **columns):
    with clock.at(at), acting(who):
        audit.record(who, name, **columns)


def names(who=AMAN, after=None, **wanted):
    with acting(who):
        events, _older = page_of_log(who.organisation_id, Wanted(**wanted), after)
    return [event.name for event in events]


def test_an_event_is_one_statement_and_says_who_and_when(db, django_assert_num_queries):
    case, referral, subject = uuid4(), uuid4(), uuid4()
    with clock.at(NOON), acting(AMAN):
        with django_assert_num_queries(1):
            audit.record(
                AMAN, "referral.accept", subject_kind="referral", subject_id=subject, case_id=case,
                referral_id=referral, concerns=OTHER, refusal="stale_version", detail={"from": "sent"},
            )  # fmt: skip
        event = Event.objects.get()
    assert (event.at, event.organisation_id, event.user_id, event.membership_id) == (NOON, ME, 5, 7)
    assert (event.name, event.subject_kind, event.subject_id) == ("referral.accept", "referral", subject)
    assert (event.case_id, event.referral_id, event.concerns_organisation_id) == (case, referral, OTHER)
    assert (event.refusal, event.detail) == ("stale_version", {"from": "sent"})


def test_the_system_has_no_membership_and_numbers_become_keys(db):
    note("membership.added", Somebody(ME, 0, 0), subject_kind="membership", subject_id=12)
    with acting(AMAN):
        event = Event.objects.get()
    assert (event.user_id, event.membership_id, event.subject_id) == (0, None, UUID(int=12))


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Category.DOMESTIC_VIOLENCE, "domestic_violence"),
        ("", ""),
        (None, None),
        (True, True),
        (3, 3),
        (UUID(int=5), str(UUID(int=5))),
        (str(UUID(int=0xF00)), str(UUID(int=0xF00))),
        (date(2026, 3, 5), "2026-03-05"),
        (NOON, "2026-03-05T12:00:00+00:00"),
        (["triage", 2], ["triage", 2]),
        (("a", "b"), ["a", "b"]),
    ],
)
def test_details_are_codes_keys_moments_and_numbers(db, value, kept):
    note(detail={"it": value})
    with acting(AMAN):
        assert Event.objects.get().detail == {"it": kept}


@pytest.mark.parametrize(
    "value",
    [
        "منى",
        "she said",
        "+971501234567",
        "0501234567",
        "784-1990-1234567-1",
        "a" * 65,
        {"a": 1},
        ["منى"],
        b"x",
    ],
)
def test_words_numbers_of_people_and_anything_else_stay_out(db, value):
    with acting(AMAN), pytest.raises(ValueError, match="codes, not words"):
        audit.record(AMAN, "case.created", detail={"it": value})


def test_each_organisation_reads_its_own_events_and_those_that_concern_it(db):
    note("case.created")
    note("referral.approve", concerns=OTHER)
    assert sorted(names(AMAN)) == ["case.created", "referral.approve"]
    assert names(DFWAC) == ["referral.approve"]
    assert names(SHARJAH) == []
    with acting(SHARJAH):
        assert not Event.objects.exists()


@pytest.mark.parametrize(
    "columns", [{"organisation_id": ME}, {"organisation_id": None}, {"organisation_id": OTHER, "user_id": 6}]
)
def test_nobody_writes_into_the_log_of_another_or_in_anothers_name(db, columns):
    with acting(DFWAC), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Event(at=NOON, name="case.created", **({"user_id": 5} | columns)).save(force_insert=True)


def test_the_runtime_role_can_neither_change_nor_remove(db):
    note()
    with acting(AMAN), connection.cursor() as cursor:
        for statement in (
            "UPDATE audit_event SET name = 'x'",
            "DELETE FROM audit_event",
            "TRUNCATE audit_event",
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)


def test_not_even_the_owner_changes_or_removes_an_event(owner):
    """In a transaction that is rolled back, for the owner's own event could not be removed again."""
    for statement in ("UPDATE audit_event SET name = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"), owner.transaction():
            owner.execute(
                "INSERT INTO audit_event (id, at, user_id, name, subject_kind, refusal, detail, salt) "
                "VALUES (gen_random_uuid(), now(), 0, 'x', '', '', '{}', '')"
            )
            owner.execute(statement)


def test_what_happens_at_the_door_is_read_by_the_organisation_whose_account_was_tried(db):
    audit.record_at_door("sign_in.failed", user_id=3, concerns=OTHER, detail={"reason": "password"})
    audit.record_at_door("sign_in.failed")
    assert names(DFWAC, group="sign") == ["sign_in.failed"]
    assert names(AMAN) == []
    with acting(DFWAC):
        event = Event.objects.get()
    assert (event.organisation_id, event.user_id, event.membership_id) == (None, 3, None)


def test_ids_rise_with_the_clock_and_are_version_7():
    ids = [event_id() for _number in range(1000)]
    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in ids)
    assert [one.int >> 64 for one in ids] == sorted(one.int >> 64 for one in ids)
    seconds = (ids[0].int >> 80) / 1000
    assert abs(datetime.fromtimestamp(seconds, UTC) - datetime.now(UTC)) < timedelta(minutes=1)


def test_every_event_has_a_salt_of_its_own(db):
    note()
    note()
    with acting(AMAN):
        salts = {bytes(event.salt) for event in Event.objects.all()}
    assert len(salts) == 2 and {len(salt) for salt in salts} == {16}


# ------------------------------------------------------------------------------------------------------------- reading


def test_the_newest_stands_first_and_equal_moments_keep_their_order(db):
    for name in ("case.created", "case.changed", "case.closed"):
        note(name)
    note("case.noted", at=NOON - timedelta(days=1))
    assert names() == ["case.closed", "case.changed", "case.created", "case.noted"]


def test_pages_follow_each_other_without_gap_or_repetition(db):
    for number in range(PAGE + 3):
        note(f"case.n{number}", concerns=OTHER if number % 2 else None)
        note(f"referral.n{number}", who=DFWAC, concerns=ME)
    with acting(AMAN):
        seen, after = [], None
        while True:
            events, after = page_of_log(ME, Wanted(), after and After.from_text(after.as_text()))
            seen += [event.name for event in events]
            if after is None:
                break
    expected = [name for n in reversed(range(PAGE + 3)) for name in (f"referral.n{n}", f"case.n{n}")]
    assert seen == expected


def test_a_page_takes_two_queries(db, django_assert_num_queries):
    note()
    with acting(AMAN), django_assert_num_queries(2):
        page_of_log(ME, Wanted(group="case", refusals=True))


def test_each_filter_keeps_what_it_says(db):
    case, referral = uuid4(), uuid4()
    note("case.created", case_id=case)
    note("referral.ask", referral_id=referral, at=NOON + timedelta(days=1))
    note("referral.accept", refusal="not_your_turn", at=NOON + timedelta(days=2), who=Somebody(ME, 6, 8))
    assert names(group="case") == ["case.created"]
    assert names(membership_id=8) == ["referral.accept"]
    assert names(about={case, referral}) == ["referral.ask", "case.created"]
    assert names(about=set()) == []
    assert names(since=NOON + timedelta(days=1)) == ["referral.accept", "referral.ask"]
    assert names(until=NOON + timedelta(days=1)) == ["case.created"]
    assert names(refusals=True) == ["referral.accept"]


@pytest.mark.parametrize(
    "text", ["", "x", "1.x", f"x.{UUID(int=1)}", f"1e300.{UUID(int=1)}", f"nan.{UUID(int=1)}"]
)
def test_a_place_in_the_log_that_is_none_is_the_beginning(text):
    assert After.from_text(text) is None
