"""Keys and salts in a folder of the test's own, as in the vault's tests; a small log in another."""

import pytest

from tests.vault.conftest import accepted, cast, folders

from .logbook import kept

__all__ = ["accepted", "cast", "folders"]


@pytest.fixture
def log_folder(settings, tmp_path):
    settings.LOG_DIR = tmp_path / "log"


@pytest.fixture
def log(db, log_folder, tmp_path):
    return kept(tmp_path)
