"""Whom a comparison before acceptance takes for the same person: `IHALA_LIKENESS` names `spelled`.

An equal telephone, document or name decides at once. Else the agent hands names, birth years, nationalities and
sexes to a process of its own that holds no key (`alike`), and hears yes or no.
"""

import atexit
from collections.abc import Sequence
from typing import Any

from ihala.core.refusal import Refused
from ihala.vault.likeness import Traits, exact
from ihala.vault.refusals import NOT_NOW

from .bare import Bare, Gone

CHILD = Bare("ihala.matching.alike", patience=40.0)  # less than the agent's caller waits
atexit.register(CHILD.end)


def spelled(people: Sequence[Traits], others: Sequence[Traits]) -> bool:
    """Is one of `people` one of `others`, in any spelling and script? `Refused` where that cannot be found out now."""
    if exact(people, others):
        return True
    question = {"people": _known(people), "others": _known(others)}
    if not (question["people"] and question["others"]):
        return False
    try:
        return bool(CHILD.ask(question))
    except Gone:
        raise Refused(NOT_NOW) from None


def _known(people: Sequence[Traits]) -> list[dict[str, Any]]:
    """Those who have a name at all, as `alike.answer` takes them."""
    return [
        {"names": one.names, "year": one.birth_year, "nationality": one.nationality, "sex": one.sex}
        for one in people
        if one.names
    ]
