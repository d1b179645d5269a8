"""A taken-over web process opens no faster than a human, cannot unlog what it opened, and the alarm rings at once."""

import pytest
from django.db import DatabaseError, connection, transaction

from config import home
from ihala.accounts.roles import Role
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.notifications.enums import Kind
from ihala.notifications.models import Notification
from ihala.organisations.models import Actor
from ihala.referrals.enums import State
from ihala.vault import link
from tests import given

from .conftest import made
from .test_attacks import ask, thread_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("keyagent")]


@pytest.fixture(scope="module")
def running(server, django_db_setup, tmp_path_factory):
    """An agent with small quotas: three different cases and referrals within an hour."""
    agent = made(tmp_path_factory.mktemp("attacked"), server, IHALA_QUOTAS="3/9 3/9 90/90")
    agent.start()
    yield agent
    agent.stop()


def test_it_opens_no_faster_than_the_quota_each_opening_stays_on_record_and_the_alarm_rings(
    key_agent, settings
):
    settings.KEY_AGENT, settings.VAULT_DIR, settings.SALTS_DIR = (
        link.INSIDE,
        home.home() / "keys",
        home.home() / "salts",
    )
    scenes = [given.a_scene_at(State.SENT) for _number in range(4)]
    settings.KEY_AGENT = str(key_agent.path)
    duty, officer = given.actor("dfwac.duty"), given.actor("dfwac.dpo")
    thief = Actor(
        duty.user_id, duty.membership_id, duty.organisation_id
    )  # whatever it says, within what exists
    with acting(duty):
        before = Event.objects.filter(name=EventName.SEALED_OPENED, user_id=duty.user_id, refusal="").count()
    opened = 0
    with acting(thief):
        for scene in scenes:
            try:
                ask([thread_of(scene.subject)], thief)
                opened += 1
            except Refused as refused:
                assert refused.refusal.code == "quota_reached"
        transaction.set_rollback(True)  # and it tries to unlog what it did
    assert 0 < opened <= 3
    with acting(officer):
        mine = Event.objects.filter(name=EventName.SEALED_OPENED, user_id=duty.user_id)
        assert mine.filter(refusal="").count() == before + opened
        assert mine.filter(refusal="quota_person").count() == len(scenes) - opened
        (alarm,) = Event.objects.filter(name=EventName.SEALED_ALARM)
        assert alarm.detail["user"] == duty.user_id
        (notice,) = Notification.objects.filter(kind=Kind.LOOK_AT_LOG)
        assert (notice.roles, notice.subject_id) == ([Role.DPO], None)
        for statement in ("DELETE FROM audit_event", "UPDATE audit_event SET name = 'x'"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
