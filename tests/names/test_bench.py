"""The bench itself: people made of names kept apart, other methods beside ours."""

import pytest

from config.cli import main
from ihala_names.bench import baselines, linkers, linking
from ihala_names.bench.people import Town
from ihala_names.link import Link, Record

NAMES = {
    "مريم": "mariam maryam", "أحمد": "ahmed ahmad", "فاطمة": "fatima fatma", "علي": "ali aly", "حسن": "hassan hasan",
    "شادية": "shadia chadia", "خالد": "khalid khaled", "سعيد": "saeed said", "نورة": "noura nora", "هند": "hind",
    "ليلى": "layla leila", "سامي": "sami samy", "بكر": "bakr", "عمر": "omar umar", "زينب": "zainab zeinab",
    "يوسف": "yusuf youssef",
}  # fmt: skip


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    path = tmp_path_factory.mktemp("bench") / "pairs.tsv"
    rows = [f"{arabic}\t{latin}\t3" for arabic, forms in NAMES.items() for latin in forms.split()]
    path.write_text("arabic\tlatin\tcount\n" + "\n".join(rows) + "\n")
    return path


def test_what_is_kept_apart_is_never_trained_on(pairs):
    town = Town(pairs)
    assert set(town.forms) < set(NAMES)
    assert len({pair.arabic for pair in town.training}) + len(town.forms) == len(NAMES)


def test_the_bench_prints_every_row(pairs, capsys):
    assert (
        main(["names", "bench", "--pairs", str(pairs), "--people", "40", "--queries", "5", "--lists", "20"])
        == 0
    )
    said = capsys.readouterr().out
    for row in (
        "across scripts",
        "2 edits",
        "birth year",
        "same script, 1 edit",
        "hardened",
        "FEBRL 4",
    ):
        assert row in said


def test_other_methods_find_what_is_spelt_alike():
    pool = ["Mariam Hassan", "سعيد خالد", "Omar"]
    for method in (baselines.trigrams(pool), baselines.phonetic(pool)):
        assert method("Mariam Hasan")[0] == 0
        assert method("zzz") == []


def test_quality_counts_true_pairs():
    left, right = [Record("1", "a", None, ()), Record("2", "b", None, ())], [Record("1", "a", None, ())]
    said = linking.quality([Link(0, 0, 1.0), Link(1, 0, 1.0)], left, right, 1)
    assert said == "precision 0.500 recall 1.000 F1 0.667"


def test_a_method_whose_package_is_missing_is_said_to_be_not_measured(monkeypatch):
    monkeypatch.setattr(linkers, "find_spec", lambda name: None)
    said = list(linking._others([], [], 0, linking.WRITINGS))
    assert said == [
        f"  {name}: not installed here, not measured" for name in ("rapidfuzz", "anonlink", "Splink")
    ]


def test_others_are_judged_at_the_threshold_that_is_best_for_them():
    sides = [[Record(key, key, None, ()) for key in "abc"] for _ in range(2)]
    pairs = [Link(0, 0, 0.9), Link(1, 1, 0.8), Link(2, 1, 0.7), Link(2, 0, 0.6)]
    assert linking.at_best(pairs, *sides, 3) == "precision 1.000 recall 0.667 F1 0.800"
    assert linking.at_best([], *sides, 3) == "precision 0.000 recall 0.000 F1 0.000"
