"""How much may be opened: human work rates, for each person and for the whole installation, and when to ring.

What counts is how many different cases and referrals somebody opens, since that is what a thief wants and what work has
little of; looking at the same one again within the hour counts once. The counts live in the key agent, the only place
that can keep them honestly; after a restart they are made again from the log. Nobody's name or content is in here.
"""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROBES = 8
"""So many refused openings of one person within ten minutes are no mistake any more."""
PROBING = timedelta(minutes=10)
QUIET = timedelta(minutes=30)
"""The alarm rings once for one reason and person, and again after this."""


@dataclass(frozen=True)
class Rates:
    """Different cases and referrals opened within an hour and within a day."""

    hour: int
    day: int


@dataclass(frozen=True)
class Limits:
    """Of a person, of an organisation's own system (jobs, arrivals), and of the installation."""

    person: Rates
    system: Rates
    installation: Rates


@dataclass(frozen=True)
class Alarm:
    """Why the alarm rings, and in which organisations."""

    reason: str
    organisations: tuple[int, ...]
    user_id: int
    opened: int


@dataclass
class _Window:
    """Moments of the last hour and of the last day, oldest first; counting takes no longer the more they are."""

    hour: deque[datetime] = field(default_factory=deque)
    day: deque[datetime] = field(default_factory=deque)

    def add(self, moment: datetime) -> None:
        self.hour.append(moment)
        self.day.append(moment)

    def full(self, rates: Rates, more: int, present: datetime) -> bool:
        within_hour = _left(self.hour, present - HOUR)
        return self.within_day(present) + more > rates.day or within_hour + more > rates.hour

    def within_day(self, present: datetime) -> int:
        return _left(self.day, present - DAY)


def _left(moments: deque[datetime], until: datetime) -> int:
    """How many are left when those until then are let go."""
    while moments and moments[0] <= until:
        moments.popleft()
    return len(moments)


@dataclass
class _Person:
    window: _Window = field(default_factory=_Window)
    last: dict[UUID, datetime] = field(default_factory=dict)
    refused: deque[datetime] = field(default_factory=lambda: deque(maxlen=PROBES))

    def new(self, roots: Iterable[UUID], present: datetime) -> list[UUID]:
        return [root for root in roots if self.last.get(root, present - DAY) <= present - HOUR]


class Quotas:
    """Counts in memory; safe to use from several threads."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._people: dict[tuple[int, int], _Person] = {}
        self._all = _Window()
        self._seen_of: dict[int, datetime] = {}
        self._rung: dict[tuple[str, int, int], datetime] = {}
        self._lock = Lock()

    def count(self, organisation: int, user: int, roots: Collection[UUID], present: datetime) -> str:
        """Count these openings; the reason why not if a quota would be passed (then nothing is counted)."""
        with self._lock:
            person = self._people.setdefault((organisation, user), _Person())
            new = person.new(dict.fromkeys(roots), present)
            rates = self.limits.person if user else self.limits.system
            if new and person.window.full(rates, len(new), present):
                return "quota_person"
            if new and self._all.full(self.limits.installation, len(new), present):
                return "quota_installation"
            self._add(person, organisation, new, present)
            return ""

    def remember(self, organisation: int, user: int, root: UUID, at: datetime) -> None:
        """An opening the log tells of, oldest first; it counts whatever the limits are."""
        with self._lock:
            person = self._people.setdefault((organisation, user), _Person())
            self._add(person, organisation, person.new([root], at), at)

    def _add(self, person: _Person, organisation: int, new: list[UUID], at: datetime) -> None:
        self._seen_of[organisation] = at
        for root in new:
            person.last[root] = at
            person.window.add(at)
            self._all.add(at)
        if len(person.last) > 2 * self.limits.person.day + 100:
            person.last = {root: moment for root, moment in person.last.items() if moment > at - HOUR}

    def probed(self, organisation: int, user: int, present: datetime) -> bool:
        """An opening was refused for want of a basis; whether that has become too often."""
        with self._lock:
            refused = self._people.setdefault((organisation, user), _Person()).refused
            refused.append(present)
            return len(refused) == PROBES and refused[0] > present - PROBING

    def alarm(self, reason: str, organisation: int, user: int, present: datetime) -> Alarm | None:
        """The alarm to ring, or None if it has rung for this just now."""
        with self._lock:
            everybody = reason == "quota_installation"
            key = _key(reason, organisation, user)
            if self._rung.get(key, present - DAY) > present - QUIET:
                return None
            self._rung[key] = present
            window = (
                self._all if everybody else self._people.setdefault((organisation, user), _Person()).window
            )
            told = {organisation}
            if everybody:
                told |= {one for one, seen in self._seen_of.items() if seen > present - DAY}
            return Alarm(reason, tuple(sorted(told)), user, window.within_day(present))

    def silence(self, alarms: Iterable[Alarm]) -> None:
        """These did not ring after all: the next time they do."""
        with self._lock:
            for alarm in alarms:
                for organisation in alarm.organisations:
                    self._rung.pop(_key(alarm.reason, organisation, alarm.user_id), None)


def _key(reason: str, organisation: int, user: int) -> tuple[str, int, int]:
    """Under what an alarm is remembered: once for a person, once for the whole installation."""
    return (reason, 0, 0) if reason == "quota_installation" else (reason, organisation, user)


class Searches:
    """How many searches somebody may make within an hour and a day; safe to use from several threads."""

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self._people: dict[tuple[int, int], _Window] = {}
        self._lock = Lock()

    def count(self, organisation: int, user: int, present: datetime) -> bool:
        """Count one more; False if that would be too many (then it is not counted)."""
        with self._lock:
            window = self._people.setdefault((organisation, user), _Window())
            if window.full(self.rates, 1, present):
                return False
            window.add(present)
            return True
