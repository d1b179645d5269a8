"""Aman and the Foundation with an agreement, a third organisation without."""

import pytest

from tests.organisations import cast


@pytest.fixture
def parties(db: None) -> dict[str, cast.Party]:
    """By code; Aman and the Foundation have signed."""
    aman, dfwac = cast.aman(), cast.dfwac()
    cast.agree(aman, dfwac)
    return {"aman": aman, "dfwac": dfwac}
