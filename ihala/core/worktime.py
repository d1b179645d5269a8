"""Working time: deadlines that count only the hours an organisation works.

Emergency and urgent clocks run day and night and never come here (mechanism: "a system that starts the emergency
clock at nine next morning is unsafe"). The calendar is a value, so this module knows neither models nor organisations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .clock import DUBAI


@dataclass(frozen=True)
class WorkCalendar:
    """When an organisation works. `weekend` holds weekday numbers, Monday = 0; `holidays` are whole days."""

    opens: time = time(8)
    closes: time = time(16)
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()
    zone: ZoneInfo = DUBAI

    def works_on(self, day: date) -> bool:
        """True on a day that is neither weekend nor holiday."""
        return day.weekday() not in self.weekend and day not in self.holidays

    @property
    def day_length(self) -> timedelta:
        """Length of one working day."""
        return timedelta(
            hours=self.closes.hour - self.opens.hour, minutes=self.closes.minute - self.opens.minute
        )


@dataclass(frozen=True)
class Duration:
    """A deadline's length: `amount` of `unit`, one of minutes, hours, days, working_hours, working_days."""

    amount: int
    unit: str

    @property
    def working(self) -> bool:
        """True if only working time counts."""
        return self.unit.startswith("working_")

    def as_data(self) -> list[object]:
        """The shape in which terms store it: [amount, unit]."""
        return [self.amount, self.unit]


def deadline(start: datetime, length: Duration, calendar: WorkCalendar) -> datetime:
    """The moment `length` after `start` (aware); working units count only the calendar's working time."""
    if not length.working:
        return start + timedelta(**{length.unit: length.amount})
    hours = timedelta(hours=length.amount)
    return add_working(
        start, hours if length.unit == "working_hours" else calendar.day_length * length.amount, calendar
    )


def add_working(start: datetime, amount: timedelta, calendar: WorkCalendar) -> datetime:
    """`start` plus `amount` of working time."""
    left = amount
    for opens, closes in _sessions(start, calendar):
        begin = max(opens, start)
        if closes - begin >= left:
            return begin + left
        left -= closes - begin
    raise ValueError("the calendar has no working day within two years")


def working_between(start: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
    """Working time between two moments; zero if `end` is not after `start`."""
    total = timedelta()
    for opens, closes in _sessions(start, calendar):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), timedelta())
    return total


def _sessions(start: datetime, calendar: WorkCalendar) -> Iterator[tuple[datetime, datetime]]:
    """Working sessions that end after `start`, in order, for two years."""
    first = start.astimezone(calendar.zone).date()
    for offset in range(731):
        day = first + timedelta(days=offset)
        if calendar.works_on(day):
            closes = datetime.combine(day, calendar.closes, calendar.zone)
            if closes > start:
                yield datetime.combine(day, calendar.opens, calendar.zone), closes
