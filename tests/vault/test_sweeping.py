"""The worker's sweep of shred salts: what nothing needs goes, what anything needs stays, and doubt destroys nothing."""

import os
import time
from uuid import uuid4

import pytest

from ihala.core.acting import acting
from ihala.referrals.enums import State
from ihala.vault import salts, tasks
from ihala.vault.models import Grant
from tests import given

pytestmark = pytest.mark.django_db


def aged(root) -> None:
    long_ago = time.time() - 2 * salts.SWEPT_AFTER
    os.utime(salts._path(root), (long_ago, long_ago))


def orphan():
    root = uuid4()
    salts.ensure(root, ["triage"])
    aged(root)
    return root


def test_salts_without_a_secret_are_destroyed_and_all_others_stay(settings, tmp_path):
    settings.SALTS_DIR = tmp_path / "salts"
    referral = given.a_referral(State.ACCEPTED)
    with acting(given.actor("aman.caseworker")):
        roots = set(Grant.objects.values_list("root_id", flat=True))
    for root in roots:
        aged(root)
    gone = orphan()
    tasks.sweep_salts(0)
    assert salts.read(gone) is None
    assert referral.pk in roots and all(salts.read(root) for root in roots)
    tasks.sweep_salts(0)


def test_with_the_wrong_database_nothing_is_destroyed(settings, tmp_path, monkeypatch):
    settings.SALTS_DIR = tmp_path / "salts"
    monkeypatch.setattr(salts, "FEW_ORPHANS", 2)
    monkeypatch.setattr(salts, "ASKED_AT_ONCE", 2)
    roots = [orphan() for _number in range(3)]
    with pytest.raises(salts.WrongDatabase):
        tasks.sweep_salts(0)
    assert all(salts.read(root) for root in roots)
