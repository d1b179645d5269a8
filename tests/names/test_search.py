"""Search in a pool, from Python and from the command line."""

import subprocess
import sys
import time

import pytest

from config.cli import main
from ihala_names.index import Index

from .test_compare import HOSTILE

POOL = [
    "Mariam Abdulrahman", "Marwan Abdulkarim", "مريم عبد العزيز", "فاطمة الزهراء", "أم محمد", "Ahmed Ali Hassan",
    "Ali Ahmed", "", "John Smith", "Noura Al-Mansoori", "نورة سعيد المنصوري", "Yusuf ibn Tashfin", "O'Connor", "🙂",
    "李小龙",
]  # fmt: skip


@pytest.fixture(scope="module")
def index():
    return Index(POOL, [1990, None, 1985, *[None] * (len(POOL) - 3)])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("مريم عبدالرحمن", "Mariam Abdulrahman"),
        ("maryem abdel rahmen", "Mariam Abdulrahman"),
        ("Meriem Abdelaziz", "مريم عبد العزيز"),
        ("Fatma Zahra", "فاطمة الزهراء"),
        ("Umm Mohammad", "أم محمد"),
        ("حسن احمد علي", "Ahmed Ali Hassan"),
        ("Nora Saeed Almansouri", "نورة سعيد المنصوري"),
        ("جون سميث", "John Smith"),
        ("李小龙", "李小龙"),
    ],
)
def test_a_person_is_found_in_any_spelling(index, query, found):
    assert POOL[index.search(query)[0].place] == found


def test_a_birth_year_near_by_lifts_and_another_lowers(index):
    near, far, none = (
        next(hit.score for hit in index.search("Mariam Abdulrahman", year) if hit.place == 0)
        for year in (1991, 1960, None)
    )
    assert near > none > far


@pytest.mark.parametrize("query", HOSTILE)
def test_odd_and_hostile_queries_are_answered_in_bounded_time(index, query):
    begun = time.process_time()
    index.search(query, 1990)
    assert time.process_time() - begun < 2


def test_search_agrees_with_comparing_each_pair(index):
    from ihala_names.compare import compare_names

    for query in ("مريم عبدالرحمن", "Ahmed Ali Hassan", "نورة"):
        best = index.search(query)[0]
        assert best.score == pytest.approx(compare_names(query, POOL[best.place]).score, abs=0.05)


def test_an_empty_pool_and_a_pool_of_blanks_find_nobody():
    assert Index([]).search("Mariam") == []
    assert Index(["", "🙂"]).search("Mariam") == []


def test_importing_the_library_and_the_command_line_loads_neither_django_nor_numpy():
    code = "import sys, ihala_names.cli, config.cli; print({'django', 'numpy', 'numba'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.fixture
def files(tmp_path):
    def write(**contents):
        for name, text in contents.items():
            (tmp_path / f"{name}.tsv").write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def search(folder, *more):
    return main(
        [
            "names",
            "search",
            "--pool",
            str(folder / "pool.tsv"),
            "--queries",
            str(folder / "queries.tsv"),
            *more,
        ]
    )


def test_the_command_prints_query_line_rank_pool_line_and_score(files, capsys):
    folder = files(pool="Ali Hassan\t1980\n\nMariam Abdulrahman\t1990\n", queries="\nمريم عبد الرحمن\t١٩٩١\n")
    assert search(folder, "--top", "1") == 0
    query, rank, place, score = capsys.readouterr().out.strip().split("\t")
    assert (query, rank, place) == ("2", "1", "3")
    assert float(score) > 15


def test_the_command_can_say_why(files, capsys):
    folder = files(pool="Mariam Abdulrahman\t1990\n", queries="مريم عبد الرحمن\t1991\n")
    search(folder, "--explain")
    assert "مريم ~ mariam" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("pool", "says"),
    [("Ali\tabc\n", "line 1: 'abc' is no birth year"), (b"Ali\n\xff\n", "not UTF-8"), (None, "No such file")],
)
def test_bad_input_names_the_file_and_the_line(files, capsys, pool, says):
    folder = files(queries="Ali\n", **({"pool": pool} if pool is not None else {}))
    assert search(folder) == 2
    said = capsys.readouterr().err
    assert "pool.tsv" in said
    assert says in said


def test_fewer_than_one_result_is_refused(files):
    with pytest.raises(SystemExit):
        search(files(pool="Ali\n", queries="Ali\n"), "--top", "0")
