"""When an organisation works, and who answers its inbox when."""

from collections.abc import Collection
from datetime import date, datetime, time

from django.db import IntegrityError, transaction

from ihala.accounts.roles import Permission
from ihala.audit.enums import EventName

from .. import refusals, rules
from ..models import Actor, Calendar, DutyShift, Holiday, Membership
from .log import recorded, refuse_if

CHANGED = EventName.ORGANISATION_CHANGED


def set_calendar(*, opens: time, closes: time, weekend: Collection[int], by: Actor) -> Calendar:
    """Office hours and weekend of the actor's organisation; `weekend` by Python's numbers, Monday = 0."""
    days = sorted(set(weekend) & set(range(7)))
    refuse_if(_why_not_calendar(by), by, CHANGED)
    refuse_if(refusals.BAD_HOURS if closes <= opens else None, by, CHANGED)
    refuse_if(refusals.NO_WORKING_DAY if len(days) == 7 else None, by, CHANGED)
    calendar, _made = Calendar.objects.update_or_create(
        organisation_id=by.organisation_id, defaults={"opens": opens, "closes": closes, "weekend": days}
    )
    recorded(
        by,
        CHANGED,
        what="calendar",
        opens=opens.hour,
        closes=closes.hour,
        weekend=days,
    )
    return calendar


def add_holiday(*, on: date, name_ar: str, name_en: str, by: Actor) -> Holiday:
    """A whole day without work."""
    refuse_if(_why_not_calendar(by), by, CHANGED)
    names = {"name_ar": name_ar or name_en, "name_en": name_en or name_ar}
    holiday, made = Holiday.objects.get_or_create(organisation_id=by.organisation_id, on=on, defaults=names)
    refuse_if(None if made else refusals.HOLIDAY_TAKEN, by, CHANGED)
    recorded(by, CHANGED, what="holiday_added", on=on)
    return holiday


def remove_holiday(holiday: Holiday, *, by: Actor) -> None:
    """The day is worked after all."""
    refuse_if(_why_not_calendar(by), by, CHANGED)
    refuse_if(
        refusals.NOT_VISIBLE if holiday.organisation_id != by.organisation_id else None,
        by,
        CHANGED,
    )
    recorded(by, CHANGED, what="holiday_removed", on=holiday.on)
    holiday.delete()


def add_shift(membership: Membership, *, starts_at: datetime, ends_at: datetime, by: Actor) -> DutyShift:
    """Put a member on duty; two shifts of one person never overlap."""
    refuse_if(rules.why_not_shift(membership, starts_at, ends_at, by), by, CHANGED)
    shift = DutyShift(
        organisation_id=by.organisation_id, membership=membership, starts_at=starts_at, ends_at=ends_at
    )
    try:
        with transaction.atomic():
            shift.save(force_insert=True)
    except IntegrityError:
        refuse_if(refusals.SHIFT_OVERLAPS, by, CHANGED)
    recorded(
        by,
        CHANGED,
        what="shift_added",
        member=membership.pk,
        starts=starts_at,
        ends=ends_at,
    )
    return shift


def remove_shift(shift: DutyShift, *, by: Actor) -> None:
    """Take a shift off the rota."""
    allowed = by.has(Permission.MANAGE_ROTA)
    refuse_if(None if allowed else refusals.NOT_PERMITTED, by, CHANGED)
    refuse_if(
        refusals.NOT_VISIBLE if shift.organisation_id != by.organisation_id else None,
        by,
        CHANGED,
    )
    recorded(
        by,
        CHANGED,
        what="shift_removed",
        member=shift.membership_id,
        starts=shift.starts_at,
    )
    shift.delete()


def _why_not_calendar(by: Actor) -> refusals.Refusal | None:
    return None if by.has(Permission.MANAGE_CALENDAR) else refusals.NOT_PERMITTED
