"""Keys and salts in a folder of the test's own."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest

from ihala.core.acting import acting
from ihala.vault import actions, keys

from .cast import EVERYBODY

hypothesis.settings.register_profile(
    "vault", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("vault")


@pytest.fixture(autouse=True)
def folders(settings, tmp_path: Path) -> Iterator[None]:
    settings.VAULT_DIR = tmp_path / "keys"
    settings.SALTS_DIR = tmp_path / "salts"
    keys.forget()
    yield
    keys.forget()


@pytest.fixture
def cast(db: None) -> None:
    """Three organisations with keys."""
    for somebody in EVERYBODY:
        with acting(somebody):
            actions.create_organisation_key(somebody.organisation_id)


@pytest.fixture
def accepted(owner) -> Iterator[None]:
    """Every referral counts as accepted: the question the release door asks is answered yes."""
    question = "'ihala_may_release(uuid, bigint)'::regprocedure"
    (asked,) = owner.execute(f"SELECT pg_get_functiondef({question})").fetchone()
    owner.execute(
        "CREATE OR REPLACE FUNCTION ihala_may_release(subject uuid, receiver bigint) RETURNS boolean STABLE "
        "SECURITY DEFINER LANGUAGE sql AS $$ SELECT true $$"
    )
    yield
    owner.execute(asked)


@pytest.fixture
def row():
    """A key of some row."""
    return uuid4()
