"""Unusual looking: what a data protection officer should ask about, found in the log of readings.

Four signs. Somebody opened several times more than they usually do in a day; somebody opened content outside of office
hours without being on duty; somebody opened many cases and did nothing in them; many people opened the same case. Each
is a question and no verdict: the officer sees the readings behind it and asks the person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, TextChoices
from django.db.models.functions import Coalesce, TruncMinute
from django.utils.translation import gettext_lazy as _

from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.core.clock import DUBAI, now
from ihala.core.worktime import WorkCalendar
from ihala.organisations.models import Actor, DutyShift
from ihala.organisations.rules import calendar_of
from ihala.referrals.models import ReferralSide

PERIOD, HABIT = timedelta(days=7), timedelta(days=28)
USUAL, TIMES, AT_LEAST = 4, 3, 12
"""Without a habit of one's own four cases a day count as usual; three times the habit is told, from twelve on."""
IDLE = 6
MANY = 5


class Sign(TextChoices):
    """What is unusual."""

    VOLUME = "volume", _("Opened far more than usual")
    HOURS = "hours", _("Opened outside of office hours and off duty")
    IDLE = "idle", _("Opened and did nothing there")
    MANY = "many", _("Opened by many people")


@dataclass(frozen=True)
class Reading:
    """Somebody opened content of a case (or of a referral without a case of ours), in a minute."""

    member: int
    about: UUID
    at: datetime

    @property
    def day(self) -> date:
        """The day in Dubai."""
        return self.at.astimezone(DUBAI).date()


@dataclass(frozen=True)
class Finding:
    """One sign: who (None: several), about what (None: several), from when to when, and how often."""

    sign: Sign
    count: int
    first: date
    last: date
    member: int | None = None
    about: UUID | None = None
    usual: int = 0


def unusual(actor: Actor) -> list[Finding]:
    """The signs of the last seven days in the actor's organisation, the newest first. Five queries."""
    cases = dict(
        ReferralSide.objects.filter(organisation_id=actor.organisation_id, case__isnull=False).values_list(
            "referral_id", "case_id"
        )
    )
    since = now() - PERIOD
    readings = list(_readings(actor, since - HABIT, cases))
    recent = [one for one in readings if one.at >= since]
    found = [
        *_volume(readings, since),
        *_hours(recent, calendar_of(actor.organisation_id), _shifts(actor, since)),
        *_idle(recent, _stepped(actor, since - HABIT, cases)),
        *_many(recent),
    ]
    return sorted(found, key=lambda one: (one.last, one.count), reverse=True)


def _of_organisation(actor: Actor, since: datetime) -> "QuerySet[Any]":
    own = Event.objects.filter(
        organisation_id=actor.organisation_id, at__gte=since, membership_id__isnull=False
    )
    return own.annotate(about=Coalesce("case_id", "referral_id")).filter(about__isnull=False)


def _readings(actor: Actor, since: datetime, cases: dict[UUID, UUID]) -> Iterator[Reading]:
    opened = _of_organisation(actor, since).filter(name=EventName.SEALED_OPENED, refusal="")
    rows = (
        opened.annotate(minute=TruncMinute("at")).values_list("membership_id", "about", "minute").distinct()
    )
    for member, about, minute in rows:
        yield Reading(member, cases.get(about, about), minute)


def _stepped(actor: Actor, since: datetime, cases: dict[UUID, UUID]) -> set[tuple[int, UUID]]:
    """Who did something, and in which case: any event but a reading."""
    done = _of_organisation(actor, since).exclude(name__startswith="sealed.")
    return {
        (member, cases.get(about, about))
        for member, about in done.values_list("membership_id", "about").distinct()
    }


def _shifts(actor: Actor, since: datetime) -> list[Any]:
    shifts = DutyShift.objects.filter(organisation_id=actor.organisation_id, ends_at__gte=since)
    return list(shifts.values_list("membership_id", "starts_at", "ends_at"))


def _volume(readings: Iterable[Reading], since: datetime) -> Iterator[Finding]:
    opened: dict[int, dict[date, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    for one in readings:
        opened[one.member][one.day].add(one.about)
    first = since.astimezone(DUBAI).date()
    for member, days in opened.items():
        before = [len(about) for day, about in days.items() if day < first]
        usual = round(median(before)) if len(before) > 2 else USUAL
        for day, about in days.items():
            if day >= first and len(about) >= max(AT_LEAST, TIMES * usual):
                yield Finding(Sign.VOLUME, len(about), day, day, member=member, usual=usual)


def _hours(recent: Iterable[Reading], calendar: WorkCalendar, shifts: Collection[Any]) -> Iterator[Finding]:
    strange: dict[tuple[int, date], set[UUID]] = defaultdict(set)
    for one in recent:
        on_duty = any(member == one.member and begins <= one.at < ends for member, begins, ends in shifts)
        if not on_duty and not _in_office_hours(one.at, calendar):
            strange[one.member, one.day].add(one.about)
    for (member, day), about in strange.items():
        yield Finding(Sign.HOURS, len(about), day, day, member=member)


def _in_office_hours(at: datetime, calendar: WorkCalendar) -> bool:
    here = at.astimezone(calendar.zone)
    return calendar.works_on(here.date()) and calendar.opens <= here.time() < calendar.closes


def _idle(recent: Iterable[Reading], stepped: set[tuple[int, UUID]]) -> Iterator[Finding]:
    idle: dict[int, dict[UUID, list[date]]] = defaultdict(lambda: defaultdict(list))
    for one in recent:
        if (one.member, one.about) not in stepped:
            idle[one.member][one.about].append(one.day)
    for member, about in idle.items():
        if len(about) >= IDLE:
            days = [day for of_case in about.values() for day in of_case]
            yield Finding(Sign.IDLE, len(about), min(days), max(days), member=member)


def _many(recent: Iterable[Reading]) -> Iterator[Finding]:
    people: dict[UUID, dict[int, list[date]]] = defaultdict(lambda: defaultdict(list))
    for one in recent:
        people[one.about][one.member].append(one.day)
    for about, members in people.items():
        if len(members) >= MANY:
            days = [day for of_member in members.values() for day in of_member]
            yield Finding(Sign.MANY, len(members), min(days), max(days), about=about)
