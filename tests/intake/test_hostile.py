"""Whatever is written on a form: it is stored as text or refused with a path, and never an exception."""

import copy
import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ihala.cases.actions import open_case
from ihala.core.acting import acting
from ihala.referrals.intake import import_form
from ihala.referrals.intake_json import Problem
from ihala.referrals.intake_rules import Form, Parties, parse

from . import paper

NASTY = [
    "<script>alert(1)</script>",
    "'; DROP TABLE cases_case; --",
    '=HYPERLINK("http://example.org")',
    "@SUM(1+1)",
    "\u202eمقلوب\u202c",
    "\u0000",
    "\ud800",
    "x" * 400,
    "٠٥٠ ٠٠٠",
    "{{ 7|add:7 }}",
    "%s%n",
    "",
    " ",
]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(NASTY) | st.text(max_size=30)
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=10), below, max_size=3),
    max_leaves=6,
)
FORMS = [paper.read(path) for path in paper.GOOD]
NUMBERS = itertools.count()
PARTIES = {"aman": Parties("aman", {"dfwac": 2}), "dfwac": Parties("dfwac", {"aman": 1})}


def places(tree: Any, path: tuple = ()) -> list[tuple]:
    """Where something could be replaced."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [one for key, value in items for one in ((*path, key), *places(value, (*path, key)))]


@st.composite
def mutations(draw: Any) -> dict[str, Any]:
    """A real form with up to four values replaced, removed, or added beside."""
    tree = copy.deepcopy(draw(st.sampled_from(FORMS)))
    for _time in range(draw(st.integers(1, 4))):
        *path, key = draw(st.sampled_from(places(tree)))
        place = tree
        for step in path:
            place = place[step]
        what = draw(st.sampled_from(["replace", "remove", "add"]))
        if what == "replace":
            place[key] = draw(VALUES)
        elif what == "remove":
            del place[key]
        elif isinstance(place, dict):
            place[draw(st.text(max_size=12))] = draw(VALUES)
        if not tree:
            break
    return tree


def written(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=True).encode()


@settings(max_examples=150, deadline=None)
@given(mutations())
def test_a_bent_form_is_taken_or_refused_with_paths(tree):
    found = parse(written(tree), PARTIES.get(str(tree.get("from")), PARTIES["aman"]))
    if not isinstance(found, Form):
        assert found and all(isinstance(one, Problem) and one.path.startswith("$") for one in found)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200) | st.text(alphabet='{}[]":,0123456789eE+-.\\u aftn', max_size=80).map(str.encode)
)
def test_any_bytes_are_refused_with_paths(content):
    found = parse(content, PARTIES["aman"])
    assert isinstance(found, list) and found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations())
def test_a_bent_form_is_stored_or_refused_and_never_breaks(parties, tree):
    party = parties.get(str(tree.get("from")), parties["aman"])
    if isinstance(tree.get("reference"), str):
        tree["reference"] += f" {next(NUMBERS)}"  # else the second example would be the first one's referral
    with acting(party.caseworker):
        result = import_form(written(tree), by=party.caseworker)
        assert result.refused or result.case is not None


@pytest.mark.parametrize("text", [one for one in NASTY if one.strip() and one not in ("\u0000", "\ud800")])
def test_hostile_text_is_stored_as_text(parties, text):
    tree = paper.bent(survivor__name=text[:300], reason=text)
    tree["survivor"]["<b>"] = text
    with acting(parties["aman"].caseworker):
        result = import_form(written(tree), by=parties["aman"].caseworker)
        assert not result.refused, result.problems
        content = open_case(result.case, by=parties["aman"].caseworker, purpose="intake")
    plain = text.replace("\u202e", "").replace("\u202c", "")
    assert content.case["reason"] == plain
    assert content.survivor["name"] == plain[:300]
    assert plain in "\n".join(content.case["notes"])


@pytest.mark.parametrize("text", ["\u0000", "\ud800"])
def test_characters_no_database_takes_are_refused_with_a_path(parties, text):
    with acting(parties["aman"].caseworker):
        result = import_form(written(paper.bent(reason=f"a{text}b")), by=parties["aman"].caseworker)
    assert [(one.path, one.code) for one in result.problems] == [("$.reason", "not_text")]
