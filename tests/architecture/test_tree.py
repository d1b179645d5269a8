"""What the repository holds: nothing of one machine, nothing of where packages were fetched from."""

import re
import tomllib

from .tree import ROOT, text_files

MACHINE = re.compile(r"/(?:home|Users|root|work|opt)/[a-z.]\w*")
ALLOWED_HERE = {"tests/architecture/test_tree.py"}


def test_no_file_names_a_place_of_one_machine():
    found = []
    for path in text_files():
        if str(path.relative_to(ROOT)) in ALLOWED_HERE:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}")
    assert found == []


def test_the_lock_names_packages_with_hashes_and_no_download_host():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert not [line for line in lines if "://" in line or "index" in line or "find-links" in line]
    packages = [line for line in lines if "==" in line]
    assert packages and all("--hash=sha256:" in lines[lines.index(line) + 1] for line in packages)


def test_every_direct_dependency_is_in_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    locked = {
        line.split("==")[0] for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line
    }
    assert {re.split(r"[\[<>=]", one)[0].lower() for one in wanted} - locked == set()


def test_every_test_folder_is_a_package():
    """Two test files of the same name in different folders need it."""
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
