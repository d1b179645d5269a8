"""A survivor of Aman's who consented that the Dubai Foundation is asked whether it knows her, and one there."""

from datetime import timedelta
from typing import Any

from ihala.cases import actions as cases
from ihala.cases.content import CaseContent
from ihala.cases.models import Case
from ihala.consent import actions as consents
from ihala.consent.rules import Given
from ihala.core.acting import acting
from ihala.core.clock import today
from tests import given

ASKER, THEIRS = "aman.caseworker", "dfwac.supervisor"
BORN = {"date": "1990-05-01", "approximate": False, "given": "1990-05-01", "calendar": "gregorian"}
MARIAM = {"name": "مريم عبدالرحمن", "birth": BORN, "sex": "female"}


def a_case(by: str, **survivor: Any) -> Case:
    """A case of this person's organisation about such a survivor."""
    actor = given.actor(by)
    with acting(actor):
        return cases.create_case(CaseContent("domestic_violence", {**MARIAM, **survivor}), by=actor)


def consent_to(case: Case, by: str = ASKER, **others: Any) -> Any:
    """Her consent to the question."""
    values: dict[str, Any] = {
        "classes": ("identity",), "purposes": ("known",), "given_on": today(), "until": today() + timedelta(days=30),
    } | others  # fmt: skip
    actor = given.actor(by)
    with acting(actor):
        return consents.give(case, by=actor, recipient=given.cast().dfwac.pk, given=Given(**values))
