"""Attempts are counted in one statement each: exactly, also for many at once, and nobody is turned away for waiting."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from ihala.accounts import limits
from ihala.core import clock
from tests.organisations.cast import PASSWORD, Party

RATE = ratelimit.parse_rate("5/m/ip")
PATIENT = ratelimit.parse_rate("0/m/ip")


def attempt(address: str = "192.0.2.1", rate: Any = RATE, **how: Any) -> Any:
    request = RequestFactory().post("/sign-in/", REMOTE_ADDR=address)
    return ratelimit._consume_single_rate(request, app="allauth.account", action="tried", rate=rate, **how)


@pytest.mark.django_db
def test_as_many_as_the_rate_allows_and_again_when_the_first_are_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "randrange", lambda _count: 1)
    start = clock.now()
    for seconds in range(5):
        with clock.at(start + timedelta(seconds=seconds)), CaptureQueriesContext(connection) as asked:
            assert attempt()
        assert len(asked) == 1
    with clock.at(start + timedelta(seconds=30)):
        assert attempt() is None
        assert attempt(dry_run=True) is None
        assert attempt("192.0.2.2", dry_run=True)
        with pytest.raises(RateLimited):
            attempt(raise_exception=True)
        assert attempt("192.0.2.2")
        assert attempt("192.0.2.3", rate=PATIENT) is None
    with clock.at(start + timedelta(seconds=61)):
        assert attempt()
        assert attempt()
        assert attempt() is None


@pytest.mark.django_db
def test_behind_a_proxy_each_address_it_heard_from_counts_and_what_the_asker_claims_does_not(
    settings: Any,
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def forwarded(addresses: str) -> Any:
        request = RequestFactory().post("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=addresses)
        return ratelimit._consume_single_rate(request, app="allauth.account", action="tried", rate=RATE)

    for number in range(5):
        assert forwarded(f"203.0.113.{number}, 192.0.2.1")
    assert forwarded("203.0.113.9, 192.0.2.1") is None
    assert forwarded("192.0.2.2")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    for number in range(5):
        assert forwarded(f"203.0.113.{number}")
    assert forwarded("203.0.113.9") is None


@pytest.mark.django_db
def test_what_was_no_failure_is_taken_back_and_all_is_forgotten_where_it_is_cleared() -> None:
    hits = [attempt() for _number in range(5)]
    assert attempt() is None
    hits[2].rollback()
    assert attempt()
    assert attempt() is None
    request = RequestFactory().post("/sign-in/", REMOTE_ADDR="192.0.2.1")
    ratelimit.clear(request, app="allauth.account", action="tried", config={"tried": "5/m/ip"})
    assert attempt()


@pytest.mark.django_db
def test_now_and_then_what_is_over_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.at(clock.now() - timedelta(hours=1)):
        attempt("192.0.2.9")
    monkeypatch.setattr(limits, "randrange", lambda _count: 0)
    attempt()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ihala_cache")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_exactly_and_none_waits_in_vain() -> None:
    said: Counter[bool] = Counter()

    def one() -> None:
        said[attempt() is not None] += 1
        connection.close()

    threads = [threading.Thread(target=one) for _number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {True: 5, False: 4}


def test_a_sign_in_counts_with_three_statements(
    aman: Party, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "randrange", lambda _count: 1)
    with CaptureQueriesContext(connection) as asked:
        answer = Client().post("/sign-in/", {"login": "aman.duty", "password": PASSWORD})
    assert answer.status_code == 302
    assert len([one for one in asked if cache._table in one["sql"]]) == 3  # type: ignore[attr-defined]


def test_an_allauth_that_counts_in_another_way_is_noticed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(ratelimit, "_consume_single_rate")
    with pytest.raises(AttributeError, match="_consume_single_rate"):
        limits.install()
