"""Who holds what: sealing hands secrets out, closing takes them away, the agent answers only on a live basis."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.vault import actions, keys, salts, wrapping
from ihala.vault.agent import agent
from ihala.vault.custody import KeyName, custody
from ihala.vault.enums import SubjectKind
from ihala.vault.models import Deposit, Grant
from ihala.vault.refusals import NO_LIVE_BASIS
from ihala.vault.sealing import OWN, NotOpened, unseal

from .cast import AMAN, DFWAC, ME, OTHER, SHARJAH, STORY, THIRD, a_package, consent, named, place
from .holding import draft, keys_of, opens, sent, share, silent

pytestmark = pytest.mark.usefixtures("cast")


def test_the_author_opens_what_it_sealed():
    package = a_package()
    sealed = sent(package)
    key = keys_of(AMAN, named(package, "identity"))[named(package, "identity")]
    assert unseal(key, sealed["identity"][0], place(package.id), named(package, "identity")) == STORY


def test_sealing_for_two_organisations_takes_two_statements(django_assert_num_queries):
    with acting(AMAN):
        keys.public_keys([ME, OTHER])
        keys.release_key()
        with django_assert_num_queries(2):
            package = a_package()
            actions.seal_new(
                package, {"triage": [], "identity": []}, 1, ME, holders={ME: OWN}, deposits={OTHER: consent()}
            )


def test_further_secrets_of_the_same_root_are_made_along():
    """The thread of a referral is opened to both sides with the package."""
    package = a_package()
    thread = named(replace(package, kind=SubjectKind.THREAD), "triage")
    sent(package, also=[(thread, {ME: OWN, OTHER: consent()})])
    assert opens(AMAN, thread)
    assert opens(DFWAC, thread)


def test_before_acceptance_the_receiver_opens_triage_and_nothing_else():
    package = a_package()
    sent(package)
    assert opens(DFWAC, named(package, "triage"))
    assert not opens(DFWAC, named(package, "identity"))
    assert not opens(SHARJAH, named(package, "triage"))


def test_nothing_the_receiver_holds_unwraps_the_deposit():
    """Not with its private key, whatever context it claims; not with the release key, for another receiver."""
    package = a_package()
    sent(package)
    with acting(DFWAC):
        deposit = Deposit.objects.get(subject_id=package.id)
    theirs, release = custody().unwrapper(KeyName(OTHER)), custody().unwrapper(KeyName(0))
    for holder in (ME, OTHER):
        for context in (wrapping.grant_context, wrapping.deposit_context):
            with pytest.raises(NotOpened):
                wrapping.unwrap(
                    theirs, deposit.wrapped_secret, context(deposit.name, holder, 1, deposit.basis)
                )
    with pytest.raises(NotOpened):
        wrapping.unwrap(
            release, deposit.wrapped_secret, wrapping.deposit_context(deposit.name, THIRD, 1, deposit.basis)
        )


def test_a_deposit_passed_off_as_a_grant_opens_nothing():
    """Even if the database is made to hold a grant with the deposit's bytes."""
    package = a_package()
    sent(package)
    name = named(package, "identity")
    with acting(DFWAC):
        deposit = Deposit.objects.get(subject_id=package.id)
        columns = {field.attname: getattr(deposit, field.attname) for field in Deposit._meta.fields}
        del columns["id"], columns["receiver_id"]
        Grant.objects.create(organisation_id=OTHER, **columns)
        with pytest.raises(NotOpened):
            agent().open_keys(OTHER, [name], silent)


def test_release_needs_the_referral_to_say_yes():
    package = a_package()
    sent(package)
    for who in (DFWAC, AMAN):
        with acting(who), pytest.raises(Refused) as refused:
            agent().release(who.organisation_id, package, None)
        assert refused.value.refusal.code == "release_before_acceptance"
    with acting(SHARJAH):
        assert agent().release(THIRD, package, None) == []


@pytest.mark.parametrize("who", [DFWAC, AMAN])
def test_after_acceptance_deposits_become_the_receivers_grants(accepted, who):
    package, basis = a_package(), consent(expires_at=clock.now() + timedelta(days=30))
    sealed = sent(package, basis)
    name = named(package, "identity")
    with acting(who):
        (grant,) = agent().release(who.organisation_id, package, ["identity"])
    assert (grant.organisation_id, grant.basis) == (OTHER, basis)
    assert unseal(keys_of(DFWAC, name)[name], sealed["identity"][0], place(package.id), name) == STORY
    with acting(who):
        assert not Deposit.objects.filter(subject_id=package.id).exists()
        assert agent().release(who.organisation_id, package, None) == []


def test_a_deposit_whose_consent_ran_out_is_never_released(accepted):
    package = a_package()
    sent(package, consent(expires_at=clock.now() + timedelta(hours=1)))
    with clock.later(timedelta(hours=2)), acting(DFWAC):
        assert agent().release(OTHER, package, None) == []
        assert Deposit.objects.filter(subject_id=package.id).exists()


def test_only_the_classes_asked_for_are_released(accepted):
    package = a_package()
    sent(package)
    with acting(DFWAC):
        assert agent().release(OTHER, package, ["safety"]) == []


