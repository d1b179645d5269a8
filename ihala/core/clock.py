"""The one clock of the product.

Everything that asks for the time asks here, never the database and never `datetime.now`: the demo story and the
simulations shift it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DUBAI = ZoneInfo("Asia/Dubai")
_fixed: ContextVar[datetime | None] = ContextVar("ihala_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The present day on the calendar in Dubai."""
    return now().astimezone(DUBAI).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block."""
    if moment.tzinfo is None:
        raise ValueError("the clock needs an aware moment")
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)


@contextmanager
def later(by: timedelta) -> Iterator[None]:
    """Shift the clock forward by `by` inside the block."""
    with at(now() + by):
        yield
