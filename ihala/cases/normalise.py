"""What people write on forms, brought into one shape: dates, document numbers, phones, hours, names.

Paper forms in the Emirates mix digits (0-9, ٠-٩, ۰-۹), calendars (Gregorian, Hijri), guesses ("about 19") and
numbers in every format. Each function here is pure, never raises, keeps what was given, and says a doubt as a
code. A doubt is shown beside the field; only a date that cannot be one is refused, which the caller decides.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time, timedelta

import phonenumbers
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from hijridate import Hijri

from ihala.core.text import clean, western_digits

REGION = "AE"
OLDEST = 125
"""Years. The longest life on record is 122 years (Jeanne Calment, 1875-1997)."""


class Calendar(TextChoices):
    """In which calendar a date was given."""

    GREGORIAN = "gregorian", _("Gregorian")
    HIJRI = "hijri", _("Hijri")


class Doubt(TextChoices):
    """What is odd about a value; the label can be shown beside the field."""

    NOT_A_DATE = "not_a_date", _("This is not a date or an age that can be read.")
    IMPOSSIBLE_DATE = "impossible_date", _("There is no such day in the calendar.")
    IN_THE_FUTURE = "in_the_future", _("This date lies in the future.")
    TOO_LONG_AGO = "too_long_ago", _("This date is too long ago for a living person.")
    NOT_EMIRATES_ID = "not_emirates_id", _("An Emirates ID has 15 digits and begins with 784.")
    CHECK_DIGIT = (
        "check_digit",
        _("The last digit of this Emirates ID does not fit the others. Please compare it."),
    )
    UNKNOWN_PHONE = "unknown_phone", _("This is not a telephone number in use. It is kept as given.")
    UNKNOWN_HOURS = "unknown_hours", _("These hours cannot be read. They are kept as given.")


@dataclass(frozen=True)
class Birth:
    """A date of birth. `given` is what was written; `approximate` if it comes from an age or a year alone."""

    given: str = ""
    value: date | None = None
    approximate: bool = False
    calendar: Calendar = Calendar.GREGORIAN
    doubt: Doubt | None = None

    def age(self, on: date) -> int | None:
        """Whole years lived on the day `on`; None if the date is not known."""
        return None if self.value is None else years_between(self.value, on)


@dataclass(frozen=True)
class EmiratesId:
    """`text` is printed as 784-YYYY-NNNNNNN-C if it has that shape, else as given."""

    given: str
    text: str
    doubt: Doubt | None = None


@dataclass(frozen=True)
class Phone:
    """`text`: in international form ("+971 50 123 4567"), a short code, or as given but in Western digits."""

    given: str
    text: str
    doubt: Doubt | None = None


@dataclass(frozen=True)
class Hours:
    """When somebody may be called: from `start` to `end`, maybe past midnight; `at_any_time` has neither."""

    given: str
    start: time | None = None
    end: time | None = None
    at_any_time: bool = False
    doubt: Doubt | None = None

    @property
    def text(self) -> str:
        """ "09:00-12:00", "any", or what was given."""
        if self.at_any_time:
            return "any"
        return f"{self.start:%H:%M}-{self.end:%H:%M}" if self.start and self.end else self.given


# -------------------------------------------------------------------------------------------- text and digits


def digits(text: str) -> str:
    """Arabic-Indic (U+0660) and Persian (U+06F0) digits as 0 to 9, everything else as it was."""
    return western_digits(text)


def name(text: str) -> str:
    """One line, composed (NFC), without signs that turn the reading direction or that nobody can see."""
    return clean(text, one_line=True)


def _plain(text: str | None) -> str:
    return digits(clean(text or "", one_line=True))


# ---------------------------------------------------------------------------------------------- date of birth

_SEPARATOR = r"\s*[-/.\u066b\u060d\s]\s*"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}})")
_DAY_FIRST = re.compile(rf"([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{4}})")
_YEAR_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_YEAR = re.compile(r"[0-9]{4}")
_HIJRI_MARK = re.compile(r"\s*(?:هـ|هجرية|هجري|ه|\bA\.?H\.?)\s*$", re.IGNORECASE)
_GREGORIAN_MARK = re.compile(r"\s*(?:ميلادية|ميلادي|م|\bA\.?D\.?|\bC\.?E\.?)\s*$", re.IGNORECASE)
_ABOUT = re.compile(
    r"^(?:about|around|approximately|approx\.?|circa|ca?\.|nearly|~|≈|حوالي|حوالى|نحو|قرابة|تقريباً|تقريبا)\s*"
    r"|\s*(?:approximately|approx\.?|تقريباً|تقريبا)$",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"([0-9]{1,3})\s*"
    r"(?P<unit>months?(?:\s+old)?|أشهر|اشهر|شهراً|شهرا|شهر|شهور|"
    r"years?(?:\s+old)?|yrs?\.?|y\.?o?\.?|سنة|سنوات|سنين|عاماً|عاما|عام|أعوام)?",
    re.IGNORECASE,
)
_NOT_KNOWN = {
    "",
    "-",
    "?",
    "unknown",
    "not known",
    "n/a",
    "none",
    "null",
    "غير معروف",
    "غير معروفة",
    "مجهول",
    "لا يوجد",
}
_HIJRI_YEARS = range(1300, 1501)
"""A year written without a mark: nobody alive was born in these years of the Gregorian calendar."""


def birth(text: str | None, *, on: date) -> Birth:
    """A date of birth as written on a form of the day `on`: a date in either calendar, a year, an age.

    Of what a guess leaves open the latest day is taken: who may still be a child is treated as one until it
    is known (benefit of the doubt, UN Committee on the Rights of the Child, General Comment 6, paragraph 31).
    """
    given, plain = clean(text or "", one_line=True), _plain(text)
    if plain.casefold() in _NOT_KNOWN:
        return Birth(given)
    found = _date(given, plain) or _age(given, plain, on) or Birth(given, doubt=Doubt.NOT_A_DATE)
    return _plausible(found, on)


def day(text: str | None) -> Birth:
    """Any other date of a form, in either calendar; a year or an age alone is no date here."""
    given = clean(text or "", one_line=True)
    found = _date(given, _plain(text))
    if found is None or found.approximate:
        return Birth(given, doubt=Doubt.NOT_A_DATE)
    return found


def years_between(start: date, end: date) -> int:
    """Whole years from `start` to `end`."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _date(given: str, plain: str) -> Birth | None:
    """A full date, a month or a year; None if `plain` has another shape."""
    guessed = bool(_ABOUT.search(plain))
    plain = _ABOUT.sub("", plain)
    marked, plain = bool(_HIJRI_MARK.search(plain)), _GREGORIAN_MARK.sub("", _HIJRI_MARK.sub("", plain))
    parts = _parts(plain)
    if parts is None:
        return None
    year, month, month_day = parts
    calendar = Calendar.HIJRI if marked or year in _HIJRI_YEARS else Calendar.GREGORIAN
    value = (
        _in_hijri(year, month, month_day)
        if calendar is Calendar.HIJRI
        else _in_gregorian(year, month, month_day)
    )
    if value is None:
        return Birth(given, calendar=calendar, doubt=Doubt.IMPOSSIBLE_DATE)
    return Birth(given, value, guessed or month_day is None, calendar)