def test_an_expired_grant_opens_nothing():
    package = a_package()
    sent(package, consent(expires_at=clock.now() + timedelta(hours=1)))
    assert opens(DFWAC, named(package, "triage"))
    with clock.later(timedelta(hours=1)):
        assert not opens(DFWAC, named(package, "triage"))


def test_an_expiry_moved_in_the_database_opens_nothing():
    """The moment is bound into the wrapped secret, so moving it in the row does not help."""
    package, basis = a_package(), consent(expires_at=clock.now() + timedelta(hours=1))
    sent(package, basis)
    with acting(DFWAC):
        grant = Grant.objects.get(subject_id=package.id)
        grant.delete()
        grant.pk, grant.expires_at = None, None
        grant.save()
        with pytest.raises(NotOpened):
            agent().open_keys(OTHER, [named(package, "triage")], silent)


@pytest.mark.parametrize("changed", [{"version": 2}, {"author": OTHER}, {"cls": "safety"}])
def test_another_class_version_or_author_is_another_secret(changed):
    package = a_package()
    sent(package)
    assert not opens(AMAN, named(package, **({"cls": "triage"} | changed)))


def test_two_subjects_of_one_key_keep_apart():
    """A thread and a package of the same referral, and the same package under another root, are different subjects."""
    package = a_package()
    sent(package)
    for field, value in (("kind", "thread"), ("root", uuid4())):
        other = named(type(package)(**{**vars(package), field: value}), "triage")
        assert not opens(AMAN, other)


def test_without_its_salt_nothing_in_the_database_opens():
    package = a_package()
    sent(package)
    salts.destroy(package.root)
    for who in (AMAN, DFWAC):
        assert not opens(who, named(package, "triage"))


def test_a_new_salt_does_not_bring_erased_content_back():
    package = a_package()
    sealed = sent(package)
    salts.destroy(package.root)
    salts.ensure(package.root, ["triage"])
    name = named(package, "triage")
    with pytest.raises(NotOpened):
        unseal(keys_of(AMAN, name)[name], sealed["triage"][0], place(package.id), name)


def test_the_log_is_told_before_anything_is_unwrapped(monkeypatch):
    package = a_package()
    sent(package)
    asked = []

    def refuse(names):
        asked.extend(names)
        raise Refused(NO_LIVE_BASIS)

    monkeypatch.setattr("ihala.vault.agent.unwrap", lambda *_arguments: pytest.fail("unwrapped first"))
    with acting(AMAN), pytest.raises(Refused):
        agent().open_keys(ME, [named(package, "triage"), named(package, "safety")], refuse)
    assert asked == [named(package, "triage")]


def test_many_secrets_are_opened_with_one_query(django_assert_num_queries):
    packages = [a_package() for _number in range(5)]
    for package in packages:
        sent(package)
    names = [named(package, cls) for package in packages for cls in ("triage", "identity")]
    with acting(AMAN), django_assert_num_queries(1):
        assert set(agent().open_keys(ME, names, silent)) == set(names)


# ----------------------------------------------------------------------------------------------------- sharing further


def test_the_author_shares_what_it_sealed_earlier(django_assert_num_queries):
    package, basis = a_package(), consent()
    draft(package)
    with acting(AMAN):
        keys.release_key()
        keys.public_keys([OTHER])
        with django_assert_num_queries(5):
            grants, waiting = share(package, {OTHER: {"triage": basis}}, {OTHER: {"identity": basis}})
    assert [grant.disclosure_class for grant in grants] == ["triage"]
    assert [deposit.disclosure_class for deposit in waiting] == ["identity"]
    assert opens(DFWAC, named(package, "triage"))
    assert not opens(DFWAC, named(package, "identity"))


def test_sharing_again_replaces_grant_and_deposit():
    package, first, second = a_package(), consent(), consent()
    draft(package)
    for basis in (first, second):
        with acting(AMAN):
            share(package, {OTHER: {"triage": basis}}, {OTHER: {"identity": basis}})
    with acting(AMAN):
        share(package, {OTHER: {"identity": second}})
        assert not Deposit.objects.filter(subject_id=package.id).exists()
        held = Grant.objects.filter(subject_id=package.id, organisation_id=OTHER)
        assert {grant.basis for grant in held} == {second}
    assert opens(DFWAC, named(package, "triage"))
    assert opens(DFWAC, named(package, "identity"))


def test_a_share_without_classes_means_every_class():
    package = a_package()
    draft(package)
    with acting(AMAN):
        share(package, {OTHER: consent()})
    assert opens(DFWAC, named(package, "identity"))


def test_what_one_cannot_open_one_cannot_share():
    package = a_package()
    draft(package, classes=["triage"])
    sent(other := a_package())
    with acting(AMAN), pytest.raises(Refused) as refused:
        share(package, {OTHER: {"identity": consent()}})
    assert refused.value.refusal.code == "no_live_basis"
    with acting(DFWAC), pytest.raises(Refused):
        share(other, {THIRD: {"triage": consent()}}, author=OTHER)


def test_the_receiver_cannot_pass_a_secret_on_even_by_hand():
    """The database lets nobody but the author make a grant for a third organisation."""
    package = a_package()
    sent(package)
    with acting(DFWAC):
        grant = Grant.objects.get(subject_id=package.id)
        grant.pk, grant.organisation_id = None, THIRD
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            grant.save()
