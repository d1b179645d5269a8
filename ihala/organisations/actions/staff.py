"""Organisations and who works for them.

Making an organisation is an act of the installation, not of anybody who signs in: it goes through a door of its own,
and what follows is done by the new organisation's system actor.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify

from ihala.accounts.models import User
from ihala.accounts.roles import Role
from ihala.audit.enums import EventName
from ihala.core.acting import acting, at_the_door
from ihala.core.clock import now
from ihala.vault import actions as vault

from .. import refusals, rules
from ..enums import Emirate
from ..models import Actor, Calendar, Membership, Organisation
from .log import recorded, refuse_if, refused

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that are mistaken for one another when read out."""


@dataclass(frozen=True)
class NewPassword:
    """A member and the password to tell them: shown once, stored nowhere, to be changed at the first sign-in."""

    membership: Membership
    password: str = field(repr=False)


def create_organisation(*, code: str, name_ar: str, name_en: str, emirate: Emirate) -> Organisation:
    """A new organisation with its calendar and its keys (system action: installation, demo, tests)."""
    with _installing():
        organisation = Organisation.objects.create(
            code=slugify(code), name_ar=name_ar, name_en=name_en, emirate=emirate, created_at=now()
        )
    system = Actor.system_of(organisation.pk)
    with acting(system):
        Calendar.objects.create(organisation=organisation)
        key = vault.create_organisation_key(organisation.pk)
        recorded(system, EventName.ORGANISATION_CHANGED, what="created")
        recorded(system, EventName.KEY_CREATED, version=key.version, fingerprint=key.fingerprint)
    return organisation


def add_member(
    *,
    username: str,
    roles: Iterable[Role],
    name_ar: str,
    name_en: str,
    by: Actor,
    email: str = "",
    password: str | None = None,
) -> NewPassword:
    """A new person of the actor's organisation. Without `password` a one-time password is made."""
    username, given = username.strip().lower(), tuple(dict.fromkeys(roles))
    refuse_if(rules.why_not_add(username, given, (name_ar, name_en), by), by, EventName.MEMBERSHIP_ADDED)
    told = password or _one_time_password()
    with at_the_door():
        taken = User.objects.filter(username=username).exists()
        user = None if taken else _new_user(username, email, told, one_time=password is None)
    if user is None:
        raise refused(refusals.USERNAME_TAKEN, by, EventName.MEMBERSHIP_ADDED)
    membership = Membership.objects.create(
        user=user,
        organisation_id=by.organisation_id,
        roles=[role.value for role in given],
        name_ar=name_ar or name_en,
        name_en=name_en or name_ar,
        created_at=now(),
    )
    recorded(by, EventName.MEMBERSHIP_ADDED, member=membership.pk, roles=list(membership.roles))
    return NewPassword(membership, told)


def change_roles(membership: Membership, roles: Iterable[Role], *, by: Actor) -> Membership:
    """Give a member other roles; they hold from the next request on."""
    given = tuple(dict.fromkeys(roles))
    membership = _locked(membership)
    refuse_if(
        rules.why_not_change(membership, by) or rules.why_not_roles(given), by, EventName.MEMBERSHIP_CHANGED
    )
    before = list(membership.roles)
    membership.roles = [role.value for role in given]
    membership.save(update_fields=["roles"])
    recorded(
        by, EventName.MEMBERSHIP_CHANGED, member=membership.pk, before=before, roles=list(membership.roles)
    )
    return membership


def deactivate(membership: Membership, *, by: Actor) -> Membership:
    """The person does not work here any more: the next request of theirs signs them out."""
    membership = _locked(membership)
    stands_in_the_way = rules.why_not_change(membership, by)
    refuse_if(
        stands_in_the_way or (None if membership.active else refusals.NOT_ACTIVE),
        by,
        EventName.MEMBERSHIP_ENDED,
    )
    membership.active, membership.ended_at = False, now()
    membership.save(update_fields=["active", "ended_at"])
    recorded(by, EventName.MEMBERSHIP_ENDED, member=membership.pk)
    return membership


def reactivate(membership: Membership, *, by: Actor) -> Membership:
    """The person works here again, with the roles they had."""
    membership = _locked(membership)
    stands_in_the_way = rules.why_not_change(membership, by)
    refuse_if(
        stands_in_the_way or (refusals.STILL_ACTIVE if membership.active else None),
        by,
        EventName.MEMBERSHIP_CHANGED,
    )
    membership.active, membership.ended_at = True, None
    try:
        with transaction.atomic():
            membership.save(update_fields=["active", "ended_at"])
    except IntegrityError:
        refuse_if(refusals.WORKS_ELSEWHERE, by, EventName.MEMBERSHIP_CHANGED)
    recorded(by, EventName.MEMBERSHIP_CHANGED, member=membership.pk, what="active_again")
    return membership


def new_password(membership: Membership, *, by: Actor) -> NewPassword:
    """A one-time password for a member who has lost theirs; all their sessions end."""
    membership = _locked(membership)
    stands_in_the_way = rules.why_not_change(membership, by)
    refuse_if(
        stands_in_the_way or (None if membership.active else refusals.NOT_ACTIVE),
        by,
        EventName.MEMBERSHIP_CHANGED,
    )
    recorded(by, EventName.MEMBERSHIP_CHANGED, member=membership.pk, what="one_time_password")
    return give_one_time_password(membership)


def give_one_time_password(membership: Membership) -> NewPassword:
    """Part of an action that has asked and recorded: sessions end, since they hang on the password."""
    told = _one_time_password()
    user = membership.user
    user.set_password(told)
    user.one_time_password = True
    user.save(update_fields=["password", "one_time_password"])
    return NewPassword(membership, told)


def _locked(membership: Membership) -> Membership:
    found = Membership.objects.select_for_update().filter(pk=membership.pk).first()
    return membership if found is None else found


def _new_user(username: str, email: str, password: str, *, one_time: bool) -> User:
    user = User(username=username, email=email.strip(), one_time_password=one_time, date_joined=now())
    user.set_password(password)
    user.save(force_insert=True)
    return user


def _one_time_password() -> str:
    letters = [secrets.choice(LETTERS) for _unused in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


@contextmanager
def _installing() -> Iterator[None]:
    """Open the door through which an organisation is made, for the length of the block."""
    with transaction.atomic():
        before = _set_door("installation")
        yield
        _set_door(before)


def _set_door(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('ihala.door', true), '')")
        before: str = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('ihala.door', %s, true)", [name])
    return before
