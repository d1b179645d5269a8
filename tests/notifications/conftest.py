"""Two organisations that have signed."""

import pytest

from tests.organisations import cast


@pytest.fixture
def aman(db: None) -> cast.Party:
    return cast.aman()


@pytest.fixture
def dfwac(db: None) -> cast.Party:
    return cast.dfwac()
