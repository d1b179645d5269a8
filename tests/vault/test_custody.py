"""Private keys lie sealed under the master key of this machine."""

import stat

import pytest

from ihala.vault import sealers, wrapping
from ihala.vault.custody import RELEASE, KeyFiles, KeyName, KeyNotHeld, custody


def files(folder):
    return KeyFiles(folder, sealers.MasterKey(folder, None))


@pytest.fixture
def held(tmp_path):
    return files(tmp_path / "held")


def test_what_is_wrapped_to_the_public_half_custody_unwraps(held):
    name = KeyName(7)
    wrapped = wrapping.wrapper(held.create(name)).encrypt(b"secret", b"for")
    assert wrapping.unwrap(held.unwrapper(name), wrapped, b"for") == b"secret"


def test_asking_again_answers_the_same_key_in_a_new_process_too(held):
    assert held.create(KeyName(7)) == held.create(KeyName(7)) == files(held.folder).create(KeyName(7))
    assert len({held.create(KeyName(7)), held.create(KeyName(7, 2)), held.create(KeyName(RELEASE))}) == 3


def test_files_are_closed_to_others_and_hold_no_key_in_clear(held):
    held.create(KeyName(7))
    private = held.private(KeyName(7))
    for path in held.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert private not in path.read_bytes()
        assert private[-32:] not in path.read_bytes()
    assert stat.S_IMODE(held.folder.stat().st_mode) == 0o700


def test_a_key_file_under_another_name_does_not_open(held):
    held.create(KeyName(7))
    held._path(KeyName(7)).rename(held._path(KeyName(8)))
    with pytest.raises(KeyNotHeld):
        held.unwrapper(KeyName(8))
    with pytest.raises(KeyNotHeld):
        held.unwrapper(KeyName(7))


def test_another_master_key_opens_nothing(held):
    held.create(KeyName(7))
    (held.folder / "master.key").unlink()
    with pytest.raises(KeyNotHeld):
        held.unwrapper(KeyName(7))


def test_the_setting_says_where_custody_is(settings, tmp_path):
    first = custody()
    assert custody() is first
    settings.VAULT_DIR = tmp_path / "elsewhere"
    assert custody() is not first
    assert (tmp_path / "elsewhere").is_dir()


def test_a_destroyed_key_is_overwritten_and_opens_nothing_any_more(held, monkeypatch):
    name = KeyName(7)
    wrapped = wrapping.wrapper(held.create(name)).encrypt(b"secret", b"for")
    held.create(KeyName(7, 2))
    assert wrapping.unwrap(held.unwrapper(name), wrapped, b"for") == b"secret"
    assert held.versions(7) == [1, 2]
    path, last = held._path(name), []
    monkeypatch.setattr("os.fsync", lambda descriptor: last.append(path.exists() and path.read_bytes()))
    held.destroy(name)
    assert set(last[0]) == {0}
    assert held.versions(7) == [2]
    held.destroy(name)
    for ask in (held.unwrapper, held.private, held.made_at):
        with pytest.raises(KeyNotHeld):
            ask(name)
    with pytest.raises(wrapping.NotOpened):
        wrapping.unwrap(held.unwrapper(KeyName(7, 2)), wrapped, b"for")


def test_a_recovered_key_takes_the_place_of_one_that_does_not_open(held):
    name = KeyName(7)
    public, private = held.create(name), held.private(name)
    assert held.restore(name, private) == public
    (held.folder / "master.key").unlink()
    after = files(held.folder)
    assert after.restore(name, private) == public
    assert after.private(name) == private
    assert (held.folder / "organisation-7-1.lost").exists()
    other = wrapping.new_private()
    assert after.restore(name, other) == wrapping.public_of(other) == after.create(name)
    assert after.restore(KeyName(8), private) == public
