"""Text as it comes in and as it is read.

What people type or import is cleaned once: controls that turn the reading direction around can make a document
number or a name read as another one, and PostgreSQL stores neither NUL nor half a character. What they read back,
moments and lengths of time, follows the usage of the Emirates: Gregorian months, Western digits, the clock of 24
hours, and the six plural forms of Arabic.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal, TypeVar

import phonenumbers
from babel.dates import get_day_names, get_month_names
from django.db.models import TextChoices
from django.utils.translation import get_language, gettext_lazy, ngettext, npgettext, pgettext
from django.utils.translation import gettext as _
from hijridate import Gregorian

from . import clock
from .worktime import Duration

# All of it invisible, or changing how its neighbours read. ZWNJ and ZWJ stay: Persian and Urdu names need them.
_REMOVED = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls; tab, line feed, return, next line are read as space
    "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # bidi and invisible
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f"  # halves of characters, no characters, invisible tags
    "]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
Day = TypeVar("Day", bound=date)
_SPACE = re.compile(r"\s+")
_WESTERN = {ord("٠") + n: str(n) for n in range(10)} | {ord("۰") + n: str(n) for n in range(10)}


def clean(value: str, *, one_line: bool = False) -> str:
    """`value` without control characters, in NFC, line ends as \\n, no space around it.

    On `one_line` every run of space becomes one. Cleaning twice gives the same as cleaning once.
    """
    value = unicodedata.normalize("NFC", _REMOVED.sub("", _LINE_ENDS.sub("\n", value)))
    return (_SPACE.sub(" ", value) if one_line else value).strip()


def western_digits(value: str) -> str:
    """`value` with Arabic-Indic and Persian digits as 0 to 9; everything else as it was."""
    return value.translate(_WESTERN)


def isolate(value: object) -> str:
    """For plain text, where no `<bdi>` can stand: `value` between LEFT-TO-RIGHT ISOLATE and its end."""
    return f"\u2066{value}\u2069"


def size(count: int) -> str:
    """The length of a file as people say it: "320 KB", "1.4 MB"."""
    if count < 1_000_000:
        return _("%(number)d KB") % {"number": max(1, round(count / 1000))}
    return _("%(number)s MB") % {"number": f"{count / 1_000_000:.1f}"}


def phone(value: str, region: str = "AE") -> str:
    """A number as dialled from abroad, "+971 50 123 4567"; what is no number stays as it is, and so does "800111"."""
    if value.startswith("800"):
        return value  # toll-free, within the country only
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(western_digits(value), region), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return value


# --- days and hours


def is_arabic() -> bool:
    """True while the reader's language is Arabic."""
    return (get_language() or "ar").startswith("ar")


def label(code: TextChoices) -> str:
    """The words of a code in the reader's language; looked up once for each language."""
    return _label(get_language() or "ar", type(code), code.value)


@lru_cache(maxsize=4096)
def _label(language: str, choices: type[TextChoices], value: str) -> str:
    return str(choices(value).label)


@lru_cache
def _names(locale: str) -> tuple[dict[int, str], dict[int, str]]:
    return dict(get_month_names("wide", locale=locale)), dict(get_day_names("wide", locale=locale))


def _locale() -> str:
    return "ar_AE" if is_arabic() else "en_AE"


def day(value: date, *, weekday: bool = False) -> str:
    """ "5 March 2026", with its weekday "Thursday, 5 March 2026". A moment counts in Dubai's time."""
    value = _in_dubai(value)
    months, days = _names(_locale())
    text = f"{value.day} {months[value.month]} {value.year}"
    if not weekday:
        return text
    return f"{days[value.weekday()]}{' ' if is_arabic() else ', '}{text}"


def hijri(value: date) -> str:
    """The day as "16 Ramadan 1447 AH"; empty outside the years the Umm al-Qura calendar is published for."""
    value = _in_dubai(value)
    try:
        converted = Gregorian(value.year, value.month, value.day).to_hijri()
    except (OverflowError, ValueError):
        return ""
    language: Literal["ar", "en"] = "ar" if is_arabic() else "en"
    return f"{converted.day} {converted.month_name(language)} {converted.year} {converted.notation(language)}"


def both_dates(value: date, *, weekday: bool = False) -> str:
    """Gregorian and Hijri: "5 March 2026 · 16 Ramadan 1447 AH"."""
    return " · ".join(part for part in (day(value, weekday=weekday), hijri(value)) if part)


def hour(value: datetime) -> str:
    """ "09:43" in Dubai."""
    return f"{_in_dubai(value):%H:%M}"


def moment(value: datetime, *, now: datetime | None = None) -> str:
    """Day and hour, as short as it stays clear: "today 09:43", "5 March 09:43", "5 March 2025 09:43"."""
    return _moment(get_language() or "ar", _in_dubai(value), _in_dubai(now or clock.now()).date())


@lru_cache(maxsize=4096)
def _moment(language: str, here: datetime, today: date) -> str:
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get((here.date() - today).days)
    months = _names(_locale())[0]
    name = near or f"{here.day} {months[here.month]}" + ("" if here.year == today.year else f" {here.year}")
    return _("%(day)s at %(hour)s") % {"day": name, "hour": f"{here:%H:%M}"}


