"""Organisations' key pairs: made once, wrapped to the newest, opened with whichever it was."""

import pytest

from ihala.core import clock
from ihala.core.acting import acting
from ihala.vault import actions, keys, wrapping
from ihala.vault.custody import KeyName, KeyNotHeld, custody
from ihala.vault.models import Grant, OrganisationKey
from ihala.vault.sealing import OWN

from .cast import AMAN, ME, OTHER, a_package, consent, named
from .holding import draft, opens

pytestmark = pytest.mark.usefixtures("cast")


def test_an_organisation_keeps_its_first_key():
    with acting(AMAN):
        first = actions.create_organisation_key(ME)
        assert bytes(actions.create_organisation_key(ME).public_key) == bytes(first.public_key)


def test_a_key_that_custody_lost_is_noticed_when_it_is_asked_for_again(settings, tmp_path):
    settings.VAULT_DIR = tmp_path / "empty"
    with acting(AMAN), pytest.raises(KeyNotHeld):
        actions.create_organisation_key(ME)


def test_an_organisation_without_a_key_gets_nothing():
    with acting(AMAN), pytest.raises(KeyNotHeld):
        actions.seal_new(a_package(), {"triage": []}, 1, ME, holders={ME: OWN, 4: consent()})


def test_content_is_wrapped_to_the_newest_key_and_the_old_one_still_opens_what_was_wrapped_to_it():
    old, new = a_package(), a_package()
    draft(old)
    with acting(AMAN):
        public = custody().create(KeyName(ME, 2))
        OrganisationKey.objects.create(
            organisation_id=ME, version=2, public_key=public, created_at=clock.now()
        )
    keys.forget()
    draft(new)
    with acting(AMAN):
        assert {grant.key_version for grant in Grant.objects.filter(subject_id=new.id)} == {2}
    assert opens(AMAN, named(old, "triage"))
    assert opens(AMAN, named(new, "triage"))


def test_public_keys_are_kept_in_memory_but_not_without_end(monkeypatch):
    read = []
    wrapper = keys.wrapper
    monkeypatch.setattr(keys, "wrapper", lambda public: read.append(public) or wrapper(public))
    keys.public_keys([ME])
    keys.public_keys([ME])
    assert len(read) == 1
    monkeypatch.setattr(keys, "MOST_KEPT", 1)
    keys.public_keys([OTHER])
    keys.public_keys([ME])
    assert len(read) == 3


def test_a_public_key_read_while_a_newer_one_was_made_is_used_and_not_kept(monkeypatch):
    def slowly(public):
        keys.forget()
        return wrapper(public)

    wrapper = keys.wrapper
    monkeypatch.setattr(keys, "wrapper", slowly)
    assert keys.public_keys([ME])[ME][0] == 1
    assert ME not in keys._kept


def test_a_key_somebody_wrote_into_the_database_is_wrapped_to_by_nobody():
    """A taken-over process may write such a row for the organisation it acts for; custody holds no such key."""
    foreign = wrapping.public_of(wrapping.new_private())
    with acting(AMAN):
        OrganisationKey.objects.create(
            organisation_id=ME, version=2, public_key=foreign, created_at=clock.now()
        )
    keys.forget()
    package = a_package()
    draft(package)
    with acting(AMAN):
        assert {grant.key_version for grant in Grant.objects.filter(subject_id=package.id)} == {1}
    assert opens(AMAN, named(package, "triage"))
