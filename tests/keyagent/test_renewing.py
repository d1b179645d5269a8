"""Rotate every key while eight people work: no error, and the old keys open nothing afterwards, whoever kept them."""

import argparse
import threading

import pytest
from django.db import connection

from config import home, keys_command
from ihala.audit import keys
from ihala.core.acting import acting
from ihala.organisations.models import Actor
from ihala.referrals.actions import package
from ihala.referrals.enums import State
from ihala.vault import link, wrapping
from ihala.vault.custody import RELEASE, KeyFiles, KeyName
from ihala.vault.models import Deposit, Grant, OrganisationKey
from ihala.vault.sealers import chosen
from ihala.vault.wrapping import NotOpened
from tests import given

from .conftest import made
from .test_process import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("keyagent")]
PEOPLE = 8


@pytest.fixture(scope="module")
def running(server, django_db_setup, tmp_path_factory):
    """An agent that gives an old key up five seconds after the new one was made: no transaction here lasts longer."""
    agent = made(tmp_path_factory.mktemp("renewing"), server, IHALA_KEY_GRACE_MINUTES="0.08")
    agent.start()
    yield agent
    agent.stop()


def kept_copies(owners):
    """What a thief has who copied the folder of keys, and what seals it, before they were renewed."""
    folder = home.home() / "keys"
    thief = KeyFiles(folder, chosen(folder, {}))
    return {owner: thief.unwrapper(KeyName(owner, thief.versions(owner)[-1])) for owner in owners}


class People:
    """Each sends referrals, opens what was sent and what was there before, until told to stop."""

    def __init__(self, before):
        self.before, self.stop = before, threading.Event()
        self.done, self.errors = [0] * PEOPLE, []
        self.threads = [threading.Thread(target=self._work, args=[number]) for number in range(PEOPLE)]

    def _work(self, number):
        duty = given.actor("dfwac.duty")
        try:
            while not self.stop.is_set():
                scene = given.a_scene_at(State.SENT if number % 2 else State.ACCEPTED)
                for referral in (scene.subject, self.before):
                    with acting(duty):
                        assert any(values for _part, values in package.open_parts(referral, by=duty))
                self.done[number] += 1
        except BaseException as error:
            self.errors.append(repr(error))
        finally:
            link.forget()
            connection.close()


def test_every_key_is_renewed_while_eight_people_work_and_the_old_ones_open_nothing(key_agent):
    before = given.a_scene_at(State.SENT).subject
    with acting(Actor.system_of(0)):
        owners = [RELEASE, *OrganisationKey.objects.values_list("organisation_id", flat=True).order_by("pk")]
    stolen, first = kept_copies(owners), {one.owner: one.versions for one in keys.status()}
    people, said = People(before), []
    for thread in people.threads:
        thread.start()
    try:
        assert until(lambda: all(people.done), 60), people.errors
        keys_command.rotate(argparse.Namespace(release=False, organisation=None, all=True), said.append)
        then = list(people.done)
        assert until(lambda: all(len(one.versions) == 1 for one in keys.status()), 60)
        assert until(lambda: all(done > before for done, before in zip(people.done, then, strict=True)), 60)
    finally:
        people.stop.set()
        for thread in people.threads:
            thread.join()
    assert people.errors == []
    assert any("to go" in line for line in said)
    newest = {owner: [versions[-1] + 1] for owner, versions in first.items()}
    assert {one.owner: list(one.versions) for one in keys.status()} == newest
    nothing_opens(stolen, first)
    with acting(given.actor("dfwac.duty")):
        assert package.open_parts(before, by=given.actor("dfwac.duty"))


def nothing_opens(stolen, first):
    """Every wrapped secret there is, under the version it names and under the old one, with the old private key."""
    wrapped = 0
    for username in ("aman.caseworker", "dfwac.duty", "sharjah.caseworker"):
        actor = given.actor(username)
        with acting(actor):
            mine = [
                (row, actor.organisation_id, actor.organisation_id, wrapping.grant_context)
                for row in Grant.objects.filter(organisation_id=actor.organisation_id)
            ]
            mine += [
                (row, RELEASE, row.receiver_id, wrapping.deposit_context) for row in Deposit.objects.all()
            ]
        for row, owner, party, context in mine:
            for version in (row.key_version, first[owner][-1]):
                with pytest.raises(NotOpened):
                    wrapping.unwrap(
                        stolen[owner], row.wrapped_secret, context(row.name, party, version, row.basis)
                    )
            wrapped += 1
    assert wrapped > 100
