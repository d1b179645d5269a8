"""What holds between organisations: which terms are in force, when an organisation works, who is on duty.

It queries and never writes. `why_not_*` functions say why something may not be done now; None if nothing stands in
the way.
"""

from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from ihala.accounts.roles import Role
from ihala.core.clock import now
from ihala.core.worktime import WorkCalendar

from .models import Agreement, Calendar, DutyShift, Holiday, Membership, Organisation, Terms
from .terms import TermsView, read_terms

__all__ = ["TermsView", "active_terms", "calendar_of", "on_duty", "partners", "terms_of", "view"]


def view(terms: Terms) -> TermsView:
    """The typed reading of a version (its agreement is loaded or costs one query)."""
    parties = (terms.agreement.a_id, terms.agreement.b_id)
    return read_terms(terms.data, parties, id=terms.pk, version=terms.version)


def active_terms(one: int, other: int) -> TermsView | None:
    """The terms in force between two organisations (ids, in either order); None without. One query."""
    found = Terms.objects.select_related("agreement").filter(
        agreement__a=min(one, other), agreement__b=max(one, other), active_from__isnull=False, ended_at=None
    )
    terms = found.first()
    return None if terms is None else view(terms)


def terms_of(terms_id: int | None) -> TermsView | None:
    """The version a referral has pinned, in force or ended; None for None. One query."""
    if terms_id is None:
        return None
    return view(Terms.objects.select_related("agreement").get(pk=terms_id))


def calendar_of(organisation_id: int) -> WorkCalendar:
    """When the organisation works; the usual week if it is not known. One query."""
    holidays = Holiday.objects.filter(organisation=OuterRef("organisation_id")).order_by("on").values("on")
    found = (
        Calendar.objects.filter(organisation=organisation_id)
        .annotate(free_days=ArraySubquery(holidays))
        .first()
    )
    if found is None:
        return WorkCalendar()
    return WorkCalendar(found.opens, found.closes, frozenset(found.weekend), frozenset(found.free_days))


class OnDuty(NamedTuple):
    """Who answers now. `by_rota` is False when no shift is entered and all duty officers stand in."""

    members: list[Membership]
    by_rota: bool


def on_duty(organisation_id: int, at: datetime | None = None) -> OnDuty:
    """Who answers for the organisation at the moment: whoever has a shift, else every active duty officer."""
    at = at or now()
    shifts = DutyShift.objects.filter(organisation=organisation_id, starts_at__lte=at, ends_at__gt=at)
    active = Membership.objects.filter(organisation=organisation_id, active=True).order_by("id")
    members = list(active.filter(pk__in=shifts.values("membership")))
    if members:
        return OnDuty(members, by_rota=True)
    return OnDuty(list(active.filter(roles__contains=[Role.DUTY_OFFICER])), by_rota=False)


def partners(organisation_id: int) -> QuerySet[Organisation]:
    """The organisations with which terms are in force, in the order they were made."""
    in_force = Terms.objects.filter(active_from__isnull=False, ended_at=None).values("agreement")
    mine = Agreement.objects.filter(Q(a=organisation_id) | Q(b=organisation_id), pk__in=in_force)
    ends = mine.values("a").union(mine.values("b"))
    return Organisation.objects.filter(pk__in=ends, is_active=True).exclude(pk=organisation_id).order_by("id")