def _in_dubai(value: Day) -> Day:
    return value.astimezone(clock.DUBAI) if isinstance(value, datetime) else value


# --- lengths of time


class Nearness(StrEnum):
    """How a deadline feels: the class of its badge."""

    LATE = "late"
    SOON = "soon"
    CALM = "calm"


SOON = timedelta(minutes=30)
HOURS_ENOUGH = timedelta(hours=6)  # from here on minutes are noise
PAUSED = gettext_lazy("Clock paused")


def _count(unit: str, count: int, *, governed: bool) -> str:
    """One unit in words. `governed`: after a preposition, where Arabic changes the dual."""
    return _counted(get_language() or "ar", unit, count, governed)


@lru_cache(maxsize=2048)
def _counted(language: str, unit: str, count: int, governed: bool) -> str:
    forms = {
        "minutes": (
            lambda: npgettext("after a preposition", "%(count)d minute", "%(count)d minutes", count),
            lambda: ngettext("%(count)d minute", "%(count)d minutes", count),
        ),
        "hours": (
            lambda: npgettext("after a preposition", "%(count)d hour", "%(count)d hours", count),
            lambda: ngettext("%(count)d hour", "%(count)d hours", count),
        ),
        "days": (
            lambda: npgettext("after a preposition", "%(count)d day", "%(count)d days", count),
            lambda: ngettext("%(count)d day", "%(count)d days", count),
        ),
        "working_hours": (
            lambda: npgettext(
                "after a preposition", "%(count)d working hour", "%(count)d working hours", count
            ),
            lambda: ngettext("%(count)d working hour", "%(count)d working hours", count),
        ),
        "working_days": (
            lambda: npgettext(
                "after a preposition", "%(count)d working day", "%(count)d working days", count
            ),
            lambda: ngettext("%(count)d working day", "%(count)d working days", count),
        ),
    }
    return forms[unit][0 if governed else 1]() % {"count": count}


def duration(value: timedelta | Duration, *, parts: int = 2, governed: bool = False) -> str:
    """A length in words, "2 hours and 10 minutes", "3 working days": at most `parts` units, whole minutes."""
    if isinstance(value, Duration):
        return _count(value.unit, value.amount, governed=governed)
    minutes = int(abs(value).total_seconds()) // 60
    if not minutes:
        return pgettext("after a preposition", "less than a minute") if governed else _("less than a minute")
    counts = {"days": minutes // 1440, "hours": minutes // 60 % 24, "minutes": minutes % 60}
    if counts["days"]:
        counts["minutes"] = 0
    if counts["days"] > 2:
        counts["hours"] = 0
    words = [_count(unit, count, governed=governed) for unit, count in counts.items() if count][:parts]
    return (
        words[0]
        if len(words) == 1
        else _("%(first)s and %(second)s") % {"first": words[0], "second": words[1]}
    )


def relative(value: datetime, *, now: datetime | None = None) -> str:
    """ "in 2 hours", "35 minutes ago"; a week back or a month ahead the day says more, so then the day."""
    now = now or clock.now()
    ahead = value - now
    if not timedelta(days=-7) < ahead < timedelta(days=30):
        return day(value)
    if abs(ahead) < timedelta(minutes=1):
        return _("now")
    words = duration(ahead, parts=1, governed=True)
    return (_("in %(time)s") if ahead > timedelta(0) else _("%(time)s ago")) % {"time": words}


def time_left(due: datetime, *, now: datetime | None = None) -> tuple[str, Nearness]:
    """What a deadline says ("in 2 hours and 10 minutes", "late by 35 minutes") and how near it is."""
    left = due - (now or clock.now())
    late = left < timedelta(0)
    words = _left(get_language() or "ar", int(abs(left).total_seconds()) // 60, late)
    return words, Nearness.LATE if late else Nearness.SOON if left <= SOON else Nearness.CALM


@lru_cache(maxsize=8192)
def _left(language: str, minutes: int, late: bool) -> str:
    left = timedelta(minutes=minutes)
    words = duration(left, parts=1 if left >= HOURS_ENOUGH else 2, governed=True)
    return (_("late by %(time)s") if late else _("in %(time)s")) % {"time": words}


def clock_words() -> dict[str, list[str] | str]:
    """The words above for the page's script, which keeps them true while the page stays open.

    Units are lists by CLDR plural category: zero, one, two, few, many, other.
    """
    samples = (0, 1, 2, 3, 11, 100) if is_arabic() else (2, 1, 2, 2, 2, 2)
    units: dict[str, list[str] | str] = {
        unit: [_template(unit, sample) for sample in samples] for unit in ("minutes", "hours", "days")
    }
    return units | {
        "moment": pgettext("after a preposition", "less than a minute"),
        "now": _("now"),
        "both": _("%(first)s and %(second)s"),
        "in": _("in %(time)s"),
        "ago": _("%(time)s ago"),
        "late": _("late by %(time)s"),
    }


def _template(unit: str, sample: int) -> str:
    return _count(unit, sample, governed=True).replace(str(sample), "%(count)d")
