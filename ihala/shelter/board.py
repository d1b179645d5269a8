"""The board: one row per bed, one column per day, as few cells as there are changes.

A day's cell shows who has the bed when that day ends; today's shows who has it now, so that today's column is the
house as it is. A stay whose planned day has passed goes on: it is drawn as a stay without a plan, never as free.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ihala.core import text
from ihala.core.clock import DUBAI, now, today

from . import rules
from .enums import ClaimKind, UnitKind, VoidReason
from .models import Bed, ClaimedBed
from .naming import isolated, named_bed, unit_in_words

LENGTHS = (7, 14, 30, 60)
FREE = "free"


class Taken(NamedTuple):
    """One claim of a bed as the board reads it."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    family: UUID | None
    reason: str | None
    planned: date | None


@dataclass(frozen=True)
class Segment:
    """Consecutive days of one bed that look alike: from the day number `first` up to and with `last`."""

    first: int
    last: int
    look: str
    taken: Taken | None = None

    @property
    def span(self) -> int:
        """How many days."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Row:
    """One bed: what it is called, and its cells."""

    bed: SafeString
    cells: list[SafeString]


@dataclass(frozen=True)
class UnitRows:
    """A unit with its beds."""

    name: SafeString
    url: str
    words: str
    rows: list[Row]


@dataclass(frozen=True)
class Board:
    """Everything the page shows."""

    days: list[date]
    units: list[UnitRows]
    beds: int


def board(
    actor: Any,
    first: date,
    days: int,
    *,
    house: UUID | None = None,
    references: Mapping[UUID, str] | None = None,
) -> Board:
    """The beds of the organisation (or of one house) from a day on. Three queries, whatever the number of beds."""
    shown = [first + timedelta(days=n) for n in range(days)]
    moments = moments_of(shown)
    beds = Bed.objects.filter(organisation=actor.organisation_id)
    beds = beds.filter(unit__house=house) if house else beds
    listed = beds.order_by("unit__house__code", "unit__code", "unit_id", "kind", "code").values_list(
        "pk", "code", "kind", "unit__key", "unit__code", "unit__house__code", "unit__kind", "unit__wheelchair",
        "unit__shared",
    )  # fmt: skip
    claims = claims_of(actor.organisation_id, moments)
    if references is None:
        families = {taken.family for several in claims.values() for taken in several if taken.family}
        references = rules.references_of(families, actor)
    units: dict[UUID, UnitRows] = {}
    count = 0
    for pk, code, kind, key, unit, house_code, unit_kind, wheelchair, shared in listed:
        if key not in units:
            url = reverse("shelter:unit", args=[key])
            units[key] = UnitRows(
                unit_in_words(house_code, unit), url, unit_words(unit_kind, wheelchair, shared), []
            )
        segments = segments_of(claims.get(pk, ()), moments, shown)
        cells = [cell(one, units[key].url, references, shown) for one in segments]
        units[key].rows.append(Row(named_bed(kind, code), cells))
        count += 1
    return Board(shown, list(units.values()), count)


def moments_of(days: Sequence[date]) -> list[datetime]:
    """For each day the moment its cell shows: its end, and for today now."""
    here = today()
    return [
        now()
        if day == here
        else datetime.combine(day + timedelta(days=1), time(), DUBAI) - timedelta(seconds=1)
        for day in days
    ]


def claims_of(organisation: int, moments: Sequence[datetime]) -> dict[int, list[Taken]]:
    """By bed, what takes it in that time, in order. One query, over the indexes by end: the past does not slow it.

    A claim's period is that of its beds; it is asked for in both tables, or the planner, which expects far more rows of
    the future than there are, reads all claims there ever were.
    """
    found: dict[int, list[Taken]] = {}
    rows = (
        ClaimedBed.objects.filter(
            organisation=organisation, claim__organisation=organisation, ends_at__gt=moments[0],
            claim__ends_at__gt=moments[0], starts_at__lte=moments[-1],
        )
        .order_by("starts_at", "id")
        .values_list(
            "bed_id", "starts_at", "ends_at", "claim__kind", "claim__family", "claim__void__reason",
            "claim__stay__planned_until",
        )
    )  # fmt: skip
    for row in rows:
        found.setdefault(row[0], []).append(Taken._make(row[1:]))
    return found


def segments_of(
    claims: Sequence[Taken], moments: Sequence[datetime], days: Sequence[date]
) -> Iterator[Segment]:
    """A bed's row from the first day to the last, without a gap."""
    at = 0
    for taken in claims:
        first = max(at, bisect_left(moments, taken.starts_at))
        last = bisect_left(moments, taken.ends_at) - 1
        if last < first:
            continue
        if first > at:
            yield Segment(at, first - 1, FREE)
        planned = planned_through(taken, first, last, days)
        if planned >= first:
            yield Segment(first, planned, taken.kind, taken)
        if planned < last:
            yield Segment(max(first, planned + 1), last, "open", taken)
        at = last + 1
    if at < len(moments):
        yield Segment(at, len(moments) - 1, FREE)


def planned_through(taken: Taken, first: int, last: int, days: Sequence[date]) -> int:
    """The last day of a stay that was planned; what has no plan is planned for today only."""
    if taken.kind != ClaimKind.STAY:
        return last
    return min(last, bisect_left(days, taken.planned or today() + timedelta(days=1)) - 1)


def cell(segment: Segment, unit_url: str, references: Mapping[UUID, str], days: Sequence[date]) -> SafeString:
    """One cell: a link, words, and for readers of the screen from when until when. In a cell of one day stand the last
    letters of a reference: more would be cut off."""
    taken = segment.taken
    dates = span_words(days[segment.first], days[segment.last])
    if taken is None:
        return format_html(
            '<td colspan="{}" class="free"><a href="{}"><span class="sr">{} {}</span></a></td>',
            segment.span, unit_url, free_word(), dates,
        )  # fmt: skip
    reference = references.get(taken.family) if taken.family else None
    short = segment.span == 1
    words = (
        isolated(reference[-4:] if short else reference)
        if reference
        else look_words(segment.look, taken.reason)
    )
    spoken = isolated(reference) if reference and short else ""
    sr = (
        format_html("{} {} {}", look_words(segment.look, taken.reason), spoken, dates) if reference else dates
    )
    url = reverse("shelter:family", args=[reference]) if reference else unit_url
    return format_html(
        '<td colspan="{}" class="{}"><a href="{}">{}<span class="sr"> {}</span></a></td>',
        segment.span, f"{segment.look} short" if short else segment.look, url, words, sr,
    )  # fmt: skip


def free_word() -> str:
    """What a free bed is called."""
    return _("Free")


def look_words(look: str, reason: str | None) -> str:
    """What takes the bed, in words: colour never speaks alone."""
    if reason:
        return str(VoidReason(reason).label)
    return {"hold": _("Held"), "stay": _("Lives here"), "open": _("Lives here, no planned day")}[look]


@lru_cache(maxsize=2048)
def _day(arabic: bool, day: date) -> str:
    return text.day(day)


def span_words(first: date, last: date) -> str:
    """ "5 March 2026" or "5 March 2026 – 9 March 2026"."""
    one, two = _day(text.is_arabic(), first), _day(text.is_arabic(), last)
    return one if first == last else f"{one} – {two}"


def unit_words(kind: str, wheelchair: bool, shared: bool) -> str:
    """A unit in a few words."""
    words = [str(UnitKind(kind).label)]
    if wheelchair:
        words.append(_("wheelchair"))
    if shared and kind != UnitKind.SHARED_ROOM:
        words.append(_("shared"))
    return " · ".join(words)
