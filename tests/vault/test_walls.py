"""Taking grants away always succeeds for the two parties; nobody else reaches any row."""

from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ihala.core import clock
from ihala.core.acting import acting
from ihala.vault import actions
from ihala.vault.enums import AGREEMENT, OWN_CONTENT
from ihala.vault.models import Deposit, Grant, OrganisationKey
from ihala.vault.sealing import Basis

from .cast import AMAN, DFWAC, ME, OTHER, SHARJAH, THIRD, a_case, a_package, consent, named
from .holding import draft, opens, sent

pytestmark = pytest.mark.usefixtures("cast")


@pytest.mark.parametrize("who", [AMAN, DFWAC])
def test_either_side_closes_the_package_for_the_receiver(who):
    package = a_package()
    sent(package)
    with acting(who):
        assert actions.close(package, holder=OTHER) == 2
        assert actions.close(package, holder=OTHER) == 0
    assert not opens(DFWAC, named(package, "triage"))
    assert opens(AMAN, named(package, "identity"))


def test_a_third_organisation_closes_nothing():
    package, basis = a_package(), consent()
    sent(package, basis)
    with acting(SHARJAH):
        assert actions.close(package, holder=OTHER) == 0
        assert actions.close_basis(basis.kind, basis.id) == 0
    assert opens(DFWAC, named(package, "triage"))


def test_single_classes_can_be_closed():
    package = a_package()
    sent(package)
    with acting(AMAN):
        assert actions.close(package, holder=OTHER, classes=["identity"]) == 1
    assert opens(DFWAC, named(package, "triage"))


@pytest.mark.parametrize("who", [AMAN, DFWAC])
def test_withdrawing_a_basis_deletes_what_rests_on_it_and_nothing_else(who):
    package, other, basis, duty = a_package(), a_package(), consent(), Basis("child_protection_duty", uuid4())
    sent(package, basis)
    sent(other, duty)
    with acting(who):
        assert actions.close_basis(basis.kind, basis.id) == 2
    assert not opens(DFWAC, named(package, "triage"))
    assert opens(DFWAC, named(other, "triage"))


def test_with_every_filter_removed_others_see_no_grant_and_no_deposit():
    package = a_package()
    sent(package)
    with acting(SHARJAH):
        assert not Grant.objects.exists()
        assert not Deposit.objects.exists()
        assert Grant.objects.all().delete()[0] == Deposit.objects.all().delete()[0] == 0
    with acting(DFWAC):
        assert {grant.disclosure_class for grant in Grant.objects.all()} == {"triage"}


@pytest.mark.parametrize("table", ["vault_grant", "vault_deposit", "vault_organisationkey"])
def test_rows_are_never_changed(table):
    with acting(AMAN), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(f"UPDATE {table} SET created_at = created_at")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table}")


def test_public_keys_are_for_all_but_each_organisation_writes_its_own():
    with acting(SHARJAH):
        found = {key.organisation_id for key in OrganisationKey.objects.all()}
        assert found >= {ME, OTHER, THIRD}
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            OrganisationKey.objects.create(
                organisation_id=ME, version=2, public_key=b"mine", created_at=clock.now()
            )
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            OrganisationKey.objects.all().delete()


@pytest.mark.parametrize(
    "basis",
    [Basis("consent"), Basis(OWN_CONTENT), Basis(OWN_CONTENT, UUID(int=1)), Basis(AGREEMENT)],
    ids=str,
)
def test_no_grant_and_no_deposit_without_a_basis(basis):
    for shares in ({"holders": {OTHER: basis}}, {"holders": {}, "deposits": {OTHER: basis}}):
        with acting(AMAN), pytest.raises(IntegrityError), transaction.atomic():
            actions.seal_new(a_package(), {"triage": []}, 1, ME, **shares)


def test_a_secret_is_made_once():
    case = a_case()
    draft(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        draft(case)


def test_nothing_is_queried_outside_of_acting():
    sent(a_package())
    with pytest.raises(DatabaseError, match="outside acting"), transaction.atomic():
        Grant.objects.exists()
