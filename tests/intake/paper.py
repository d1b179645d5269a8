"""The real forms, and a small well-formed one to bend."""

import copy
import json
from pathlib import Path
from typing import Any

from ihala.referrals.intake_rules import Form, Parties, parse

FORMS = Path(__file__).parent / "forms"
GOOD = sorted(FORMS.glob("0*.json"))
EXPIRED = FORMS / "90-refused-consent-expired.json"
MALFORMED = FORMS / "91-refused-malformed.json"
PARTIES = Parties("aman", {"dfwac": 2})

SMALL: dict[str, Any] = {
    "form": "inter-agency-referral/1",
    "reference": "A-1",
    "from": "aman",
    "to": "dfwac",
    "date": "2026-11-02",
    "urgency": "urgent",
    "category": "domestic_violence",
    "kind": "transfer",
    "survivor": {"name": "سلمى", "sex": "female"},
    "services_requested": ["shelter"],
    "consent": {
        "given_by": "survivor",
        "how": "written",
        "date": "2026-11-02",
        "until": "2027-05-02",
        "classes": ["identity"],
    },
}


def read(path: Path) -> dict[str, Any]:
    """A form as the tree it is."""
    tree: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return tree


def parties(tree: dict[str, Any]) -> Parties:
    """The importing organisation is the one the form comes from."""
    return Parties(str(tree["from"]), {str(tree["to"]): 2})


def bent(**changes: Any) -> dict[str, Any]:
    """The small form with values replaced: `consent__until="x"`; `...` takes the key away."""
    tree = copy.deepcopy(SMALL)
    for name, value in changes.items():
        *path, key = name.split("__")
        place = tree
        for step in path:
            place = place[step]
        if value is ...:
            del place[key]
        else:
            place[key] = value
    return tree


def parsed(tree: Any) -> Form | list[Any]:
    """What the rules make of it."""
    return parse(json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass"), PARTIES)


def problems(tree: Any) -> set[tuple[str, str]]:
    """Path and code of every problem."""
    found = parsed(tree)
    assert isinstance(found, list), found
    return {(problem.path, problem.code) for problem in found}


def form(tree: Any) -> Form:
    """The form, which must have been taken."""
    found = parsed(tree)
    assert isinstance(found, Form), found
    return found
