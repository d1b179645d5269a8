"""Asking the key agent who somebody may be, and telling it to forget.

The agent answers ids and codes. Need to know comes here: a case that is not open to the actor is not named; at most it
is said that there is something to ask about, where the organisation allows it, and that is on record with the case.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from ihala.audit.actions import prepared
from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.cases.models import Case, Person
from ihala.core.clock import today
from ihala.core.refusal import Refused
from ihala.organisations.models import Actor
from ihala.vault.enums import SubjectKind

from .. import asked, finding, rules
from ..enums import Likelihood, SearchPurpose, Why

MOST = 20
"""Cases on one page."""
LOOKED_AT = 50
"""People one search looks at, whoever's cases they are in; the search process names no more (`engine.MOST`)."""


@dataclass(frozen=True)
class Match:
    """A case that is open to the actor, and the person in it: how likely it is she, and why."""

    case: Case
    person: Person
    likelihood: Likelihood
    why: tuple[Why, ...]


@dataclass(frozen=True)
class People:
    """What a search answers: matches, likeliest first, and colleagues' cases that may be asked about; `more`: others
    answer too, so who is looked for may not be among these; `empty`: too little was typed to search for."""

    matches: tuple[Match, ...] = ()
    hidden: tuple[UUID, ...] = ()
    more: bool = False
    empty: bool = False


def search(typed: str, *, by: Actor) -> People:
    """Who may be meant by what was typed into the box. `Refused` `search_away`, `search_quota`, `no_searcher`."""
    return look_up(asked.read(typed, today().year), SearchPurpose.SEARCH, by=by)


def look_up(question: asked.Asked, purpose: SearchPurpose, *, by: Actor) -> People:
    """The same for a question that is taken apart already."""
    if not rules.may_search(by):
        raise Refused(rules.NOT_PERMITTED)
    if question.empty:
        return People(empty=True)
    return _known_to(by, finding.find(by, question, str(purpose), LOOKED_AT), purpose)


def _known_to(by: Actor, found: Collection[finding.Found], purpose: SearchPurpose) -> People:
    listed = {one.person: one for one in found}
    people = {row.pk: row for row in Person.objects.filter(pk__in=listed).select_related("case")}
    visible = set(
        Case.objects.visible_to(by)
        .filter(pk__in={row.case_id for row in people.values()})
        .values_list("pk", flat=True)
    )
    matches: dict[UUID, Match] = {}
    hidden: dict[UUID, None] = {}
    for key, one in listed.items():
        person, worth = people.get(key), rules.likelihood(one.score, one.codes)
        if person is None:
            continue  # removed since
        if person.case_id in visible:
            why = tuple(Why(code) for code in one.codes)
            matches.setdefault(person.case_id, Match(person.case, person, worth, why))
        elif worth == Likelihood.STRONG:
            hidden[person.case_id] = None
    told = tuple(hidden)[:MOST] if hidden and rules.may_be_told(by) else ()
    _on_record(by, told, purpose)
    more = len(found) >= LOOKED_AT or len(matches) > MOST
    return People(tuple(matches.values())[:MOST], told, more)


def _on_record(by: Actor, told: Iterable[UUID], purpose: SearchPurpose) -> None:
    """Each case about which somebody was told that there is something to ask: its owner can see it."""
    Event.objects.bulk_create(
        prepared(
            by, EventName.PEOPLE_HINTED, subject_kind=SubjectKind.CASE, subject_id=case, case_id=case,
            detail={"purpose": str(purpose)},
        )
        for case in told
    )  # fmt: skip


def forget(case_id: UUID, *, by: Actor) -> None:
    """Something of a case was erased: nobody is found by it from this moment on, nor after any restart."""
    finding.forget(by, case_id)
