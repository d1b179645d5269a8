"""What is asked before the agent answers: does the one in whose name it is asked work there now?"""

from typing import Any

from django.db import connection

from ihala.core.refusal import Refused
from ihala.vault.refusals import NO_MEMBER
from ihala.vault.wire import Who

STANDING = "SELECT ihala_standing(%s, %s, %s)"


def ask(verb: str, arguments: dict[str, Any]) -> None:
    """`Refused` unless the actor, where there is one, is a member in good standing or the organisation's system."""
    actor: Who | None = arguments.get("actor")
    if actor is not None and roles_of(actor) is None:
        raise Refused(NO_MEMBER)


def roles_of(actor: Who) -> list[str] | None:
    """The roles the actor has now; none for the system; None for who is nobody there (any more)."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [actor.membership_id, actor.user_id, actor.organisation_id])
        roles: list[str] | None = cursor.fetchone()[0]
    return roles
