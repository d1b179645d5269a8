"""One organisation with everybody in it."""

from typing import Any

import pytest
from django.core.cache import cache

from tests.organisations import cast


@pytest.fixture
def aman(db: None) -> cast.Party:
    return cast.aman()


@pytest.fixture(autouse=True)
def _no_limits_from_before(db: None) -> None:
    cache.clear()


@pytest.fixture
def home(settings: Any) -> str:
    """A page everybody may see, to land on."""
    settings.LOGIN_REDIRECT_URL = "/sign-in/second/"
    return "/sign-in/second/"
