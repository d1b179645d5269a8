"""Contracts between modules: import-linter's, and one that it cannot express."""

import ast
import subprocess
import sys
from pathlib import Path

from .tree import ROOT, app_of, python_files

OPEN = {"models", "rules", "workflow", "actions", "enums"}
"""What an app shows to others."""

GROUND = {
    "core": "everyone's language",
    "vault": "an app of plain values: subjects, places and classes; its agent is closed by a contract of its own",
    "accounts.roles": "the permission table",
    "accounts.adapters": "what allauth asks; sign-in goes on there when the membership is known",
    **dict.fromkeys(
        ["cases.codelists", "cases.content", "cases.fit", "cases.normalise", "cases.references"],
        "plain functions of values: what a case can hold and how people write it",
    ),
    **dict.fromkeys(
        [
            "audit.signing",
            "audit.comparing",
            "audit.loading",
            "audit.jointly",
            "audit.exporting",
            "audit.checking",
            "audit.hashes",
            "audit.tree",
            "audit.verify",
            "audit.witness",
        ],
        "the log as its officers, witnesses and courts see it",
    ),
    **dict.fromkeys(
        ["matching.known", "matching.asked"],
        "plain functions of values: what tells who somebody is, and what somebody typed",
    ),
    "matching.pairs_rules": "who may look at two cases of one person",
    "cases.comparing": "what a comparison reads of cases, still sealed",
    **dict.fromkeys(
        [
            "shelter.asked",
            "shelter.capacity",
            "shelter.fit",
            "shelter.fit_values",
            "shelter.fit_words",
            "shelter.shapes",
        ],
        "who fits where: plain functions of values, and what they are asked of",
    ),
    "shelter.naming": "what houses, units and beds are called wherever they are read",
    "organisations.terms": "the typed reading of an agreement's terms",
}


def test_import_linter_keeps_its_contracts():
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def imported(path: Path) -> set[str]:
    """Dotted names below `ihala` that a file imports from, relative ones left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        parts = (getattr(node, "module", None) or "").split(".")
        if isinstance(node, ast.ImportFrom) and node.level == 0 and parts[0] == "ihala":
            if len(parts) == 2:  # from ihala.cases import actions
                found |= {".".join([*parts[1:], alias.name]) for alias in node.names}
            elif len(parts) > 2:
                found.add(".".join(parts[1:3]))
        elif isinstance(node, ast.Import):
            found |= {
                ".".join(alias.name.split(".")[1:3])
                for alias in node.names
                if alias.name.startswith("ihala.")
            }
    return found


def test_an_app_uses_only_what_another_app_shows():
    """Models, rules or workflow, actions and enums; never another app's forms, views or inner modules."""
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("ihala")
        for name in imported(path)
        if name.split(".")[0] not in {app_of(path), "core", "vault"}
        and name not in GROUND
        and name.split(".")[1:2] != []
        and name.split(".")[1] not in OPEN
    }
    assert strangers == set()


def test_only_the_clock_asks_for_the_time():
    """One clock, so that the story and the simulations can shift it."""
    asking = []
    for path in python_files("ihala"):
        if path.name in {
            "clock.py",
            "salts.py",
            "witness.py",
        }:  # a file's age is the disk's; a witness runs elsewhere
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "timezone.now", "datetime.now", "datetime.utcnow", "date.today", "timezone.localdate",
                "timezone.localtime", "time.time", "Now", "functions.Now",
            }:  # fmt: skip
                asking.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add", "db_default"}:
                asking.append(f"{path.relative_to(ROOT)}:{node.value.lineno} {node.arg}")
    assert asking == []


def test_domain_code_sends_no_signals_and_hides_nothing_in_save():
    found = []
    for path in python_files("ihala"):
        source = path.read_text()
        if (
            "django.dispatch" in source
            or "django.db.models.signals" in source
            or "GenericForeignKey" in source
        ):
            found.append(f"{path.relative_to(ROOT)}: signals or generic keys")
        if path.name == "models.py" and "def save(" in source:
            found.append(f"{path.relative_to(ROOT)}: save()")
    assert found == []
