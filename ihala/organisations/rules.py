"""What holds between organisations: which terms are in force, when an organisation works, who is on duty.

It queries and never writes. The `why_not_…` functions say why something may not be done now; None if nothing stands
in the way.
"""

import json
import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, TextField, prefetch_related_objects
from django.db.models.functions import Cast

from ihala.accounts.models import User
from ihala.accounts.roles import Permission, Role, permissions_of
from ihala.core.acting import at_the_door
from ihala.core.clock import now
from ihala.core.refusal import Refusal
from ihala.core.worktime import WorkCalendar

from . import refusals
from .enums import TermsStatus
from .models import (
    Actor,
    Agreement,
    Calendar,
    DutyShift,
    Holiday,
    Membership,
    Organisation,
    SecondFactorReset,
    Telephones,
    Terms,
)
from .telephones import LINES
from .terms import InvalidTerms, TermsView, read_terms

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
LONGEST_SHIFT = timedelta(hours=48)
CASE_CONTENT = frozenset({Permission.READ_CASE, Permission.WRITE_CASE})

__all__ = ["TermsView", "active_terms", "calendar_of", "lines", "on_duty", "partners", "terms_of", "view"]


# ── Terms ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def view(terms: Terms) -> TermsView:
    """The typed reading of a version (its agreement is loaded or costs one query)."""
    parties = (terms.agreement.a_id, terms.agreement.b_id)
    text = getattr(terms, "text", None) or json.dumps(terms.data, sort_keys=True)
    return _read(text, parties, terms.pk, terms.version)


def as_text(versions: QuerySet[Terms]) -> QuerySet[Terms]:
    """The same versions for `view` alone: their data comes as the text it is, which is taken apart once per process."""
    return versions.defer("data").annotate(text=Cast("data", TextField()))


@lru_cache(maxsize=1024)
def _read(data: str, parties: tuple[int, int], key: int, version: int) -> TermsView:
    """The same text reads the same; each version is read once per process."""
    return read_terms(json.loads(data), parties, id=key, version=version)


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


def partners(organisation_id: int) -> QuerySet[Organisation]:
    """The organisations with which terms are in force, in the order they were made."""
    in_force = Terms.objects.filter(active_from__isnull=False, ended_at=None).values("agreement")
    mine = Agreement.objects.filter(Q(a=organisation_id) | Q(b=organisation_id), pk__in=in_force)
    ends = mine.values("a").union(mine.values("b"))
    return Organisation.objects.filter(pk__in=ends, is_active=True).exclude(pk=organisation_id).order_by("id")


def waiting_for_signature(actor: Actor) -> QuerySet[Terms]:
    """Proposals of other organisations that wait for this actor's signature; nothing if the role does not sign."""
    if not actor.has(Permission.SIGN_AGREEMENT):
        return Terms.objects.none()
    open_ones = Terms.objects.filter(active_from=None, ended_at=None)
    return open_ones.exclude(proposed_by=actor.organisation_id).order_by("proposed_at")


RESET_WAITS_FOR = timedelta(hours=24)


def resets_waiting(actor: Actor) -> QuerySet[SecondFactorReset]:
    """Resets of a second factor that wait for this actor."""
    mine = SecondFactorReset.objects.filter(organisation=actor.organisation_id, done_at=None)
    if not actor.has(Permission.CONFIRM_RESET):
        return mine.none()
    fresh = mine.filter(asked_at__gt=now() - RESET_WAITS_FOR)
    others = fresh.exclude(asked_by=actor.membership_id).exclude(membership=actor.membership_id)
    return others.select_related("membership", "asked_by").order_by("asked_at")


def why_not_ask_reset(membership: Membership, has_one: bool, actor: Actor) -> Refusal | None:
    """An administrator asks, for somebody else who works here and has a second factor."""
    if refusal := why_not_change(membership, actor):
        return refusal
    if not membership.active:
        return refusals.NOT_ACTIVE
    waiting = SecondFactorReset.objects.filter(
        membership=membership, done_at=None, asked_at__gt=now() - RESET_WAITS_FOR
    )
    if waiting.exists():
        return refusals.RESET_WAITS
    return None if has_one else refusals.NO_SECOND_FACTOR


def why_not_carry_out_reset(reset: SecondFactorReset, actor: Actor) -> Refusal | None:
    """A second person carries it out, within a day."""
    if not actor.has(Permission.CONFIRM_RESET):
        return refusals.NOT_PERMITTED
    if actor.membership_id in (reset.asked_by_id, reset.membership_id):
        return refusals.RESET_YOURS
    over = reset.done_at is not None or now() > reset.asked_at + RESET_WAITS_FOR
    return refusals.RESET_OVER if over else None


def why_not_propose(other: Organisation, data: object, actor: Actor) -> Refusal | None:
    """May the actor propose these terms to the other organisation?"""
    if not actor.has(Permission.PROPOSE_AGREEMENT):
        return refusals.NOT_PERMITTED
    if other.pk == actor.organisation_id or not other.is_active:
        return refusals.NO_PARTNER
    pair = sorted((actor.organisation_id, other.pk))
    try:
        read_terms(data, (pair[0], pair[1]))
    except InvalidTerms as error:
        return refusals.invalid_terms([path for path, _message in error.problems])
    waiting = Terms.objects.filter(
        agreement__a=pair[0], agreement__b=pair[1], active_from=None, ended_at=None
    )
    return refusals.PROPOSAL_WAITS if waiting.exists() else None


