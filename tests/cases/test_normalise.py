"""What people write on forms comes out in one shape, and nothing they write breaks it."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ihala.cases import normalise
from ihala.cases.normalise import Calendar, Doubt

ON = date(2026, 11, 5)
ANYTHING = st.text() | st.text(alphabet="0123456789٠١٢٣٤٥٦٧٨٩۰۱۲-/. :هـاحوليsaboutyear+~", max_size=24)
DAYS = st.dates(min_value=date(1925, 1, 1), max_value=ON)


@pytest.mark.parametrize(
    ("written", "value", "approximate", "calendar"),
    [
        ("1994-05-03", date(1994, 5, 3), False, Calendar.GREGORIAN),
        ("٠٣/٠٥/١٩٩٤", date(1994, 5, 3), False, Calendar.GREGORIAN),
        ("۳/۵/۱۹۹۴", date(1994, 5, 3), False, Calendar.GREGORIAN),
        ("3.5.1994 م", date(1994, 5, 3), False, Calendar.GREGORIAN),
        ("3 5 1994", date(1994, 5, 3), False, Calendar.GREGORIAN),
        ("1433-03-14 هـ", date(2012, 2, 6), False, Calendar.HIJRI),
        ("14/3/1433 هـ", date(2012, 2, 6), False, Calendar.HIJRI),
        ("١٤/٣/١٤٣٣", date(2012, 2, 6), False, Calendar.HIJRI),
        ("14/3/1433 AH", date(2012, 2, 6), False, Calendar.HIJRI),
        ("1433 هـ", date(2012, 11, 14), True, Calendar.HIJRI),
        ("about 19", date(2007, 11, 5), True, Calendar.GREGORIAN),
        ("حوالي ١٩", date(2007, 11, 5), True, Calendar.GREGORIAN),
        ("19 years old", date(2007, 11, 5), True, Calendar.GREGORIAN),
        ("١٩ سنة تقريباً", date(2007, 11, 5), True, Calendar.GREGORIAN),
        ("8 months", date(2026, 3, 5), True, Calendar.GREGORIAN),
        ("٨ أشهر", date(2026, 3, 5), True, Calendar.GREGORIAN),
        ("1999", date(1999, 12, 31), True, Calendar.GREGORIAN),
        ("about 1999", date(1999, 12, 31), True, Calendar.GREGORIAN),
        ("about 1999-04-02", date(1999, 4, 2), True, Calendar.GREGORIAN),
        ("1999-02", date(1999, 2, 28), True, Calendar.GREGORIAN),
        ("2026", ON, True, Calendar.GREGORIAN),
        ("0", ON, True, Calendar.GREGORIAN),
    ],
)
def test_a_birth_is_read_in_every_shape_people_write(written, value, approximate, calendar):
    found = normalise.birth(written, on=ON)
    assert (found.value, found.approximate, found.calendar, found.doubt) == (
        value,
        approximate,
        calendar,
        None,
    )


@pytest.mark.parametrize("written", [None, "", "  ", "-", "Unknown", "غير معروف"])
def test_a_birth_nobody_knows_is_no_doubt(written):
    found = normalise.birth(written, on=ON)
    assert found.value is None and found.doubt is None and found.age(ON) is None


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        ("2026-13-40", Doubt.IMPOSSIBLE_DATE),
        ("30/2/1994", Doubt.IMPOSSIBLE_DATE),
        ("2026-00", Doubt.IMPOSSIBLE_DATE),
        ("1433-13-01 هـ", Doubt.IMPOSSIBLE_DATE),
        ("1200-01-01 هـ", Doubt.IMPOSSIBLE_DATE),
        ("1433-13 هـ", Doubt.IMPOSSIBLE_DATE),
        ("2026-11-06", Doubt.IN_THE_FUTURE),
        ("2027", Doubt.IN_THE_FUTURE),
        ("1820-01-01", Doubt.TOO_LONG_AGO),
        ("200 years", Doubt.TOO_LONG_AGO),
        ("in spring", Doubt.NOT_A_DATE),
        ("3/5/94", Doubt.NOT_A_DATE),
    ],
)
def test_a_birth_that_cannot_be_is_a_doubt_and_no_date(written, doubt):
    found = normalise.birth(written, on=ON)
    assert (found.doubt, found.value, found.given) == (doubt, None, written)


def test_an_age_before_the_calendar_begins_is_too_long_ago():
    assert normalise.birth("999", on=date(900, 1, 1)).doubt is Doubt.TOO_LONG_AGO


def test_age_counts_whole_years():
    found = normalise.birth("1994-11-06", on=ON)
    assert found.age(ON) == 31 and found.age(date(2026, 11, 6)) == 32


def test_the_latest_day_of_a_guess_keeps_who_may_be_a_child_a_child():
    assert normalise.birth("2008", on=ON).age(ON) == 17


@pytest.mark.parametrize(
    ("written", "value"), [("٠٥/١١/٢٠٢٦", date(2026, 11, 5)), ("1448-05-25 هـ", date(2026, 11, 5))]
)
def test_a_day_of_the_form_is_read_in_both_calendars(written, value):
    assert normalise.day(written).value == value


@pytest.mark.parametrize("written", [None, "", "2026", "19", "tomorrow"])
def test_a_day_of_the_form_must_be_a_day(written):
    assert normalise.day(written).doubt is Doubt.NOT_A_DATE


@given(ANYTHING)
def test_no_birth_raises_and_what_was_read_reads_the_same_again(written):
    for on in (ON, date.min, date.max):
        found = normalise.birth(written, on=on)
        if found.value:
            assert found.value <= on
            assert normalise.birth(found.value.isoformat(), on=on).value == found.value
    normalise.day(written)


@given(DAYS)
def test_every_birth_day_is_read_back_in_both_orders(day):
    assert normalise.birth(day.isoformat(), on=ON).value == day
    assert normalise.birth(f"{day.day}/{day.month}/{day.year}", on=ON).value == day


@given(st.integers(min_value=0, max_value=119))
def test_an_age_said_on_a_day_is_the_age_on_that_day(age):
    assert normalise.birth(f"about {age}", on=ON).age(ON) == age
    assert normalise.birth(f"about {age}", on=ON - timedelta(days=250)).age(ON - timedelta(days=250)) == age


@pytest.mark.parametrize(
    ("written", "text", "doubt"),
    [
        ("784198700000007", "784-1987-0000000-7", None),
        ("784198700000006", "784-1987-0000000-6", Doubt.CHECK_DIGIT),
        ("٧٨٤-١٩٨٧-٠٠٠٠٠٠٠-٧", "784-1987-0000000-7", None),
        ("784-2012-0000000-0", "784-2012-0000000-0", Doubt.CHECK_DIGIT),
        ("784-1979-1234567-1", "784-1979-1234567-1", None),
        ("784-12", "784-12", Doubt.NOT_EMIRATES_ID),
        ("", "", Doubt.NOT_EMIRATES_ID),
    ],
)
def test_an_emirates_id_is_printed_in_groups_and_only_warned_about(written, text, doubt):
    found = normalise.emirates_id(written)
    assert (found.given, found.text, found.doubt) == (written, text, doubt)


@given(st.integers(min_value=0, max_value=10**11 - 1), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_never_passes_the_check(body, slip):
    number = f"784{body:011d}"
    whole = next(f"{number}{last}" for last in range(10) if normalise.luhn(f"{number}{last}"))
    wrong = whole[:-1] + str((int(whole[-1]) + slip) % 10)
    assert normalise.emirates_id(whole).doubt is None
    assert normalise.emirates_id(wrong).doubt is Doubt.CHECK_DIGIT


@pytest.mark.parametrize(
    ("written", "text", "doubt"),
    [
        ("٠٥٠ ١٢٣ ٤٥٦٧", "+971 50 123 4567", None),
        ("+971-50-123-4567", "+971 50 123 4567", None),
        ("00971501234567", "+971 50 123 4567", None),
        ("800111", "800111", None),
        ("999", "999", None),
        ("07 000 1234", "07 000 1234", Doubt.UNKNOWN_PHONE),
        ("+44 20 7946 0958", "+44 20 7946 0958", None),
        ("05", "05", Doubt.UNKNOWN_PHONE),
        ("ask her sister", "ask her sister", Doubt.UNKNOWN_PHONE),
        ("05012345678901234", "05012345678901234", Doubt.UNKNOWN_PHONE),
    ],
)
def test_a_phone_is_printed_as_dialled_or_kept_as_given(written, text, doubt):
    found = normalise.phone(written)
    assert (found.given, found.text, found.doubt) == (written, text, doubt)


@pytest.mark.parametrize(
    ("written", "start", "end", "text"),
    [
        ("09:00-12:00", time(9), time(12), "09:00-12:00"),
        ("٩ - ١٢", time(9), time(12), "09:00-12:00"),
        ("22:30 to 24:00", time(22, 30), time(0), "22:30-00:00"),
        ("9 إلى 12.30", time(9), time(12, 30), "09:00-12:30"),
    ],
)
def test_hours_are_read_in_the_shapes_people_write(written, start, end, text):
    found = normalise.hours(written)
    assert (found.start, found.end, found.text, found.doubt) == (start, end, text, None)


def test_any_time_is_any_time():
    assert normalise.hours("Any").at_any_time and normalise.hours("أي وقت").text == "any"


@pytest.mark.parametrize("written", ["24:30-25:00", "9:00-24:10", "mornings"])
def test_hours_that_cannot_be_read_are_kept_with_a_doubt(written):
    found = normalise.hours(written)
    assert (found.text, found.doubt) == (written, Doubt.UNKNOWN_HOURS)


def test_no_hours_are_no_doubt():
    assert normalise.hours(None).doubt is None


@given(ANYTHING)
def test_nothing_written_raises_and_doing_it_twice_is_doing_it_once(written):
    assert normalise.digits(normalise.digits(written)) == normalise.digits(written)
    assert normalise.name(normalise.name(written)) == normalise.name(written)
    for read in (normalise.emirates_id, normalise.phone, normalise.hours):
        found = read(written)
        assert read(found.text).text == found.text
