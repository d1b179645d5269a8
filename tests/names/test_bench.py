"""The bench itself: people made of names kept apart, other methods beside ours."""

import pytest

from config.cli import main
from ihala_names.bench import baselines, linking
from ihala_names.bench.people import Town

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
    from ihala_names.link import Link, Record

    left, right = [Record("1", "a", None, ()), Record("2", "b", None, ())], [Record("1", "a", None, ())]
    said = linking.quality([Link(0, 0, 1.0), Link(1, 0, 1.0)], left, right, 1)
    assert said == "precision 0.500 recall 1.000 F1 0.667"
