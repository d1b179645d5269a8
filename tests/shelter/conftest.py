"""Aman with one house of three units, and families as cases of Aman."""

from typing import Any

import pytest

from ihala.core.acting import acting
from ihala.organisations.models import Actor
from tests import given

from . import houses


@pytest.fixture
def by(db: None) -> Actor:
    """Aman's supervisor: manages houses and places families."""
    return given.actor("aman.supervisor")


@pytest.fixture
def place(by: Actor) -> houses.Place:
    """House A: a family flat of four beds and a cot, a single room, and a room shared by families."""
    with acting(by):
        return houses.a_house(by)


@pytest.fixture
def inside(by: Actor) -> Any:
    """The test runs as the supervisor."""
    with acting(by):
        yield by
