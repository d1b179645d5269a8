"""Linking two lists, in clear within one organisation and hardened between two."""

import numpy as np
import pytest

from config.cli import main
from ihala_names import comparing, hardened, sounds
from ihala_names.letters import tokens_of
from ihala_names.link import Link, Record, link, one_to_one

LEFT = [
    Record("a1", "مريم عبد الرحمن", 1990, ()),
    Record("a2", "سامي خالد حسن", 2001, ()),
    Record("a3", "ليلى خالد حسن", 2004, ()),
    Record("a4", "Noura Al-Mansoori", 1985, ()),
    Record("a5", "", None, ()),
    Record("a6", "عائشة بكر", 1970, ()),
]
RIGHT = [
    Record("b1", "Layla Khalid Hassan", 2004, ()),
    Record("b2", "Mariam Abdulrahman", 1991, ()),
    Record("b3", "Sami Khaled Hassan", 2001, ()),
    Record("b4", "نورة المنصوري", 1985, ()),
    Record("b5", "Ghassan Darwish", 1970, ()),
    Record("b6", "🙂", None, ()),
]
TRUE = {("a1", "b2"), ("a2", "b3"), ("a3", "b1"), ("a4", "b4")}


KEY = bytes(range(32))  # a fixed one where a figure is compared: the same answer at every run


def named(links):
    return {(LEFT[pair.left].key, RIGHT[pair.right].key) for pair in links}


def test_spellings_scripts_and_years_near_by_are_linked_and_siblings_kept_apart():
    assert named(link(LEFT, RIGHT)) == TRUE


def test_hardened_links_the_same_people_whatever_the_key():
    for _ in range(3):
        assert named(hardened.link(LEFT, RIGHT)) == TRUE


def test_no_pair_is_lost_where_one_look_at_the_other_list_ends_and_the_next_begins():
    draw = np.random.default_rng(7)
    right = draw.integers(0, 2**64, (2 * comparing.TILE + comparing.STEP + 1, 16), np.uint64)
    places = [0, 31, 32, comparing.TILE - 1, comparing.TILE, 2 * comparing.TILE, len(right) - 1]
    noise = draw.integers(0, 2**64, (4, len(places), 16), np.uint64)
    left = right[places] ^ (noise[0] & noise[1] & noise[2] & noise[3])
    found = hardened.compare(left, right)
    assert sorted((pair.left, pair.right) for pair in found) == list(enumerate(places))
    for pair in found:
        assert pair.score == pytest.approx(hardened.likeness(left[pair.left], right[pair.right]), abs=1e-6)


def test_each_person_is_given_away_once_best_first():
    pairs = [Link(0, 0, 5.0), Link(0, 1, 9.0), Link(1, 1, 8.0), Link(1, 0, 4.0), Link(2, 2, 1.0)]
    assert one_to_one(pairs, 3.0) == [Link(0, 1, 9.0), Link(1, 0, 4.0)]


def test_other_columns_count_by_how_rare_they_are():
    left = [
        Record("1", "Ali Hassan", None, ("050 1234567", "AE")),
        Record("2", "Ali Hassan", None, ("", "SY")),
    ]
    right = [
        Record("3", "علي حسن", None, ("0509999999", "SY")),
        Record("4", "علي حسن", None, ("0501234567", "AE")),
    ]
    assert {(left[p.left].key, right[p.right].key) for p in link(left, right)} == {("1", "4"), ("2", "3")}
    assert {(left[p.left].key, right[p.right].key) for p in hardened.link(left, right, 0.3)} == {
        ("1", "4"),
        ("2", "3"),
    }


def test_another_key_gives_encodings_that_say_nothing_of_each_other():
    """What was seen in one run is of no use in the next."""
    one, two = hardened.encode(LEFT, KEY), hardened.encode(LEFT, bytes(32))
    likeness = [hardened.likeness(one[i], two[i]) for i in range(4)]
    assert max(likeness) < 0.25


def test_a_thief_of_encodings_cannot_rank_names_by_how_often_a_bit_is_set():
    """Every bit is set for about half the people, however common a part of their names is."""
    people = [
        Record(str(n), f"محمد {name}", 1950 + n, ())
        for n, name in enumerate(["علي", "حسن", "سعيد", "خالد", "يوسف", "بكر"] * 40)
    ]
    bits = np.unpackbits(hardened.encode(people, KEY).view(np.uint8), axis=1)
    assert abs(bits.mean() - 0.5) < 0.05


def test_likeness_is_that_of_the_features_and_symmetric():
    encoded = hardened.encode([*LEFT[:4], *RIGHT[:4]], KEY)
    for i, j in ((0, 5), (1, 6), (0, 1)):
        one, two = (set(hardened.features(([*LEFT[:4], *RIGHT[:4]])[place])) for place in (i, j))
        share = len(one & two) / len(one | two)
        assert hardened.likeness(encoded[i], encoded[j]) == hardened.likeness(encoded[j], encoded[i])
        assert hardened.likeness(encoded[i], encoded[j]) == pytest.approx(share, abs=0.15)


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [("مريم", "Maryam"), ("خديجة", "Khadija"), ("فاطمة", "Fatimah"), ("شادية", "Chadia"), ("المنصوري", "Al-Mansouri"),
     ("جورج", "George"), ("فنسنت", "Vincent")],
)  # fmt: skip
def test_both_scripts_have_one_skeleton(arabic, latin):
    assert sounds.skeleton(tokens_of(arabic)[0]) == sounds.skeleton(tokens_of(latin)[0]) != ""


def test_nobody_is_linked_with_nobody():
    assert hardened.link([], LEFT) == hardened.link(LEFT, []) == link([], LEFT) == link(LEFT, []) == []


def lists(folder, left, right):
    (folder / "a.tsv").write_text(left)
    (folder / "b.tsv").write_text(right)
    return [str(folder / "a.tsv"), str(folder / "b.tsv")]


@pytest.mark.parametrize("more", [[], ["--hardened"], ["--threshold", "0.1"]])
def test_the_command_prints_pairs_of_ids_with_scores(tmp_path, capsys, more):
    files = lists(
        tmp_path, "x\tمريم عبد الرحمن\t1990\n", "y\tMariam Abdulrahman\t1990\nz\tJohn Smith\t1950\n"
    )
    assert main(["names", "link", *files, *more]) == 0
    left, right, score = capsys.readouterr().out.split("\n")[0].split("\t")
    assert (left, right) == ("x", "y")
    assert float(score) > 0.3


@pytest.mark.parametrize(
    ("left", "says"),
    [
        ("x\tAli\nx\tOmar\n", "line 2: id 'x' stands on line 1"),
        ("x\n", "line 1: 2 fields"),
        ("x\tA\ty\n", "birth year"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_by_file_and_line(tmp_path, capsys, left, says):
    assert main(["names", "link", *lists(tmp_path, left, "y\tAli\n")]) == 2
    said = capsys.readouterr().err
    assert "a.tsv" in said
    assert says in said
