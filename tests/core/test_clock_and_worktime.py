"""The one clock, and deadlines that count working time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihala.core import clock
from ihala.core.worktime import Duration, WorkCalendar, add_working, deadline, working_between

FRIDAY_AFTERNOON = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)  # 15:30 in Dubai
CALENDAR = WorkCalendar(holidays=frozenset({date(2026, 12, 2), date(2026, 12, 3)}))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
AMOUNTS = st.timedeltas(timedelta(minutes=1), timedelta(hours=200))


def test_the_clock_can_be_held_and_shifted():
    with clock.at(FRIDAY_AFTERNOON):
        assert clock.now() == FRIDAY_AFTERNOON
        assert clock.today() == date(2026, 11, 20)
        with clock.later(timedelta(hours=9)):
            assert clock.today() == date(2026, 11, 21)
    assert clock.now() > FRIDAY_AFTERNOON


def test_the_clock_refuses_a_moment_without_a_zone():
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2026, 1, 1)):
        pass


def test_an_emergency_clock_runs_through_the_weekend():
    assert deadline(FRIDAY_AFTERNOON, Duration(15, "minutes"), CALENDAR) == FRIDAY_AFTERNOON + timedelta(
        minutes=15
    )
    assert Duration(15, "minutes").as_data() == [15, "minutes"]


def test_working_hours_wait_for_monday():
    due = deadline(FRIDAY_AFTERNOON, Duration(4, "working_hours"), CALENDAR)
    assert due.astimezone(clock.DUBAI) == datetime(2026, 11, 23, 11, 30, tzinfo=clock.DUBAI)


def test_working_days_pass_over_holidays():
    tuesday = datetime(2026, 12, 1, 12, tzinfo=clock.DUBAI)
    due = deadline(tuesday, Duration(1, "working_days"), CALENDAR)
    assert due == datetime(2026, 12, 4, 12, tzinfo=clock.DUBAI)


def test_a_calendar_that_never_works_is_an_error():
    never = WorkCalendar(weekend=frozenset(range(7)))
    with pytest.raises(ValueError, match="no working day"):
        add_working(FRIDAY_AFTERNOON, timedelta(hours=1), never)


def test_no_working_time_lies_between_a_moment_and_an_earlier_one():
    assert working_between(FRIDAY_AFTERNOON, FRIDAY_AFTERNOON - timedelta(days=3), CALENDAR) == timedelta()


@given(MOMENTS, AMOUNTS)
def test_adding_working_time_and_measuring_it_agree(start, amount):
    end = add_working(start, amount, CALENDAR)
    assert working_between(start, end, CALENDAR) == amount
    local = end.astimezone(clock.DUBAI)
    assert CALENDAR.works_on(local.date())
    assert time(8) <= local.time() <= time(16)


@given(MOMENTS, AMOUNTS, AMOUNTS)
def test_more_working_time_never_ends_sooner(start, one, more):
    assert add_working(start, one, CALENDAR) <= add_working(start, one + more, CALENDAR)
