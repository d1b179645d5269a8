"""The cache says what Django's says, in one statement each time."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config import cache as ours

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "randrange", lambda _count: 1)


def _statements(ask: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def test_what_was_set_is_there_until_it_is_set_again_or_deleted() -> None:
    cache.set("one", {"attempts": [1, 2]})
    assert cache.get("one") == {"attempts": [1, 2]}
    cache.set("one", 3)
    assert cache.get("one") == 3
    cache.delete("one")
    assert cache.get("one") is None


def test_only_the_first_adds_until_what_was_added_is_over() -> None:
    assert cache.add("lock", "mine", 5)
    assert not cache.add("lock", "yours", 5)
    assert cache.get("lock") == "mine"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ihala_cache SET expires = %s", [timezone.now() - timedelta(seconds=2)])
    assert cache.add("lock", "yours", 5)
    assert cache.get("lock") == "yours"


def test_what_is_set_for_ever_stays() -> None:
    cache.set("ever", 1, None)
    assert cache.get("ever") == 1


def test_each_takes_one_statement() -> None:
    for ask in (
        lambda: cache.set("one", 1),
        lambda: cache.get("one"),
        lambda: cache.add("two", 1),
        lambda: cache.delete("one"),
    ):
        assert _statements(ask) == 1


def test_now_and_then_a_write_looks_whether_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "randrange", lambda _count: 0)
    assert _statements(lambda: cache.set("one", 1)) > 1
    assert cache.get("one") == 1
    assert cache.touch("one", 5)
