"""Renewing keys: everything is wrapped again, the old key is destroyed and opens nothing, all of it on record."""

import shutil

import pytest
from django.db import connections

from config.databases import AGENT_ROLE
from ihala.audit import keys
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.vault import actions, recovery, rotation, wrapping
from ihala.vault.agent import agent
from ihala.vault.custody import RELEASE, KeyName, KeyNotHeld, custody
from ihala.vault.models import Deposit, Grant, OrganisationKey
from ihala.vault.sealing import OWN
from tests.vault.cast import AMAN, DFWAC, ME, OTHER, a_package, named
from tests.vault.holding import draft, opens, sent

pytestmark = pytest.mark.usefixtures("as_agent", "cast")


@pytest.fixture
def as_agent(django_db_setup, django_db_blocker, settings):
    """The database as the key agent sees it: its role, with the rights it has and no others."""
    settings.KEY_GRACE_MINUTES = 0
    at = connections["default"].settings_dict
    before = at["USER"]
    with django_db_blocker.unblock():
        connections.close_all()
        at["USER"] = AGENT_ROLE
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        at["USER"] = before


def events(who, name):
    with acting(who):
        return list(Event.objects.filter(name=name, organisation_id=who.organisation_id).order_by("id"))


def held_back(name):
    """The private key, as somebody kept it who should not."""
    return wrapping.unwrapper(custody().private(name))


def test_a_renewed_key_takes_everything_over_and_the_old_one_opens_nothing():
    packages = [a_package() for _number in range(3)]
    for package in packages:
        sent(package)
    stolen = held_back(KeyName(ME, 1))
    with acting(AMAN):
        assert keys.rotate(ME) == 2
        assert keys.retire() == []
        assert rotation.state(ME) == rotation.KeyState(ME, (1, 2), 6, 6, False)
        assert rotation.wrap_again(ME, 4) == 4
        assert keys.go_on() == 2
        assert keys.go_on() == 0
        old = keys.retire()
        keys.destroy(old)
        assert [(key.organisation_id, key.version) for key in old] == [(ME, 1)]
        assert keys.retire() == []
        for grant in Grant.objects.filter(organisation_id=ME):
            context = wrapping.grant_context(grant.name, ME, grant.key_version, grant.basis)
            with pytest.raises(wrapping.NotOpened):
                wrapping.unwrap(stolen, grant.wrapped_secret, context)
        assert OrganisationKey.objects.get(organisation_id=ME, version=1).retired_at is not None
    for package in packages:
        assert opens(AMAN, named(package, "identity"))
        assert opens(DFWAC, named(package, "triage"))
    with pytest.raises(KeyNotHeld):
        custody().private(KeyName(ME, 1))
    prints = [events(AMAN, name)[0].detail for name in (EventName.KEY_ROTATED, EventName.KEY_DESTROYED)]
    assert [detail["version"] for detail in prints] == [2, 1]
    assert all(detail["fingerprint"].startswith("sha256:") for detail in prints)
    assert events(DFWAC, EventName.KEY_ROTATED) == []


def test_the_release_key_is_renewed_too_and_every_organisation_reads_so():
    package = a_package()
    sent(package)
    with acting(AMAN):
        assert keys.rotate(RELEASE) == 2
        assert {one.owner for one in keys.status()} >= {RELEASE, ME, OTHER}
        assert keys.go_on() == 1
        keys.destroy(keys.retire())
        assert Deposit.objects.get(subject_id=package.id).key_version == 2
        (deposit,) = Deposit.objects.filter(subject_id=package.id)
        (grant,) = agent()._granted(deposit)
    assert (grant.organisation_id, grant.disclosure_class) == (OTHER, "identity")
    for who in (AMAN, DFWAC):
        assert [event.detail["key"] for event in events(who, EventName.KEY_DESTROYED)] == ["release"]


def test_the_old_key_waits_for_transactions_that_began_before(settings):
    settings.KEY_GRACE_MINUTES = 15
    draft(a_package())
    with acting(AMAN):
        keys.rotate(ME)
        while keys.go_on():
            pass
        assert keys.retire() == []


def test_what_was_wrapped_to_the_old_key_and_commits_late_is_wrapped_again():
    late = a_package()
    with acting(AMAN):
        sealed, grants, _waiting = actions.made([actions.Sealing(late, {"triage": []}, 1, ME, {ME: OWN})])
        keys.rotate(ME)
        while keys.go_on():
            pass
        Grant.objects.bulk_create(grants)
        assert keys.retire() == []
        assert keys.go_on() == 1
        keys.destroy(keys.retire())
    assert sealed == [[[]]]
    assert opens(AMAN, named(late, "triage"))


def test_a_row_somebody_wrote_by_hand_does_not_stop_the_renewal():
    package = a_package()
    draft(package)
    with acting(AMAN):
        Grant.objects.filter(subject_id=package.id, disclosure_class="identity").update(
            wrapped_secret=b"junk"
        )
        keys.rotate(ME)
        assert keys.go_on() == 2
        keys.destroy(keys.retire())
    assert opens(AMAN, named(package, "triage"))


def test_a_lost_release_key_strands_no_package_that_waits_for_an_acceptance(settings):
    package = a_package()
    sent(package)
    with acting(AMAN):
        sheets = keys.set_up_recovery(RELEASE, 2)
        keys.rotate(RELEASE)
        while keys.go_on():
            pass
        (settings.VAULT_DIR / "master.key").unlink()
        copy = settings.VAULT_DIR.with_name("burned")
        shutil.copytree(settings.VAULT_DIR, copy)
        settings.VAULT_DIR = copy
        deposit = Deposit.objects.get(subject_id=package.id)
        with pytest.raises(KeyNotHeld):
            custody().private(KeyName(RELEASE, deposit.key_version))
        assert keys.recover(sheets[0][0], sheets[1][0]) == (RELEASE, [1, 2])
        assert custody().private(KeyName(RELEASE, deposit.key_version))
    for who in (AMAN, DFWAC):
        assert events(who, EventName.RECOVERY_SET_UP)[0].detail == {"officers": 2, "key": "release"}
        assert [event.detail["version"] for event in events(who, EventName.KEY_RECOVERED)] == [1, 2]


def test_recovery_of_a_release_key_that_was_never_used_makes_it_first():
    with acting(AMAN):
        sheets = keys.set_up_recovery(RELEASE, 2)
        assert keys.recover(sheets[0][0], sheets[1][0]) == (RELEASE, [1])


def test_two_officers_recover_and_it_is_on_record(settings):
    with acting(AMAN):
        sheets = keys.set_up_recovery(ME, 2)
        assert [len(lines) for lines in sheets] == [1, 1]
        assert keys.recover(sheets[0][0], sheets[1][0]) == (ME, [1])
    assert events(AMAN, EventName.RECOVERY_SET_UP)[0].detail == {"officers": 2}
    assert events(AMAN, EventName.KEY_RECOVERED)[0].detail["version"] == 1


def test_no_release_key_is_made_in_the_place_of_a_lost_one(settings):
    with acting(AMAN):
        sheets = keys.set_up_recovery(RELEASE, 2)
        private = custody().private(KeyName(RELEASE))
        custody().destroy(KeyName(RELEASE))
        with pytest.raises(recovery.NotRecovered):
            keys.set_up_recovery(RELEASE, 2)
        assert custody().versions(RELEASE) == []
        assert keys.recover(sheets[0][0], sheets[1][0]) == (RELEASE, [1])
        assert custody().private(KeyName(RELEASE)) == private
