"""With every filter of the ORM removed: the other organisation's rows can be neither read nor written."""

import importlib

import pytest
from django.db import DatabaseError, connection, transaction

from ihala.audit.models import Event
from ihala.audit.rules import OPEN_NAMES
from ihala.core.acting import acting
from ihala.core.vocabulary import Kind
from ihala.referrals import workflow
from ihala.referrals.diagram import document
from ihala.referrals.enums import Side, State, Step
from ihala.referrals.models import Referral, StepTaken
from ihala.vault.custody import KeyName, custody
from ihala.vault.models import Deposit, Grant
from ihala.vault.sealing import NotOpened
from ihala.vault.wrapping import deposit_context, unwrap
from tests import given

pytestmark = pytest.mark.django_db

SHARED = [
    "referrals_referral", "referrals_packagepart", "referrals_receipt", "referrals_message", "referrals_handoverplan",
    "referrals_report", "referrals_steptaken",
]  # fmt: skip
OWN = ["referrals_referralside", "referrals_siderecord"]


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


def refused(sql: str, *params: object) -> bool:
    """Did PostgreSQL refuse, or touch nothing?"""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.rowcount == 0
    except DatabaseError:
        return True


def everything():
    """A referral on which each table has rows."""
    script = "ask answer note conflict accept plan ok_s ok_r arrived_r arrived_s complete"
    return given.acted(given.a_scene_at(State.UNDER_REVIEW), script)


def test_a_third_organisation_reads_nothing_of_either():
    everything()
    stranger = given.actor("sharjah.caseworker")
    with acting(stranger):
        assert {table: rows(table) for table in SHARED + OWN} == dict.fromkeys(SHARED + OWN, 0)
        for table in ("cases_case", "cases_person", "cases_access", "consent_consent", "vault_grant", "vault_deposit",
                      "organisations_agreement", "organisations_terms"):  # fmt: skip
            assert rows(table) == 0, table
        events = Event.objects.exclude(name__in=OPEN_NAMES)  # public keys are for everybody to compare
        assert set(events.values_list("organisation_id", flat=True)) <= {stranger.organisation_id}


def test_the_receiver_sees_nothing_before_it_is_sent():
    given.a_referral(State.AWAITING_APPROVAL)
    with acting(given.actor("dfwac.supervisor")):
        assert {table: rows(table) for table in SHARED + OWN} == dict.fromkeys(SHARED + OWN, 0)
        assert rows("vault_grant") == rows("vault_deposit") == 0


def test_each_side_reads_its_own_side_and_not_the_others():
    scene = everything()
    counted = {}
    for name in ("aman.supervisor", "dfwac.supervisor"):
        by = given.actor(name)
        with acting(by):
            for table in OWN:
                with connection.cursor() as cursor:
                    cursor.execute(f'SELECT DISTINCT organisation_id FROM "{table}"')
                    assert cursor.fetchall() in ([(by.organisation_id,)], [])
            counted[name] = rows("referrals_steptaken")
            private = StepTaken.objects.filter(referral=scene.subject).exclude(private_to_id=None)
            assert set(private.values_list("private_to_id", flat=True)) <= {by.organisation_id}
    assert all(counted.values())


def test_nobody_writes_the_other_sides_rows():
    scene = everything()
    sender, receiver = scene.subject.sender_id, scene.subject.receiver_id
    with acting(given.actor("aman.supervisor")):
        assert refused(
            "UPDATE referrals_referralside SET assigned_id = 1 WHERE organisation_id = %s", receiver
        )
        assert refused("DELETE FROM referrals_siderecord WHERE organisation_id = %s", receiver)
        assert refused("UPDATE referrals_message SET codes = '{}'")
        assert refused("DELETE FROM referrals_steptaken WHERE organisation_id = %s", receiver)
        assert refused("UPDATE referrals_receipt SET fields = '[]'")
        assert refused("UPDATE referrals_packagepart SET fields = '[]'")
        assert refused("DELETE FROM referrals_referral")
    with acting(given.actor("dfwac.supervisor")):
        assert refused("DELETE FROM referrals_packagepart WHERE organisation_id = %s", sender)
        assert refused("UPDATE referrals_referral SET sender_id = %s", receiver)
        assert refused("UPDATE referrals_referral SET receiver_id = %s", given.cast().sharjah.pk)
        assert refused("UPDATE referrals_referral SET sent_at = now()")


def test_a_stranger_cannot_hang_a_row_on_a_referral_it_does_not_see():
    scene = everything()
    stranger = given.actor("sharjah.caseworker")
    insert = (
        "INSERT INTO referrals_message (id, referral_id, kind, codes, organisation_id, membership_id, at) "
        "VALUES (gen_random_uuid(), %s, 'answer', '{}', %s, 1, now())"
    )
    with acting(stranger):
        assert refused(insert, scene.subject.pk, stranger.organisation_id)
        assert refused(insert, scene.subject.pk, scene.subject.sender_id)


