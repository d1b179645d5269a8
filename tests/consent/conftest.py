"""Aman and the Foundation with an agreement, and a case at Aman."""

import pytest

from ihala.cases.actions import create_case
from ihala.cases.models import Case
from ihala.core.acting import acting
from tests.cases import family
from tests.organisations import cast


@pytest.fixture
def aman(db: None) -> cast.Party:
    return cast.aman()


@pytest.fixture
def dfwac(aman: cast.Party) -> cast.Party:
    """The Foundation, with which Aman has signed."""
    other = cast.dfwac()
    cast.agree(aman, other)
    return other


@pytest.fixture
def sharjah(db: None) -> cast.Party:
    return cast.sharjah()


@pytest.fixture
def case(aman: cast.Party) -> Case:
    with acting(aman.caseworker):
        return create_case(family.CONTENT, by=aman.caseworker)
