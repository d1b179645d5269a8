"""What the key agent answers about people in memory: who may this be, and forget this case.

Ids and codes leave the agent, no value of anybody. Every search is on record with who searched and how many were found,
never with what was typed.
"""

from dataclasses import dataclass
from uuid import UUID

from ihala.audit.actions import ByWhom, record
from ihala.audit.enums import EventName
from ihala.core.refusal import Refused
from ihala.vault import link, wire
from ihala.vault.refusals import SEARCH_AWAY

from .asked import LONGEST, Asked
from .enums import SearchPurpose
from .keeping import Away, keeper

MOST_NUMBERS, LONGEST_NUMBER = 8, 40

wire.carries(Asked)


@wire.carries
@dataclass(frozen=True)
class Found:
    """A person of the organisation: how likely (log odds), and the codes of why."""

    person: UUID
    score: float
    codes: list[str]


@link.through("find")
def find(actor: ByWhom, asked: Asked, purpose: str, top: int) -> list[Found]:
    """The people of the actor's organisation that this may be, likeliest first; need to know comes after.

    `Refused` (`search_away`) while people are not in memory, on record too.
    """
    why = SearchPurpose(purpose)
    try:
        found = [] if asked.empty else keeper().find(actor.organisation_id, bounded(asked), top)
    except Away:
        record(actor, EventName.PEOPLE_SEARCHED, refusal=SEARCH_AWAY.code, detail={"purpose": str(why)})
        raise Refused(SEARCH_AWAY) from None
    record(actor, EventName.PEOPLE_SEARCHED, detail={"purpose": str(why), "found": len(found)})
    return [Found(person, score, codes) for person, score, codes in found]


@link.through("forget_people")
def forget(actor: ByWhom, case_id: UUID) -> None:
    """Something of this case was erased: its people are read again, and what no longer opens is in memory no more."""
    keeper().forget(actor.organisation_id, case_id)


def bounded(asked: Asked) -> Asked:
    """No longer than what a person types, whoever asks."""
    return Asked(
        str(asked.name)[: 2 * LONGEST],
        None if asked.year is None else int(asked.year),
        tuple(str(number)[:LONGEST_NUMBER] for number in asked.numbers[:MOST_NUMBERS]),
        tuple(str(code)[:LONGEST_NUMBER] for code in asked.codes[:MOST_NUMBERS]),
        str(asked.sex)[:10],
        str(asked.nationality)[:10],
    )


@link.through("search_state")
def state() -> dict[str, int]:
    """How many people of which organisations are in memory, for who looks after the machine. `Refused` if away."""
    try:
        return keeper().held()
    except Away:
        raise Refused(SEARCH_AWAY) from None
