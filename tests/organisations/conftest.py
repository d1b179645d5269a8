"""Three organisations; the first two have signed."""

import pytest

from . import cast


@pytest.fixture
def aman(db: None) -> cast.Party:
    return cast.aman()


@pytest.fixture
def dfwac(db: None) -> cast.Party:
    return cast.dfwac()


@pytest.fixture
def sharjah(db: None) -> cast.Party:
    return cast.sharjah()
