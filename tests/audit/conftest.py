"""Keys and salts in a folder of the test's own, as in the vault's tests."""

from tests.vault.conftest import accepted, cast, folders

__all__ = ["accepted", "cast", "folders"]
