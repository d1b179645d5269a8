"""How much may be opened: different cases and referrals count, looking again within the hour does not."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from config.keyagent import gate
from ihala.audit.quotas import PROBES, Limits, Quotas, Rates

from .test_log import NOON

MINUTE = timedelta(minutes=1)
ME, OTHER, SYSTEM = 5, 6, 0


@pytest.fixture
def quotas():
    return Quotas(Limits(Rates(3, 5), Rates(2, 4), Rates(6, 8)))


def several(number):
    return [uuid4() for _turn in range(number)]


def test_a_person_opens_so_many_different_ones_within_an_hour_and_the_same_ones_as_often_as_they_like(quotas):
    known = several(3)
    assert quotas.count(1, ME, known, NOON) == ""
    for minute in range(50):
        assert quotas.count(1, ME, known, NOON + minute * MINUTE) == ""
    assert quotas.count(1, ME, several(1), NOON + MINUTE) == "quota_person"
    assert quotas.count(1, OTHER, several(1), NOON + MINUTE) == ""


def test_what_is_refused_is_not_counted(quotas):
    assert quotas.count(1, ME, several(4), NOON) == "quota_person"
    assert quotas.count(1, ME, several(3), NOON) == ""


def test_the_window_slides(quotas):
    assert quotas.count(1, ME, several(3), NOON) == ""
    assert quotas.count(1, ME, several(2), NOON + 61 * MINUTE) == ""
    assert quotas.count(1, ME, several(1), NOON + 125 * MINUTE) == "quota_person"  # the day is full
    assert quotas.count(1, ME, several(3), NOON + timedelta(hours=26)) == ""


def test_the_same_one_counts_again_after_an_hour(quotas):
    (one,) = several(1)
    for hour in range(5):
        assert quotas.count(1, ME, [one], NOON + hour * 61 * MINUTE) == ""
    assert quotas.count(1, ME, [one], NOON + 5 * 61 * MINUTE) == "quota_person"


def test_jobs_have_less_and_the_installation_has_a_limit_of_its_own(quotas):
    assert quotas.count(1, SYSTEM, several(3), NOON) == "quota_person"
    assert quotas.count(1, SYSTEM, several(2), NOON) == ""
    assert quotas.count(1, ME, several(3), NOON) == ""
    assert quotas.count(2, OTHER, several(2), NOON) == "quota_installation"
    assert quotas.count(2, OTHER, several(1), NOON) == ""


def test_a_restart_counts_what_the_log_tells(quotas):
    known = several(3)
    for root in [*known, *known]:
        quotas.remember(1, ME, root, NOON)
    assert quotas.count(1, ME, known, NOON + MINUTE) == ""
    assert quotas.count(1, ME, several(1), NOON + MINUTE) == "quota_person"


def test_memory_does_not_grow_without_end():
    quotas = Quotas(Limits(Rates(10_000, 20), Rates(1, 1), Rates(10_000, 10_000)))
    for number in range(150):
        quotas.remember(1, ME, uuid4(), NOON + number * 61 * MINUTE)
    assert len(quotas._people[1, ME].last) < 150


def test_refusals_one_after_the_other_are_somebody_trying_doors(quotas):
    answers = [quotas.probed(1, ME, NOON + number * MINUTE) for number in range(PROBES)]
    assert answers == [False] * (PROBES - 1) + [True]
    slowly = [quotas.probed(1, OTHER, NOON + number * 5 * MINUTE) for number in range(2 * PROBES)]
    assert not any(slowly)


def test_the_alarm_rings_once_for_one_reason_and_tells_everybody_concerned(quotas):
    quotas.count(2, OTHER, several(1), NOON)
    quotas.count(1, ME, several(2), NOON)
    alarm = quotas.alarm("quota_person", 1, ME, NOON)
    assert (alarm.organisations, alarm.user_id, alarm.opened) == ((1,), ME, 2)
    assert quotas.alarm("quota_person", 1, ME, NOON + MINUTE) is None
    assert quotas.alarm("quota_person", 1, ME, NOON + 31 * MINUTE) is not None
    everybody = quotas.alarm("quota_installation", 3, ME, NOON)
    assert (everybody.organisations, everybody.opened) == ((1, 2, 3), 3)
    assert quotas.alarm("quota_installation", 1, ME, NOON) is None


def test_the_settings_say_how_much(settings):
    settings.OPENING_QUOTAS = [(1, 2), (3, 4), (5, 6)]
    assert gate.Gate().quotas.limits == Limits(Rates(1, 2), Rates(3, 4), Rates(5, 6))
    assert isinstance(NOON, datetime)