def why_not_countersign(terms: Terms, actor: Actor) -> Refusal | None:
    """The other side's director or supervisor countersigns; never the proposer's organisation, never twice."""
    if refusal := why_not_withdraw(terms, actor):
        return refusal
    return refusals.OWN_PROPOSAL if terms.proposed_by_id == actor.organisation_id else None


def why_not_withdraw(terms: Terms, actor: Actor) -> Refusal | None:
    """Either party may take a waiting proposal back or refuse it."""
    if not actor.has(Permission.SIGN_AGREEMENT):
        return refusals.NOT_PERMITTED
    return None if terms.status == TermsStatus.PROPOSED else refusals.NOT_PROPOSED


def why_not_end(terms: Terms | None, actor: Actor) -> Refusal | None:
    """Either party may end what is in force."""
    if not actor.has(Permission.SIGN_AGREEMENT):
        return refusals.NOT_PERMITTED
    return None if terms is not None and terms.status == TermsStatus.ACTIVE else refusals.NOTHING_ACTIVE


# ── Working time, duty and telephones ──────────────────────────────────────────────────────────────────────────


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


def can_answer(organisation_id: int) -> QuerySet[Membership]:
    """Members who may be put on the rota."""
    answering = [role.value for role in Role if Permission.ANSWER_INBOX in permissions_of({role})]
    return Membership.objects.filter(
        organisation=organisation_id, active=True, roles__overlap=answering
    ).order_by("id")


def why_not_shift(
    membership: Membership, starts_at: datetime, ends_at: datetime, actor: Actor
) -> Refusal | None:
    """May the actor put this member on duty then?"""
    if not actor.has(Permission.MANAGE_ROTA):
        return refusals.NOT_PERMITTED
    if membership.organisation_id != actor.organisation_id:
        return refusals.NOT_VISIBLE
    if Permission.ANSWER_INBOX not in permissions_of({Role(role) for role in membership.roles}):
        return refusals.CANNOT_ANSWER
    if ends_at <= starts_at:
        return refusals.SHIFT_BACKWARDS
    return refusals.SHIFT_TOO_LONG if ends_at - starts_at > LONGEST_SHIFT else None


def why_not_telephones(actor: Actor) -> Refusal | None:
    """Administrators enter the lines of their own organisation; the system does when an organisation is made."""
    return None if actor.system or actor.has(Permission.MANAGE_TELEPHONES) else refusals.NOT_PERMITTED


def lines(organisation: Organisation) -> list[dict[str, Any]]:
    """What to dial, the line that is answered round the clock first, as `components/telephones.html` takes it.

    Empty where none is told, or is not this reader's to know. One query if they were not selected along.
    """
    kept = told(organisation)
    if kept is None:
        return []
    both = ((LINES["duty"], kept.duty), (LINES["supervisor"], kept.supervisor))
    return [{"label": label, "number": number} for label, number in both if number]


def with_lines(organisations: Iterable[Organisation]) -> list[Organisation]:
    """The same organisations with their lines, in one query for all of them."""
    found = list(organisations)
    prefetch_related_objects(found, "telephones")
    return found


def told(organisation: Organisation) -> Telephones | None:
    """The lines of the organisation, if they are entered and the reader may know them."""
    return getattr(organisation, "telephones", None)


# ── Staff ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def why_not_manage(actor: Actor) -> Refusal | None:
    """Administrators manage the staff; the system does when an organisation is made."""
    return None if actor.system or actor.has(Permission.MANAGE_STAFF) else refusals.NOT_PERMITTED


def why_not_roles(roles: Collection[Role]) -> Refusal | None:
    """At least one role, and an administrator holds no role that sees cases."""
    if not roles:
        return refusals.NO_ROLE
    apart = Role.ADMINISTRATOR in roles and permissions_of(frozenset(roles)) & CASE_CONTENT
    return refusals.ROLES_APART if apart else None


def why_not_add(
    username: str, roles: Collection[Role], names: tuple[str, str], actor: Actor
) -> Refusal | None:
    """May the actor add a person of this name with these roles?"""
    if refusal := why_not_manage(actor) or why_not_roles(roles):
        return refusal
    if not any(names):
        return refusals.NAMES_NEEDED
    return None if USERNAME.fullmatch(username) else refusals.BAD_USERNAME


def why_not_change(membership: Membership, actor: Actor) -> Refusal | None:
    """May the actor change this member? Nobody changes themselves."""
    if refusal := why_not_manage(actor):
        return refusal
    if membership.organisation_id != actor.organisation_id:
        return refusals.NOT_VISIBLE
    return refusals.YOURSELF if membership.pk == actor.membership_id else None


def staff_member(username: str) -> Actor | None:
    """The active staff member of this user name, for the command line, where nobody signs in."""
    with at_the_door():
        user = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if user is None:
        return None
    with at_the_door(user.pk):
        found = Membership.objects.select_related("user", "organisation").filter(
            user=user, active=True, organisation__is_active=True
        )
        membership = found.first()
        return None if membership is None else actor_of(membership)


def actor_of(membership: Membership) -> Actor:
    """The actor a membership makes; user and organisation are loaded."""
    return Actor(
        user_id=membership.user_id,
        membership_id=membership.pk,
        organisation_id=membership.organisation_id,
        roles=frozenset(Role(role) for role in membership.roles),
        name_ar=membership.name_ar,
        name_en=membership.name_en,
        organisation_ar=membership.organisation.name_ar,
        organisation_en=membership.organisation.name_en,
        username=membership.user.username,
    )
