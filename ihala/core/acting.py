"""Who acts, told to the database.

PostgreSQL's row-level security policies ask `ihala_organisation()` and `ihala_user()`. `acting()` opens the
transaction and sets both for its length; outside of it those functions raise, so a forgotten `acting()` is an
error and never an empty page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Func, TextField, Value
from django.db.models.functions import Cast

from .kept import Asked, fetched

SETTINGS = ("ihala.organisation", "ihala.user", "ihala.door")


class Acts(Protocol):
    """What the database must know of an actor: the ids of the organisation and of the signed-in person."""

    @property
    def organisation_id(self) -> int: ...

    @property
    def user_id(self) -> int: ...


def _set(values: tuple[str, str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS), list(values)
        )


def _current() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"coalesce(current_setting('{n}', true), '')" for n in SETTINGS))
        row = cursor.fetchone()
    return (row[0], row[1], row[2])


@contextmanager
def _scope(values: tuple[str, str, str]) -> Iterator[None]:
    nested = connection.in_atomic_block
    before = _current() if nested else ("", "", "")
    with transaction.atomic():
        _set(values)
        yield
        if nested:
            _set(before)


@contextmanager
def acting(actor: Acts) -> Iterator[None]:
    """Open a transaction in which the database knows that `actor` acts; nested, it restores the actor before."""
    with _scope(_values(actor)):
        yield


def _values(actor: Acts) -> tuple[str, str, str]:
    return (str(actor.organisation_id), str(actor.user_id), "")


def looking_as(other: Acts, question: Asked, by: Acts) -> list[Any]:
    """What `other` would be answered, while `by` acts. Nothing but the question is asked in its name: three statements,
    sent in one go, without a savepoint, since a question changes nothing and its error ends the transaction."""
    with connection.wrap_database_errors, connection.connection.pipeline():
        _set(_values(other))
        cursor = question.send()
        _set(_values(by))
    return question.compiled.read(fetched(cursor))


def becoming(column: str) -> Func:
    """Inside `at_the_door(user_id)`: selecting this makes the organisation in `column` the acting one.

    So the query that finds out for whom somebody works is also the one that goes on in that organisation's name.
    """
    organisation = Cast(column, TextField())
    return Func(
        Value(SETTINGS[0]), organisation, Value(True), function="set_config", output_field=TextField()
    )


@contextmanager
def at_the_door(user_id: int | None = None) -> Iterator[None]:
    """Open a transaction for signing in: only sign-in tables and one's own membership can be read.

    With `user_id` the door knows who stands there (a session was found), without it sign-in tables may be searched.
    """
    with _scope(("", str(user_id or ""), "" if user_id else "sign-in")):
        yield


@contextmanager
def at_the_log() -> Iterator[None]:
    """Open a transaction for keeping the log: its tree is written, and every event, which holds codes, can be read.

    The acting organisation is 0, the installation itself, which owns nothing else.
    """
    with _scope(("0", "0", "log")):
        yield