def _parts(plain: str) -> tuple[int, int | None, int | None] | None:
    if found := _YEAR_FIRST.fullmatch(plain):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_FIRST.fullmatch(plain):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _YEAR_MONTH.fullmatch(plain):
        return int(found[1]), int(found[2]), None
    return (int(plain), None, None) if _YEAR.fullmatch(plain) else None


def _in_gregorian(year: int, month: int | None, month_day: int | None) -> date | None:
    try:
        month = 12 if month is None else month
        return date(year, month, monthrange(year, month)[1] if month_day is None else month_day)
    except ValueError:  # IllegalMonthError is one
        return None


def _in_hijri(year: int, month: int | None, month_day: int | None) -> date | None:
    """The day in the Umm al-Qura calendar, which is published for the years 1343 to 1500."""
    try:
        month = 12 if month is None else month
        length = Hijri(year, month, 1).month_length() if month_day is None else month_day
        converted = Hijri(year, month, length).to_gregorian()
        return date(converted.year, converted.month, converted.day)
    except (ValueError, OverflowError):
        return None


def _age(given: str, plain: str, on: date) -> Birth | None:
    """An age in years or months, counted back from the day of the form."""
    found = _AGE.fullmatch(_ABOUT.sub("", plain))
    if found is None:
        return None
    count = int(found[1])
    months = (
        count if (found["unit"] or "").casefold().startswith(("month", "أشهر", "اشهر", "شه")) else count * 12
    )
    return Birth(given, _months_before(on, months), approximate=True)


