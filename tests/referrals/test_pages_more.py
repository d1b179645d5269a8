"""Notes, receipts, attestations, amendments and signatures on the page of a referral."""

from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ihala.cases import actions as cases
from ihala.core import kept
from ihala.core.acting import acting
from ihala.core.kept import ahead, of_every_page
from ihala.core.vocabulary import Category
from ihala.notifications.rules import about
from ihala.referrals import questions
from ihala.referrals.enums import State, Step
from ihala.referrals.models import Referral
from ihala.referrals.presenting import asked
from tests import given
from tests.referrals.test_pages_drafting import Form
from tests.referrals.test_pages_steps import take

pytestmark = pytest.mark.django_db
SENDER, RECEIVER = "aman.caseworker", "dfwac.supervisor"


def page(referral, by, language="ar"):
    answer = given.signed_in(by, language=language).get(
        reverse("referrals:detail", args=[referral.reference])
    )
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_acceptance_the_receiver_sees_triage_and_no_name():
    scene = given.a_scene_at(State.UNDER_REVIEW)
    name = scene.family.content.survivor["name"]
    assert name in page(scene.subject, SENDER)
    seen = page(scene.subject, RECEIVER)
    assert name not in seen and "تُفتح عند القبول" in seen


def test_after_acceptance_the_receiver_sees_what_was_released():
    scene = given.a_scene_at(State.ACCEPTED)
    assert scene.family.content.survivor["name"] in page(scene.subject, RECEIVER)


def test_a_name_never_stands_in_the_title():
    scene = given.a_scene_at(State.ACCEPTED)
    title = page(scene.subject, RECEIVER).partition("<title>")[2].partition("</title>")[0]
    assert scene.subject.reference not in title and scene.family.content.survivor["name"] not in title


def test_an_internal_note_is_seen_by_its_side_only():
    referral = given.a_referral(State.UNDER_REVIEW)
    address = reverse("referrals:note", args=[referral.reference])
    assert given.signed_in(RECEIVER).post(address, {"text": "Ask the night nurse"}).status_code == 302
    assert "Ask the night nurse" in page(referral, "dfwac.duty")
    assert "Ask the night nurse" not in page(referral, SENDER)
    assert given.signed_in(RECEIVER).post(address, {"text": "  "}).status_code == 422


def test_a_private_line_says_that_only_ones_own_side_sees_it():
    referral = given.a_referral(State.UNDER_REVIEW)
    assert "Only your side sees this" in page(referral, "aman.supervisor", "en") or referral.review_due_at
    given.signed_in(RECEIVER)
    take(referral, Step.ATTEST_CONFLICT_CHECK, RECEIVER, spoke_with="Hind, 09:40", result="clear")
    assert "Only your side sees this" in page(referral, RECEIVER, "en")
    assert "Attest the conflict check" not in page(referral, SENDER, "en")


def test_an_amendment_shows_old_and_new_with_its_reason():
    scene = given.a_scene_at(State.ACCEPTED)
    by = given.actor(SENDER)
    with acting(by):
        content = cases.open_case(scene.file, by=by, purpose="work")
        content.case["whereabouts"] = "Room 7"
        scene.file.refresh_from_db()
        cases.update_case(scene.file, content, by=by, version=scene.file.version)
    form = given.signed_in(SENDER).get(reverse("referrals:step", args=[scene.subject.reference, "amend"]))
    assert "Room 7" in form.content.decode()
    take(scene.subject, Step.AMEND, SENDER, reason="new_information", text="She was moved")
    seen = page(scene.subject, RECEIVER)
    assert "Room 7" in seen and "<ins>" in seen and "<del>" in seen and "معلومات جديدة" in seen


def test_receipts_name_every_field_and_its_fingerprint():
    referral = given.a_referral(State.ACCEPTED)
    for reader in (SENDER, RECEIVER):
        answer = given.signed_in(reader).get(reverse("referrals:receipts", args=[referral.reference]))
        assert answer.status_code == 200 and answer.content.decode().count('class="hash"') > 5
    unsent = given.a_referral(State.DRAFT)
    empty = given.signed_in(SENDER).get(reverse("referrals:receipts", args=[unsent.reference]))
    assert empty.status_code == 200 and b'class="hash"' not in empty.content


