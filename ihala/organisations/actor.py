"""Who acts: what every rule and action asks for, made from a membership at the start of each request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField
from django.http import HttpRequest
from django.utils.translation import get_language

from ihala.accounts.roles import Permission, Role, permissions_of
from ihala.core import clock
from ihala.core.kept import NOW, Given

IDS = ("user_id", "membership_id", "organisation_id")


def in_readers_language(ar: str, en: str) -> str:
    """The Arabic or the English of two texts, by the reader's language."""
    return (ar or en) if (get_language() or "ar").startswith("ar") else (en or ar)


@dataclass(frozen=True)
class Actor:
    """Somebody of an organisation who acts, or the organisation's own system (jobs, clocks, installation).

    The system's ids of user and membership are 0. `has()` asks for a permission, `is_a()` for a role.
    """

    user_id: int
    membership_id: int
    organisation_id: int
    roles: frozenset[Role] = frozenset()
    name_ar: str = ""
    name_en: str = ""
    organisation_ar: str = ""
    organisation_en: str = ""
    username: str = ""
    system: bool = False

    @classmethod
    def system_of(cls, organisation_id: int) -> Actor:
        """The organisation's own system: has no role and no permission; rules name it where it may act."""
        return cls(0, 0, organisation_id, name_ar="النظام", name_en="System", system=True)

    def has(self, permission: Permission) -> bool:
        """May this actor do that?"""
        return permission in self.permissions

    def is_a(self, role: Role) -> bool:
        """Does this actor hold the role?"""
        return role in self.roles

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """All that the actor's roles carry."""
        return permissions_of(self.roles)

    def in_general(self) -> Actor:
        """Anybody with these roles, for queries that are worked out once (`ihala.core.kept`)."""
        ids: dict[str, Any] = {name: Given(name, BigIntegerField()) for name in IDS}
        return Actor(**ids, roles=self.roles, system=self.system)

    def ids(self) -> dict[str, int]:
        """The ids that stand for `in_general` when such a query is asked."""
        return {name: getattr(self, name) for name in IDS}

    @property
    def moment(self) -> Any:
        """Now; for anybody in general, the moment at which the query is asked. For what access ends by itself."""
        return NOW if isinstance(self.membership_id, Given) else clock.now()

    @property
    def name(self) -> str:
        """The person's name in the reader's language."""
        return in_readers_language(self.name_ar, self.name_en)

    @property
    def organisation_name(self) -> str:
        """The organisation's name in the reader's language."""
        return in_readers_language(self.organisation_ar, self.organisation_en)


class Request(HttpRequest):
    """A request after the middleware. On public pages `actor` is None; all others can rely on it.

    A view that knows how many notifications are not seen yet says so in `ihala_unseen`.
    """

    actor: Actor
    ihala_failed: bool
    ihala_unseen: int
