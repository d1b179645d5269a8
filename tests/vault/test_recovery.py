"""Two officers together recover an organisation's keys; one alone, or an administrator, cannot."""

import shutil

import pytest

from ihala.core.acting import acting
from ihala.vault import recovery, rotation
from ihala.vault.custody import RELEASE, KeyName, KeyNotHeld, custody
from ihala.vault.recovery import NotRecovered, Part

from .cast import AMAN, ME, OTHER, a_package, named
from .holding import draft, opens

pytestmark = pytest.mark.usefixtures("cast")


def pair(parts, one, other):
    """The lines two officers type."""
    common = {(part.first, part.second) for part in parts[one]} & {(p.first, p.second) for p in parts[other]}
    ((first, second),) = common
    return tuple(
        next(part for part in parts[who] if (part.first, part.second) == (first, second)).as_text()
        for who in (one, other)
    )


def lost_and_fresh(settings):
    """The machine burned; from the backup come the key files, not what sealed them."""
    custody().unwrapper.cache_clear()
    (settings.VAULT_DIR / "master.key").unlink()
    copy = settings.VAULT_DIR.with_name("new-machine")
    shutil.copytree(settings.VAULT_DIR, copy)
    settings.VAULT_DIR = copy


@pytest.mark.parametrize("officers", [(1, 2), (1, 3), (3, 2)])
def test_any_two_officers_bring_the_keys_back_also_those_made_later(settings, officers):
    parts = recovery.set_up(ME, 3)
    draft(old := a_package())
    with acting(AMAN):
        rotation.begin(ME)
    draft(new := a_package())
    lost_and_fresh(settings)
    with pytest.raises(KeyNotHeld):
        opens(AMAN, named(old, "triage"))
    assert recovery.recover(pair(parts, *officers)) == (ME, [1, 2])
    assert opens(AMAN, named(old, "triage"))
    assert opens(AMAN, named(new, "triage"))


def test_one_officer_alone_recovers_nothing(settings):
    parts = recovery.set_up(ME, 3)
    lost_and_fresh(settings)
    mine = [part.as_text() for part in parts[1]]
    with pytest.raises(NotRecovered, match="same pair"):
        recovery.recover((mine[0], mine[1]))
    with pytest.raises(NotRecovered, match="same officer"):
        recovery.recover((mine[0], mine[0]))
    made_up = Part(ME, 1, 2, 2, bytes(32)).as_text()
    with pytest.raises(NotRecovered, match="earlier"):
        recovery.recover((mine[0], made_up))


def test_a_part_says_nothing_about_the_key():
    """Its bytes are random, or the key hidden by bytes just as random: no two are alike over many ceremonies."""
    seen = {part.data for _turn in range(20) for own in recovery.set_up(ME, 2).values() for part in own}
    assert len(seen) == 40


def test_new_sheets_make_the_old_ones_void(settings):
    before, after = recovery.set_up(ME, 2), recovery.set_up(ME, 2)
    with pytest.raises(NotRecovered, match="earlier"):
        recovery.recover(pair(before, 1, 2))
    assert recovery.recover(pair(after, 1, 2)) == (ME, [1])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: "",
        lambda text: "9/1/1/AA",
        str.split,
    ],
)
def test_what_is_mistyped_is_noticed_before_anything_happens(spoil):
    one, other = pair(recovery.set_up(ME, 2), 1, 2)
    with pytest.raises((NotRecovered, AttributeError)):
        recovery.recover((spoil(one), other))
    assert Part.from_text(f" {one.lower()} ").as_text() == one


def test_recovery_takes_two_to_five_officers():
    for organisation, officers in ((RELEASE, 1), (ME, 1), (ME, 6)):
        with pytest.raises(NotRecovered):
            recovery.set_up(organisation, officers)


def test_without_what_was_kept_parts_recover_nothing_and_a_swapped_file_is_noticed(settings):
    parts, others = recovery.set_up(ME, 2), recovery.set_up(OTHER, 2)
    kept = settings.VAULT_DIR / f"recovery-{ME}.1.wrapped"
    kept.write_bytes((settings.VAULT_DIR / f"recovery-{OTHER}.1.wrapped").read_bytes())
    with pytest.raises(NotRecovered, match="does not open"):
        recovery.recover(pair(parts, 1, 2))
    (settings.VAULT_DIR / f"recovery-{OTHER}.public").unlink()
    with pytest.raises(NotRecovered, match="Nothing is kept"):
        recovery.recover(pair(others, 1, 2))


def test_a_destroyed_key_is_gone_from_recovery_too(settings):
    parts = recovery.set_up(ME, 2)
    with acting(AMAN):
        rotation.begin(ME)
    rotation.destroy(ME, 1)
    assert recovery.recover(pair(parts, 1, 2)) == (ME, [2])
    with pytest.raises(KeyNotHeld):
        custody().private(KeyName(ME, 1))


def kept_here(settings):
    return {path.name: path.read_bytes() for path in settings.VAULT_DIR.glob("recovery-*")}


@pytest.mark.parametrize("gone", [[f"organisation-{ME}-1.sealed"], ["master.key"]])
def test_new_parts_do_not_destroy_the_last_copy_of_a_lost_key(settings, gone):
    parts = recovery.set_up(ME, 2)
    draft(package := a_package())
    copy = settings.VAULT_DIR.with_name("lost")
    shutil.copytree(settings.VAULT_DIR, copy)
    settings.VAULT_DIR = copy
    for name in gone:
        (copy / name).unlink()
    before = kept_here(settings)
    with pytest.raises(NotRecovered, match="ihala keys recover"):
        recovery.set_up(ME, 3)
    assert kept_here(settings) == before
    assert recovery.recover(pair(parts, 1, 2)) == (ME, [1])
    assert opens(AMAN, named(package, "triage"))
    assert recovery.set_up(ME, 3)


def test_another_key_under_the_same_number_is_not_the_lost_one(settings):
    custody().create(KeyName(RELEASE))
    parts, private = recovery.set_up(RELEASE, 2), custody().private(KeyName(RELEASE))
    custody().destroy(KeyName(RELEASE))
    custody().create(KeyName(RELEASE))
    with pytest.raises(NotRecovered, match="version 1"):
        recovery.set_up(RELEASE, 2)
    assert recovery.recover(pair(parts, 1, 2)) == (RELEASE, [1])
    assert custody().private(KeyName(RELEASE)) == private


def test_what_was_kept_before_fingerprints_is_replaced_where_custody_opens_the_key(settings):
    recovery.set_up(ME, 2)
    (settings.VAULT_DIR / f"recovery-{ME}.1.fingerprint").unlink()
    assert recovery.recover(pair(recovery.set_up(ME, 2), 1, 2)) == (ME, [1])
    assert (settings.VAULT_DIR / f"recovery-{ME}.1.fingerprint").exists()


def test_earlier_parts_hold_until_every_key_was_read_for_the_new_ones(settings):
    """Custody goes away between two keys: nothing has changed."""
    parts = recovery.set_up(ME, 2)
    shutil.copy(
        settings.VAULT_DIR / f"organisation-{ME}-1.sealed", settings.VAULT_DIR / f"organisation-{ME}-2.sealed"
    )
    before = kept_here(settings)
    with pytest.raises(KeyNotHeld):
        recovery.set_up(ME, 2)
    assert kept_here(settings) == before
    (settings.VAULT_DIR / f"organisation-{ME}-2.sealed").unlink()
    assert recovery.recover(pair(parts, 1, 2)) == (ME, [1])
