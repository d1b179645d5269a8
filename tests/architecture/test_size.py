"""Files and functions stay small enough to read in one go (house style, "Size")."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .tree import python_files

FILE, FUNCTION, VIEW = 400, 40, 25


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{path.name}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_files_stay_under_four_hundred_lines():
    found = {
        str(path): len(path.read_text().splitlines())
        for path in python_files("config", "ihala", "ihala_names", "tests")
    }
    assert {path: lines for path, lines in found.items() if lines >= FILE} == {}


def test_functions_stay_under_forty_lines():
    found = dict(one for path in python_files("config", "ihala", "ihala_names") for one in functions(path))
    assert {name: lines for name, lines in found.items() if lines >= FUNCTION} == {}


def test_views_have_at_most_twenty_five_lines():
    views = [path for path in python_files("ihala") if path.name == "views.py" or path.parent.name == "views"]
    found = dict(one for path in views for one in functions(path))
    assert {name: lines for name, lines in found.items() if lines > VIEW} == {}


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "services.py", "managers.py", "signals.py"])
def test_no_file_has_a_name_that_says_nothing(name):
    assert [path for path in python_files("config", "ihala", "ihala_names") if path.name == name] == []
