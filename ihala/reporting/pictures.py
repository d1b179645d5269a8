"""Pictures for managers: how full which kind of unit was, how long families stayed, and for want of what others were
turned away. Counts only: no case, family or house is read, and what rests on fewer than five stays is not told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, Sum
from django.db.models import DurationField as Length
from django.db.models.functions import Greatest, Least
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ihala.core.clock import DUBAI, now, today
from ihala.organisations.models import Actor
from ihala.referrals.enums import DeclineReason, Step
from ihala.referrals.models import StepTaken
from ihala.shelter.enums import ClaimKind, UnitKind
from ihala.shelter.models import Bed, ClaimedBed, Stay

from . import charts
from .rules import SMALL, is_small, told

QUARTERS = 4
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
LENGTHS = (WEEK, MONTH, 3 * MONTH, 6 * MONTH)
FOR_WANT_OF_A_PLACE = (
    DeclineReason.NO_CAPACITY, DeclineReason.BOYS_AGE, DeclineReason.ACCESSIBILITY, DeclineReason.FAMILY_SIZE,
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A chart and the table that says the same."""

    title: str
    about: str
    chart: SafeString
    legend: SafeString | str
    head: list[str]
    rows: list[tuple[str, list[str]]]


def pictures(actor: Actor) -> list[Picture]:
    """The three pictures of the actor's organisation, of the last year."""
    return [occupancy(actor), lengths(actor), refusals(actor)]


def quarters() -> list[tuple[datetime, datetime]]:
    """The last quarters of the calendar up to now, oldest first."""
    day = today().replace(day=1)
    starts: list[date] = []
    while len(starts) < QUARTERS:
        if day.month % 3 == 1:
            starts.insert(0, day)
        day = (day - timedelta(days=1)).replace(day=1)
    bounds = [datetime.combine(start, time(), DUBAI) for start in starts] + [now()]
    return list(pairwise(bounds))


def occupancy(actor: Actor) -> Picture:
    """For each kind of unit and quarter: nights lived in, of the nights its beds were there."""
    spans = quarters()
    names = [f"{start.year} · {(start.month + 2) // 3}" for start, _end in spans]
    kinds = [
        kind
        for kind in UnitKind
        if Bed.objects.filter(organisation=actor.organisation_id, unit__kind=kind).exists()
    ]
    columns = [_shares(actor, start, end) for start, end in spans]
    bars = [[_share_bar(names[n], columns[n].get(kind.value)) for n in range(len(spans))] for kind in kinds]
    title = _("How full the beds were, by kind of unit and quarter")
    about = _("Nights lived in, of all nights of the beds. What rests on fewer than five stays is not told.")
    return Picture(
        title, about, charts.standing("occupancy", title, about, names, bars),
        charts.legend([str(kind.label) for kind in kinds]), [_("Kind of unit"), *names],
        [(str(kind.label), [bar.words for bar in row]) for kind, row in zip(kinds, bars, strict=True)],
    )  # fmt: skip


def _share_bar(name: str, share: float | None) -> charts.Bar:
    if share is None:
        return charts.Bar(name, None, "—")
    return charts.Bar(name, min(1.0, share), f"{round(100 * share)}%")


def _shares(actor: Actor, start: datetime, end: datetime) -> dict[str, float | None]:
    """By kind of unit the share of nights lived in; None where too few stays stand behind it. Two queries."""
    length = ExpressionWrapper(
        Least(F("ends_at"), end) - Greatest(F("starts_at"), start), output_field=Length()
    )
    lived = ClaimedBed.objects.filter(
        organisation=actor.organisation_id, claim__kind=ClaimKind.STAY, ends_at__gt=start, starts_at__lt=end
    ).values(of=F("unit__kind"))
    nights = {
        row["of"]: row for row in lived.annotate(sum=Sum(length), stays=Count("claim__stay", distinct=True))
    }
    there = ExpressionWrapper(end - Greatest(F("created_at"), start), output_field=Length())
    beds = Bed.objects.filter(organisation=actor.organisation_id, created_at__lt=end).values(
        of=F("unit__kind")
    )
    found: dict[str, float | None] = {}
    for row in beds.annotate(sum=Sum(there)):
        of_kind = nights.get(row["of"])
        few = of_kind is not None and is_small(of_kind["stays"])
        found[row["of"]] = None if few else (of_kind["sum"] / row["sum"] if of_kind else 0.0)
    return found


def lengths(actor: Actor) -> Picture:
    """How long those who departed within a year had stayed."""
    stays = Stay.objects.filter(
        organisation=actor.organisation_id, departed_at__gte=now() - timedelta(days=365)
    )
    counts = [0] * (len(LENGTHS) + 1)
    for arrived, departed in stays.values_list("arrived_at", "departed_at"):
        counts[sum(departed - arrived > length for length in LENGTHS)] += 1  # type: ignore[operator]
    labels = [
        _("up to a week"),
        _("up to a month"),
        _("up to three months"),
        _("up to six months"),
        _("longer"),
    ]
    title, about = _("How long families stayed"), _("Stays that ended within the last year.")
    return _counted("lengths", title, about, _("Length of stay"), list(zip(labels, counts, strict=True)))


def refusals(actor: Actor) -> Picture:
    """Why this organisation turned referrals away within a year; want of a place is marked."""
    declined = StepTaken.objects.filter(
        organisation=actor.organisation_id, step=Step.CONFIRM_DECLINE, at__gte=now() - timedelta(days=365)
    )
    numbers = dict(declined.values_list("reason").annotate(number=Count("referral", distinct=True)))
    reasons = [*FOR_WANT_OF_A_PLACE, *(one for one in DeclineReason if one not in FOR_WANT_OF_A_PLACE)]
    rows = [(str(reason.label), numbers.get(reason.value, 0)) for reason in reasons]
    marked = [reason in FOR_WANT_OF_A_PLACE for reason in reasons]
    title = _("Why referrals were turned away")
    about = _(
        "Confirmed declines within the last year. The first four are for want of a place: what to build next."
    )
    return _counted("refusals", title, about, _("Reason"), rows, marked)


def _counted(
    name: str, title: str, about: str, head: str, rows: Sequence[tuple[str, int]], marked: Sequence[bool] = ()
) -> Picture:
    """Counts as lying bars; small ones are drawn alike, whatever they are."""
    most = max([SMALL, *(number for _label, number in rows)])
    bars = [
        charts.Bar(label, None if is_small(number) else number / most, told(number)) for label, number in rows
    ]
    table: list[tuple[str, list[str]]] = [(label, [told(number)]) for label, number in rows]
    return Picture(
        title, about, charts.lying(name, title, about, bars, marked), "", [head, _("How many")], table
    )


def context(actor: Actor) -> dict[str, Any]:
    """For the page."""
    return {"pictures": pictures(actor)}
