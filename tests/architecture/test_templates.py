"""Templates: nothing inline, nothing unused, nothing that depends on the writing direction."""

import re

import pytest

from config.catalogue import templates

from .tree import ROOT, python_files

PAGES = [path for path in templates() if path.suffix == ".html"]
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]

CALLED_BY_LIBRARIES = ("account/", "allauth/", "mfa/", "socialaccount/", "django/forms/", "403", "404", "500")
"""Templates whose names Django or allauth know."""


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_a_template_has_no_inline_style_script_or_handler(path):
    source = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    assert re.findall(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:|hx-on|hx-vals=['\"]js:", source) == []
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", source)
    assert [
        tag for tag in inline if 'type="application/json"' not in tag
    ] == []  # data for a script, not a script
    assert re.findall(r"https?://(?!www\.w3\.org/)[^\s\"'<]+", source) == []


def test_every_template_is_used():
    """Somebody includes, extends or renders it by its name."""
    sources = [path.read_text() for path in [*templates(), *python_files("ihala", "config")]]
    everything = "\n".join(sources)
    unused = []
    for path in templates():
        name = str(path).split("/templates/")[-1]
        if (
            not name.startswith(CALLED_BY_LIBRARIES)
            and f'"{name}"' not in everything
            and f"'{name}'" not in everything
        ):
            unused.append(name)
    assert unused == []


def test_style_sheets_know_no_left_and_right():
    """One sheet for both directions: logical properties only."""
    physical = re.compile(
        r"(?:margin|padding|border)-(?:left|right)|(?<![\w-])(?:left|right)\s*:|text-align:\s*(?:left|right)"
        r"|float:\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius|(?<!-)clear:\s*(?:left|right)"
    )
    found = []
    for path in sorted((ROOT / "static" / "css").rglob("*.css")):
        source = re.sub(
            r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), path.read_text(), flags=re.DOTALL
        )
        for number, line in enumerate(source.splitlines(), 1):
            if physical.search(line):
                found.append(f"{path.name}:{number} {line.strip()}")
    assert found == []


def test_style_sheets_and_scripts_load_nothing_from_elsewhere():
    for path in [*(ROOT / "static").rglob("*.css"), *(ROOT / "static" / "js").rglob("*.js")]:
        assert re.findall(r"https?://(?!www\.w3\.org/)", path.read_text()) == [], path.name