def test_the_sender_can_never_accept_not_even_in_sql():
    scene = given.acted(given.a_scene_at(State.UNDER_REVIEW), "conflict")
    with acting(given.actor("aman.supervisor")):
        assert refused("UPDATE referrals_referral SET state = 'accepted'")
        assert refused("UPDATE referrals_referral SET accepted_at = now()")
        assert refused("UPDATE referrals_referral SET arrival_receiver_at = now()")
    with acting(given.actor("dfwac.supervisor")):
        assert refused("UPDATE referrals_referral SET arrival_sender_at = now()")
        assert refused("UPDATE referrals_referral SET state = 'arrived'")
        assert refused("UPDATE referrals_referral SET state = 'withdrawn'")
        assert not refused(
            "UPDATE referrals_referral SET state = 'waitlisted' WHERE id = %s", scene.subject.pk
        )


def test_a_referral_cannot_be_sent_by_inserting_it_sent():
    scene = given.a_scene_at(State.DRAFT)
    with acting(given.actor("aman.caseworker")):
        row = Referral.objects.get(pk=scene.subject.pk)
        row.pk, row.reference, row.state, row.sent_at = None, "R-0000-0001", "sent", row.created_at
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)


def test_the_databases_moves_are_the_workflows():
    moves = importlib.import_module("ihala.referrals.migrations.0003_moves").MOVES
    written = {tuple(move.replace(">", ":").split(":")) for move in moves.split()}
    assert written == {(frm, to, side) for (frm, to), side in _moves().items()}


def _moves() -> dict[tuple[str, str], str]:
    """(from, to) → side, from the workflow; steps whose end depends on both sides are spelled out."""
    found: dict[tuple[str, str], set[str]] = {}
    for step, rule in workflow.STEPS.items():
        for frm in rule.frm:
            to = rule.to
            if to is None or (step is Step.WITHDRAW_CONSENT and frm in _settled()):
                continue
            sides = {rule.side} if isinstance(rule.side, Side) else {Side.SENDER, Side.RECEIVER}
            if frm in (State.DRAFT, State.AWAITING_APPROVAL):
                sides = {Side.SENDER}
            found.setdefault((frm, to), set()).update(sides)
            if step is Step.ACCEPT:  # a pull request is answered by completing it
                found.setdefault((frm, State.COMPLETED), set()).update(sides)
    return {move: "either" if len(sides) == 2 else next(iter(sides)) for move, sides in found.items()}


def _settled() -> set[State]:
    """States in which a withdrawal of consent leaves the state as it is."""
    return set(workflow.ENDED)


def test_before_acceptance_nothing_the_receiver_holds_decrypts_to_an_identity():
    scene = given.a_scene_at(State.UNDER_REVIEW)
    receiver = given.actor("dfwac.supervisor")
    with acting(receiver):
        grants = list(Grant.objects.filter(organisation_id=receiver.organisation_id))
        assert {grant.disclosure_class for grant in grants} == {"triage"}
        deposits = list(Deposit.objects.all())
        assert {deposit.disclosure_class for deposit in deposits} >= {"identity", "narrative"}
        key = custody().unwrapper(KeyName(receiver.organisation_id))
        for deposit in deposits:
            context = deposit_context(
                deposit.name, receiver.organisation_id, deposit.key_version, deposit.basis
            )
            with pytest.raises(NotOpened):
                unwrap(key, bytes(deposit.wrapped_secret), context)
    assert scene.subject.accepted_at is None


def test_the_sender_or_a_stranger_cannot_ask_for_the_release():
    scene = given.a_scene_at(State.UNDER_REVIEW)
    for name in ("aman.supervisor", "dfwac.supervisor", "sharjah.caseworker"):
        by = given.actor(name)
        with acting(by), connection.cursor() as cursor:
            cursor.execute("SELECT ihala_may_release(%s, %s)", [scene.subject.pk, by.organisation_id])
            assert cursor.fetchone()[0] is False


def test_a_pull_request_never_opens_the_release_door():
    scene = given.a_scene_at(State.COMPLETED, kind=Kind.PULL_REQUEST, urgency="standard")
    with acting(given.actor("dfwac.supervisor")), connection.cursor() as cursor:
        cursor.execute("SELECT ihala_may_release(%s, %s)", [scene.subject.pk, scene.subject.receiver_id])
        assert cursor.fetchone()[0] is False


def test_the_document_of_the_mechanism_is_not_stale(pytestconfig):
    assert (pytestconfig.rootpath / "docs" / "mechanism.md").read_text() == document()