def _months_before(on: date, months: int) -> date | None:
    """The same day `months` earlier, or the month's last day; None before the calendar begins."""
    index = on.year * 12 + on.month - 1 - months
    year, month = divmod(index, 12)
    return None if year < 1 else date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def _plausible(found: Birth, on: date) -> Birth:
    if found.doubt or found.value is None:
        return found if found.doubt else Birth(found.given, doubt=Doubt.TOO_LONG_AGO)
    if (
        found.value > on
        and found.approximate
        and found.value - on < timedelta(days=366)
        and found.value.year == on.year
    ):
        return Birth(found.given, on, True, found.calendar)  # "2026", said in 2026
    if found.value > on:
        return Birth(found.given, calendar=found.calendar, doubt=Doubt.IN_THE_FUTURE)
    if years_between(found.value, on) > OLDEST:
        return Birth(found.given, calendar=found.calendar, doubt=Doubt.TOO_LONG_AGO)
    return found


# -------------------------------------------------------------------------------------------------- documents


def emirates_id(text: str) -> EmiratesId:
    """The number of an Emirates ID: 784 (ISO 3166-1 numeric), year of birth, seven digits, a check digit.

    The check digit is Luhn's (ISO/IEC 7812-1, annex B). A wrong one warns and never blocks: numbers are copied
    by hand, and cards may exist that do not follow the rule.
    """
    given = clean(text, one_line=True)
    number = re.sub(r"[\s\-–—‑./]", "", digits(given))
    if not re.fullmatch(r"784[0-9]{12}", number):
        return EmiratesId(given, given, Doubt.NOT_EMIRATES_ID)
    printed = f"{number[:3]}-{number[3:7]}-{number[7:14]}-{number[14]}"
    return EmiratesId(given, printed, None if luhn(number) else Doubt.CHECK_DIGIT)


def luhn(number: str) -> bool:
    """Whether the last digit of `number` (0-9 only) is its check digit by Luhn's rule."""
    doubled = [int(figure) * (1 + position % 2) for position, figure in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


# ------------------------------------------------------------------------------------------- phones and hours


def phone(text: str) -> Phone:
    """A telephone number as dialled in the Emirates, or from abroad with +; short and toll-free codes too.

    What is no number in use keeps the form it was written in, with a doubt (numbering plan of the
    Telecommunications and Digital Government Regulatory Authority, as kept by libphonenumber).
    """
    given = clean(text, one_line=True)
    plain = digits(given)
    if re.fullmatch(r"[0-9]{3,5}|800[0-9]{2,9}", plain):
        return Phone(
            given, plain
        )  # 999, 800111: emergency, service and toll-free codes have no international form
    try:
        number = phonenumbers.parse(plain, REGION)
    except phonenumbers.NumberParseException:
        return Phone(given, plain, Doubt.UNKNOWN_PHONE)
    if not phonenumbers.is_valid_number(number):
        return Phone(given, plain, Doubt.UNKNOWN_PHONE)
    return Phone(given, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


_CLOCK = r"([01]?[0-9]|2[0-4])(?:[:.]([0-5][0-9]))?"
_FROM_TO = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to|until|إلى|الى|حتى)\s*{_CLOCK}", re.IGNORECASE)
_ANY_TIME = {
    "any",
    "any time",
    "anytime",
    "always",
    "24/7",
    "دائما",
    "دائماً",
    "أي وقت",
    "في أي وقت",
    "كل الأوقات",
}


def hours(text: str | None) -> Hours:
    """Hours in which somebody may be called: "09:00-12:00", "9-12", "any", in any digits."""
    given, plain = clean(text or "", one_line=True), _plain(text)
    if plain.casefold() in _ANY_TIME:
        return Hours(given, at_any_time=True)
    found = _FROM_TO.fullmatch(plain)
    if found is None:
        return Hours(given, doubt=Doubt.UNKNOWN_HOURS if given else None)
    start, end = _time(found[1], found[2]), _time(found[3], found[4])
    return (
        Hours(given, doubt=Doubt.UNKNOWN_HOURS) if start is None or end is None else Hours(given, start, end)
    )


def _time(hour: str, minute: str | None) -> time | None:
    """24:00 is midnight; 24:30 is no time."""
    if int(hour) == 24:
        return None if int(minute or 0) else time(0)
    return time(int(hour), int(minute or 0))
