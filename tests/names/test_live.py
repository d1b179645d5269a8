"""An index that follows its people."""

import uuid
from contextlib import suppress

import pytest

from ihala_names.live import FRESH_MOST, LiveIndex
from ihala_names.parts import BadSnapshot

MARIAM, ALI, NOURA, NULLS = (uuid.UUID(int=n).bytes for n in (1, 2, 3, 4 << 120))


@pytest.fixture
def index():
    return LiveIndex(
        [(MARIAM, "Mariam Abdulrahman", 1990), (ALI, "علي حسن", None), (NULLS, "Omar Said", 1980)]
    )


def keys(found):
    return [one.key for one in found]


def test_whoever_is_put_is_found_at_once_by_each_of_their_names(index):
    index.put(NOURA, ["نورة المنصوري", "أم خالد"], 1985)
    assert keys(index.search("Noura Al Mansoori"))[0] == NOURA
    assert keys(index.search("Umm Khaled", 1986)) == [NOURA]
    assert len(index) == 4
    assert NOURA in index


def test_a_changed_name_replaces_the_old_one(index):
    index.put(MARIAM, "فاطمة الزهراء", 1991)
    assert MARIAM not in keys(index.search("مريم عبد الرحمن"))
    assert keys(index.search("Fatma Zahra")) == [MARIAM]
    assert len(index) == 3


@pytest.mark.parametrize("settled", [True, False])
def test_whoever_is_removed_is_gone_at_once(index, settled):
    index.put(NOURA, "نورة المنصوري")
    if settled:
        index.compact()
    assert index.remove(NOURA)
    assert NOURA not in keys(index.search("Noura Al Mansoori"))
    assert NOURA not in index
    assert not index.remove(NOURA)
    assert index.explain("Noura", NOURA) is None


def test_no_letter_of_the_removed_is_in_a_snapshot(index):
    index.put(NOURA, "Zzyzx")
    token = index.explain("Zzyzx", NOURA).pairs[0]
    assert token.person == "zzyzx"
    codes = bytes(ord(c) - 96 for c in "zzyzx")
    assert codes in index.snapshot()
    index.remove(NOURA)
    assert codes not in index.snapshot()


def test_a_snapshot_gives_the_same_answers(index):
    index.put(NOURA, ["نورة المنصوري", "Noura"], 1985)
    again = LiveIndex.load(index.snapshot())
    for query in ("مريم عبدالرحمن", "Ali Hassan", "نورا", "عمر سعيد"):
        assert again.search(query, 1985) == index.search(query, 1985) != []
    assert len(again) == len(index) == 4
    assert again.remove(NULLS)


def test_bytes_that_are_no_snapshot_are_refused(index):
    good = index.snapshot()
    for bad in (b"", b"names", good[:-1], good[:60], good + b"\0", good[:20] + b"\xff" * 32 + good[52:]):
        with pytest.raises(BadSnapshot):
            LiveIndex.load(bad)
    for place in range(20, len(good) - 16 * 3, 7):
        changed = bytearray(good)
        changed[place] ^= 0xFF
        with suppress(BadSnapshot):
            LiveIndex.load(bytes(changed)).search("Mariam Abdulrahman")


def test_it_says_which_parts_matched(index):
    said = index.explain("Abdelrahmen Maryam", MARIAM, 1991)
    assert {(one.query, one.person) for one in said.pairs} == {
        ("abdelrahmen", "abdulrahman"),
        ("maryam", "mariam"),
    }
    assert said.birth_year > 0
    assert said.score == pytest.approx(index.search("Abdelrahmen Maryam", 1991)[0].score, abs=0.1)
    assert index.explain("", MARIAM).pairs == ()


def test_many_changes_are_joined_and_nobody_is_lost():
    index = LiveIndex()
    for number in range(FRESH_MOST + 20):
        index.put(
            uuid.UUID(int=number).bytes, f"Person{'abcdefghij'[number % 10]} Hassan", 1950 + number % 60
        )
    assert len(index) == FRESH_MOST + 20
    assert len(index.search("Persona Hassan", 1950, top=2000)) > 100
    assert index.nbytes > 0


def test_a_key_of_another_length_is_refused(index):
    with pytest.raises(ValueError, match="16 bytes"):
        index.put(b"short", "Ali")
