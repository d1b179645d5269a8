"""The bell on every page."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from ihala.organisations.models import Actor

from . import rules


class Bell:
    """Asks the database only where a page shows it."""

    def __init__(self, actor: Actor, known: int | None = None) -> None:
        self.actor, self.known = actor, known

    @property
    def url(self) -> str:
        """Where the notifications are listed."""
        return reverse("notifications:list")

    @cached_property
    def count(self) -> int:
        """How many the actor has not seen."""
        return rules.unseen_count(self.actor) if self.known is None else self.known


def bell(request: HttpRequest) -> dict[str, Any]:
    """`bell` in templates, while somebody is signed in and the transaction is sound."""
    actor = getattr(request, "actor", None)
    failed = getattr(request, "ihala_failed", False)
    return {} if actor is None or failed else {"bell": Bell(actor, getattr(request, "ihala_unseen", None))}
