"""The file the search process starts from: it opens with custody and its salt, as long as nobody was erased since."""

import os

import pytest

from ihala.vault import salts, snapshots
from tests import given

pytestmark = pytest.mark.django_db

NAMES = "مريم عبد الرحمن Mariam Abdulrahman ".encode() * 40_000
"""More than one piece."""


@pytest.fixture
def aman(settings, tmp_path):
    """An organisation with a key, and a folder of salts of this test's own."""
    settings.SALTS_DIR = tmp_path / "salts"
    yield given.cast().aman.pk


def the_file(organisation):
    return salts.folder() / f"search-{organisation}.sealed"


def test_it_is_read_as_written_and_holds_no_name(aman):
    snapshots.write(aman, NAMES)
    assert snapshots.read(aman) == NAMES
    data = the_file(aman).read_bytes()
    assert "مريم".encode() not in data and b"Mariam" not in data
    assert the_file(aman).stat().st_mode & 0o077 == 0
    assert snapshots.lying() == [aman]
    snapshots.write(aman, b"")
    assert snapshots.read(aman) == b""


def test_after_shredding_no_copy_opens(aman):
    snapshots.write(aman, NAMES)
    copy = the_file(aman).read_bytes()
    snapshots.shred(aman)
    assert snapshots.read(aman) is None and snapshots.lying() == []
    the_file(aman).write_bytes(copy)
    assert snapshots.read(aman) is None
    snapshots.write(aman, b"new")
    the_file(aman).write_bytes(copy)
    assert snapshots.read(aman) is None
    snapshots.shred(aman)
    snapshots.shred(aman)


def test_without_the_keys_nothing_opens(aman, settings, tmp_path):
    snapshots.write(aman, NAMES)
    settings.VAULT_DIR = tmp_path / "no-keys"
    assert snapshots.read(aman) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:40],
        lambda data: data[:-1],
        lambda data: b"something else" + data,
        lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
        lambda data: data[:-5] + os.urandom(5),
    ],
)
def test_what_is_damaged_is_as_if_it_were_not_there(aman, damage):
    snapshots.write(aman, NAMES)
    the_file(aman).write_bytes(damage(the_file(aman).read_bytes()))
    assert snapshots.read(aman) is None


def test_one_organisations_file_is_not_anothers(aman):
    other = given.cast().dfwac.pk
    snapshots.write(aman, NAMES)
    snapshots.write(other, b"theirs")
    the_file(other).write_bytes(the_file(aman).read_bytes())
    assert snapshots.read(other) is None
    assert snapshots.read(aman) == NAMES


def test_copies_of_the_salts_hold_none_of_it_and_sweeping_leaves_it(aman):
    from config.backup.copies import ENDINGS

    snapshots.write(aman, NAMES)
    lying = {path.suffix for path in salts.folder().iterdir() if path.name.startswith("search-")}
    assert lying and not lying & set(ENDINGS)
    assert salts.sweep(lambda roots: []) == 0
    assert snapshots.read(aman) == NAMES


def test_where_nothing_was_ever_kept_there_is_nothing_to_shred(settings, tmp_path):
    settings.SALTS_DIR = tmp_path / "never made"
    snapshots.shred(1)
    assert not settings.SALTS_DIR.exists()
