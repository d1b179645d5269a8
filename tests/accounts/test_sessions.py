"""Sessions are read as Django reads them."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from ihala.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def _kept() -> str:
    store = SessionStore()
    store["since"] = 7
    store.save()
    assert store.session_key
    return store.session_key


def test_a_session_says_what_it_was_told() -> None:
    assert SessionStore(_kept()).load() == {"since": 7}


@pytest.mark.parametrize("key", [None, "", "unknown-unknown-unknown-unknown-"])
def test_an_unknown_session_is_empty_and_forgotten(key: str | None) -> None:
    store = SessionStore(key)
    assert store.load() == {}
    assert store.session_key is None


def test_a_session_that_is_over_is_empty_and_forgotten() -> None:
    key = _kept()
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    store = SessionStore(key)
    assert store.load() == {}
    assert store.session_key is None
