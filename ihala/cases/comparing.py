"""What a comparison and the search read of one's own cases: sealed, and opened in the key agent alone."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from ihala.audit.actions import Opening
from ihala.core.vocabulary import DisclosureClass
from ihala.vault.sealing import Place

from .enums import PersonRole
from .models import Case, Person
from .sealed import name_of


def people_of(families: Iterable[UUID]) -> list[Opening]:
    """Who the people of these cases are, and from whom they must be protected; still sealed. Two queries."""
    cases = list(Case.objects.filter(pk__in=set(families)))
    people: dict[UUID, list[Person]] = {}
    for person in Person.objects.filter(case__in=cases).order_by("case_id", "role", "position"):
        people.setdefault(person.case_id, []).append(person)
    return [
        Opening(
            name_of(case, cls),
            [
                (Place.of(person, str(cls), person=person.pk), getattr(person, cls))
                for person in people.get(case.pk, ())
                if (person.role == PersonRole.PERSON_OF_CONCERN) is (cls == DisclosureClass.SAFETY)
            ],
        )
        for case in cases
        for cls in (DisclosureClass.IDENTITY, DisclosureClass.SAFETY)
    ]


SEARCHED = (DisclosureClass.IDENTITY, DisclosureClass.TRIAGE)
"""By what people are found: who they are, with sex and nationality. Nothing about a person of concern."""


class SealedPerson(NamedTuple):
    """What is read of a row of `Person` for a comparison; a million model instances would take minutes."""

    pk: UUID
    sex: str
    identity: bytes | memoryview | None
    triage: bytes | memoryview | None


def identities_of(case_id: UUID, organisation_id: int, people: Iterable[SealedPerson]) -> list[Opening]:
    """Who these people of one case are, class by class of `SEARCHED`; still sealed. No query."""
    case = Case(pk=case_id, organisation_id=organisation_id)
    rows, table = list(people), Person._meta.db_table
    return [
        Opening(
            name_of(case, cls),
            [(Place(table, person.pk, str(cls), person.pk), getattr(person, str(cls))) for person in rows],
        )
        for cls in SEARCHED
    ]
