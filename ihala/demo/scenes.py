"""Acting out a referral: a script of short words, each one an action taken by whoever's part it is.

    "case consent draft send ack+9m conflict+15m accept+5m plan:3h+20m ok_s+5m ok_r+4m"

`+9m` lets the clock go on by nine minutes before the act (one minute if nothing is said), `:3h` is what the act is
told. Without a starting moment the acts happen now. The story and the tests' `given` both play from here; nothing is
written but by calling actions.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ihala.cases import actions as cases
from ihala.cases.models import Case
from ihala.consent.models import LegalBasisRecord
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import DisclosureClass, Kind, Urgency
from ihala.organisations.models import Actor
from ihala.referrals.models import Referral

from .family import Family
from .words import pick

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
EVERYTHING = tuple(DisclosureClass)


def span(text: str) -> timedelta:
    """ "9m", "3h", "12d" as a length of time."""
    return timedelta(**{UNITS[text[-1]]: float(text[:-1])})


@dataclass
class Scene:
    """One referral being played: the family, the two sides (account prefix), and what has come of it so far."""

    actors: dict[str, Actor]
    family: Family
    sender: str = "aman"
    receiver: str = "dfwac"
    urgency: Urgency = Urgency.EMERGENCY
    kind: Kind = Kind.TRANSFER
    case: Case | None = None
    held: Case | None = None
    basis: LegalBasisRecord | None = None
    referral: Referral | None = None
    others: list[Referral] = field(default_factory=list)
    turn: int = 0

    def sender_s(self, role: str) -> Actor:
        """Somebody of the sender."""
        return self.actors[f"{self.sender}.{role}"]

    def receiver_s(self, role: str) -> Actor:
        """Somebody of the receiver."""
        return self.actors[f"{self.receiver}.{role}"]

    def say(self, what: str) -> str:
        """The next words for an occasion, in the family's language."""
        self.turn += 1
        return pick(self.family.language, what, self.turn)

    @property
    def subject(self) -> Referral:
        """The referral, which the script has drafted."""
        assert self.referral is not None  # noqa: S101  a script begins with "draft"
        return self.referral

    @property
    def file(self) -> Case:
        """The sender's case, which the script has opened."""
        assert self.case is not None  # noqa: S101  a script begins with "case"
        return self.case


Act = Callable[[Scene, str], None]


def play(scene: Scene, script: str, acts: dict[str, Act], start: datetime | None = None) -> datetime | None:
    """Play the script; the moment of its last act."""
    moment = start
    for name, told, wait in _read(script):
        if moment is not None:
            moment += wait
        with _at(moment):
            acts[name](scene, told)
    return moment


def _read(script: str) -> Iterator[tuple[str, str, timedelta]]:
    for word in script.split():
        head, _plus, wait = word.partition("+")
        name, _colon, told = head.partition(":")
        yield name, told, span(wait or "1m")


@contextmanager
def _at(moment: datetime | None) -> Iterator[None]:
    with clock.at(moment) if moment else nullcontext():
        yield


def open_case(scene: Scene, by: Actor) -> Case:
    """A case of the family at the actor's organisation."""
    with acting(by):
        return cases.create_case(scene.family.content, by=by)
