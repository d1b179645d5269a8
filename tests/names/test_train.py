"""Training on a few pairs, and what is shipped."""

import pytest

from config.cli import main
from ihala_names import model

ROWS = [
    ("مريم", "mariam", 12), ("مريم", "maryam", 16), ("أحمد", "ahmed", 40), ("أحمد", "ahmad", 30),
    ("فاطمة", "fatima", 9), ("فاطمة", "fatma", 9), ("علي", "ali", 50), ("حسن", "hassan", 20),
    ("شادية", "chadia", 2), ("شادية", "shadia", 2),
]  # fmt: skip


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text(
        "arabic\tlatin\tcount\n"
        + "".join(f"{a}\t{b}\t{n}\n" for a, b, n in ROWS)
        + "أم محمد\tumm\t1\nabc abc\tabc\t1\n"
    )
    return path


def test_training_twice_gives_the_same_bytes_and_a_model_that_reads_them(tmp_path, pairs, capsys):
    one, two = tmp_path / "one.gz", tmp_path / "two.gz"
    for out in (one, two):
        assert main(["names", "train", "--pairs", str(pairs), "--out", str(out)]) == 0
    assert one.read_bytes() == two.read_bytes()
    assert model.load(one).cross.first.shape == model.shipped().cross.first.shape
    assert f"{len(ROWS) + 1} pairs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name\tlatin\tcount\n", "line 1: a header"), ("arabic\tlatin\tcount\nعلي\tali\n", "line 2: 3 fields"),
        ("arabic\tlatin\tcount\n", "no pair"), ("arabic\tlatin\tcount\nعلي\tali\tmany\n", "line 2: 'many' is no count"),
    ],
)  # fmt: skip
def test_bad_pairs_are_refused_by_file_and_line(tmp_path, capsys, text, says):
    path = tmp_path / "pairs.tsv"
    path.write_text(text)
    assert main(["names", "train", "--pairs", str(path), "--out", str(tmp_path / "out.gz")]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out.gz").exists()


def test_the_shipped_weights_hold_no_group_of_letters_longer_than_three():
    """Statistics of letters; nobody's name can be read from them."""
    assert set(model.SHAPES) == {"cross1", "cross2", "arabic1", "arabic2", "latin1", "latin2", "latin3"}