def test_the_receiver_attests_what_was_destroyed_once():
    referral = given.a_referral(State.CONSENT_WITHDRAWN)
    address = reverse("referrals:attest", args=[referral.reference])
    assert given.signed_in(SENDER).get(address).status_code == 404
    client = given.signed_in(RECEIVER)
    assert address in page(referral, RECEIVER)
    sent = Form(client.get(address)).sent
    assert client.post(address, {**sent, "text": ""}).status_code == 422
    assert client.post(address, {**sent, "text": "One print, shredded"}).status_code == 302
    assert client.post(address, {**sent, "text": "Again"}).status_code == 422
    assert address not in page(referral, RECEIVER)
    assert given.signed_in("dfwac.duty").post(address, {"text": "x"}).status_code == 403


def test_a_missing_second_signature_is_said_and_released_afterwards():
    scene = given.acted(given.a_scene(category=Category.CHILD_ABUSE), "case duty draft send")
    assert reverse("consent:list", args=[scene.file.reference]) in page(scene.subject, SENDER)
    given.acted(scene, "second")
    release = reverse("referrals:step", args=[scene.subject.reference, "release"])
    assert release in page(scene.subject, SENDER)
    answer = given.signed_in(SENDER).post(release, {"version": scene.subject.version})
    assert answer.status_code == 302
    with acting(given.actor(SENDER)):
        scene.subject.refresh_from_db()
    assert not scene.subject.signature_pending


def test_the_page_needs_few_statements():
    referral = given.a_referral(State.HANDOVER)
    client = given.signed_in(RECEIVER)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("referrals:detail", args=[referral.reference]))
    assert len(asked) <= 16, [query["sql"][:110] for query in asked]


def test_what_is_asked_ahead_is_answered_once_and_to_the_same_question_only():
    scene = given.a_scene_at(State.ACCEPTED)
    referral, duty = scene.subject, given.actor("dfwac.duty")
    with acting(duty):
        alone = [line.pk for line in questions.timeline(referral, duty)]
        with ahead(*questions.of_page(referral, duty)):
            with CaptureQueriesContext(connection) as nothing_new:
                lines = questions.timeline(referral, duty)
            with CaptureQueriesContext(connection) as again:
                questions.timeline(referral, duty)
            with CaptureQueriesContext(connection) as of_another:
                other = Referral(pk=uuid4(), sender_id=referral.sender_id, receiver_id=referral.receiver_id)
                assert questions.parts(other) == []
        with CaptureQueriesContext(connection) as afterwards:
            questions.parts(referral)
    assert [line.pk for line in lines] == alone
    assert [len(asked) for asked in (nothing_new, again, of_another, afterwards)] == [0, 1, 1, 1]


def test_what_is_asked_ahead_is_what_would_be_read_in_turn():
    """Whole rows with what was selected along, for both sides, the bell and the counters of the frame included."""
    scene = given.a_scene_at(State.HANDOVER)
    for name in (SENDER, RECEIVER):
        actor = given.actor(name)
        with acting(actor):
            referral = questions.seen_at(scene.subject.reference, actor)
            sent = [*asked(referral, actor), about(actor, referral.pk), *of_every_page(actor)]
            with ahead(*sent):
                together = [kept._ahead.get()[one.key][0] for one in sent]
            for one, rows in zip(sent, together, strict=True):
                alone = one.compiled.read(kept.fetched(one.send()))
                assert [_told(row) for row in one.compiled.reader(rows)] == [_told(row) for row in alone]


def _told(row):
    """A row and what hangs on it, as plain values."""
    if isinstance(row, Model):
        along = row._state.fields_cache
        return row.__dict__ | {
            "_state": {name: _told(other) for name, other in along.items() if other is not row}
        }
    return list(row) if isinstance(row, tuple) else row


def test_ahead_each_side_is_told_what_is_its_own():
    scene = given.a_scene_at(State.ACCEPTED)
    told = []
    for name in (SENDER, RECEIVER, "sharjah.caseworker"):
        actor = given.actor(name)
        with acting(actor), ahead(*questions.of_page(scene.subject, actor)):
            told.append([line.pk for line in questions.timeline(scene.subject, actor)])
    assert set(told[0]) != set(told[1]) and told[2] == []
