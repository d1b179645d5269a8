"""Who must have signed a checkpoint before it counts, with two organisations and with many."""

import pytest

from ihala.audit import exporting, signing
from ihala.audit.models import Event
from ihala.audit.verify import counts
from ihala.core.acting import acting
from tests.vault.cast import AMAN, ME, OTHER, SHARJAH, THIRD

from .logbook import NAMES, Here, checked, exported, number, some_events, witnesses


@pytest.mark.parametrize(
    ("signed", "signers", "concerned", "enough"),
    [
        ({0, 1, 2}, {0, 1, 2}, {1}, True),
        ({0, 1}, {0, 1, 2}, {1}, False),
        ({0, 1}, {0, 1}, {1}, True),
        ({0}, {0}, {1}, False),
        ({1, 2}, {0, 1, 2}, {1}, False),
        ({0, 1, 3}, {0, 1, 2, 3}, {1}, True),
        ({0, 2, 3}, {0, 1, 2, 3}, {1}, False),
        ({0, 1, 3}, {0, 1, 2, 3}, {1, 2}, False),
        ({0, 1, 2}, {0, 1, 2, 3}, {1, 2}, True),
        ({0, 2, 3}, {0, 2, 3}, {1}, True),
    ],
)
def test_the_operator_those_concerned_and_two_in_all(signed, signers, concerned, enough):
    assert counts(signed, signers, concerned) is enough


def test_a_third_witness_that_is_away_holds_up_nobody_else(db, settings, tmp_path, monkeypatch):
    settings.LOG_DIR = tmp_path / "log"
    monkeypatch.setitem(NAMES, THIRD, "witness.sharjah")
    signing.register_operator()
    mine, theirs = witnesses(tmp_path)
    third = Here(tmp_path, THIRD)
    with acting(SHARJAH):
        signing.register_witness(SHARJAH, third.witness.key)
    some_events()
    number()
    signing.sign()
    assert [mine.witness.once(), third.witness.once()] == [True, True]
    assert checked(exported(), tmp_path).findings == []
    assert [one.attack for one in checked(exported(OTHER), tmp_path).findings] == ["unproved"]
    assert signing.standing([ME]).complete is not None
    assert signing.standing([ME, OTHER]).complete is None
    with acting(AMAN):
        shared = Event.objects.filter(name="referral.approve").get()
        own = Event.objects.filter(name="case.created").first()
        assert [exporting.proof_of(one)["complete"] for one in (own, shared)] == [True, False]
    assert theirs.witness.once()
    with acting(AMAN):
        assert exporting.proof_of(shared)["complete"]
