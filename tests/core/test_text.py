"""Cleaning what comes in, and the words of time as they are read."""

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ihala.core import text
from ihala.core.text import Nearness
from ihala.core.worktime import Duration

NOW = datetime(2026, 3, 5, 5, 43, tzinfo=UTC)  # 09:43 in Dubai
ANY_TEXT = st.text(st.characters(codec=None))
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(value):
    once = text.clean(value)
    assert text.clean(once) == once


@given(ANY_TEXT)
def test_clean_text_has_no_controls_and_can_be_stored(value):
    cleaned = text.clean(value)
    cleaned.encode()
    assert not set(cleaned) & {*BIDI_CONTROLS, "\x00", "\ufeff", "\r"}
    assert {letter for letter in cleaned if unicodedata.category(letter) == "Cc"} <= {"\n", "\t"}
    assert unicodedata.is_normalized("NFC", cleaned)


@given(st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي أإآءABCxyz0123456789-/", min_size=1).map(str.strip))
def test_ordinary_names_and_numbers_stay_as_they_are(value):
    assert text.clean(value) == value


def test_joiners_stay_since_persian_names_need_them():
    assert text.clean("می\u200cخواهم") == "می\u200cخواهم"


def test_a_turned_around_document_number_reads_straight():
    assert text.clean("784\u202e-0991-") == "784-0991-"


def test_line_ends_become_one_and_on_one_line_become_space():
    assert text.clean("a\r\nb\rc\u2028d") == "a\nb\nc\nd"
    assert text.clean(" a \r\n  b ", one_line=True) == "a b"


@given(st.text("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹0123456789"))
def test_all_digits_become_western_with_the_same_value(value):
    western = text.western_digits(value)
    assert western.isascii()
    assert [unicodedata.digit(a) for a in value] == [int(b) for b in western]


def test_isolation_in_plain_text_uses_the_isolates():
    assert text.isolate("+971 50") == "\u2066+971 50\u2069"


@pytest.mark.parametrize("typed", ["0501234567", "٠٥٠١٢٣٤٥٦٧", "+971501234567", "00971 50 123 4567"])
def test_a_phone_is_written_as_dialled_from_abroad(typed):
    assert text.phone(typed) == "+971 50 123 4567"


def test_what_is_no_phone_stays():
    assert text.phone("عند الجارة") == "عند الجارة"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "أقل من دقيقة"),
        (1, "دقيقة"),
        (2, "دقيقتين"),
        (3, "3 دقائق"),
        (10, "10 دقائق"),
        (11, "11 دقيقة"),
        (59, "59 دقيقة"),
        (60, "ساعة"),
        (120, "ساعتين"),
        (130, "ساعتين و10 دقائق"),
        (60 * 24, "يوم"),
        (60 * 49, "يومين وساعة"),
        (60 * 24 * 5 + 61, "5 أيام"),
        (60 * 24 * 11, "11 يوماً"),
        (60 * 24 * 100, "100 يوم"),
    ],
)
def test_arabic_has_its_six_plural_forms_after_a_preposition(minutes, words):
    assert text.duration(timedelta(minutes=minutes), governed=True) == words


def test_standing_alone_the_dual_is_another():
    assert text.duration(timedelta(minutes=122)) == "ساعتان ودقيقتان"
    assert text.duration(Duration(2, "working_days")) == "يوما عمل"
    assert text.duration(Duration(3, "working_days")) == "3 أيام عمل"
    assert text.duration(Duration(15, "minutes")) == "15 دقيقة"
    assert text.duration(Duration(4, "working_hours"), governed=True) == "4 ساعات عمل"


def test_lengths_in_english(english):
    assert text.duration(timedelta(minutes=61)) == "1 hour and 1 minute"
    assert text.duration(timedelta(days=-2, hours=-1)) == "2 days and 1 hour"
    assert text.duration(timedelta(seconds=59)) == "less than a minute"


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=20), "الآن"),
        (timedelta(minutes=2), "خلال دقيقتين"),
        (timedelta(hours=-3, minutes=-20), "قبل 3 ساعات"),
        (timedelta(days=-8), "25 فبراير 2026"),
        (timedelta(days=31), "5 أبريل 2026"),
    ],
)
def test_a_moment_beside_now(ahead, words):
    assert text.relative(NOW + ahead, now=NOW) == words


@pytest.mark.parametrize(
    ("left", "words", "near"),
    [
        (timedelta(minutes=-35), "متأخرة 35 دقيقة", Nearness.LATE),
        (timedelta(minutes=30), "خلال 30 دقيقة", Nearness.SOON),
        (timedelta(hours=2, minutes=10), "خلال ساعتين و10 دقائق", Nearness.CALM),
        (timedelta(hours=18, minutes=59), "خلال 18 ساعة", Nearness.CALM),
    ],
)
def test_what_a_deadline_says(left, words, near):
    assert text.time_left(NOW + left, now=NOW) == (words, near)


def test_days_in_both_calendars():
    assert text.both_dates(NOW) == "5 مارس 2026 · 16 رمضان 1447 هـ"
    assert text.day(NOW, weekday=True) == "الخميس 5 مارس 2026"


def test_days_in_both_calendars_in_english(english):
    assert text.both_dates(NOW, weekday=True) == "Thursday, 5 March 2026 · 16 Ramadan 1447 AH"


def test_a_day_outside_the_hijri_tables_shows_the_gregorian_alone():
    assert text.both_dates(date(1900, 1, 1)) == "1 يناير 1900"


def test_moments_are_as_short_as_they_stay_clear(english):
    assert text.moment(NOW, now=NOW) == "today at 09:43"
    assert text.moment(NOW - timedelta(days=1), now=NOW) == "yesterday at 09:43"
    assert text.moment(NOW + timedelta(days=1), now=NOW) == "tomorrow at 09:43"
    assert text.moment(NOW - timedelta(days=9), now=NOW) == "24 February at 09:43"
    assert text.moment(NOW - timedelta(days=365), now=NOW) == "5 March 2025 at 09:43"


def test_a_day_turns_at_midnight_in_dubai(english):
    assert text.moment(datetime(2026, 3, 4, 20, 30, tzinfo=UTC), now=NOW) == "today at 00:30"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_page_gets_the_same_words_as_the_server(language):
    with translation.override(language):
        words = json.loads(json.dumps(text.clock_words()))
        samples = (0, 1, 2, 7, 42, 100) if language == "ar" else (42, 1, 42, 42, 42, 42)
        for unit in ("minutes", "hours", "days"):
            for category, sample in enumerate(samples):
                if category:
                    assert words[unit][category].replace("%(count)d", str(sample)) == text._count(
                        unit, sample, governed=True
                    )
