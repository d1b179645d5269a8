"""New rows and changed ones, written by statements that are put together once for each model, and sent in one go.

Django puts each together anew, which costs more than writing does, and waits for each answer. What a row's columns hold
is still said by the model's own fields; policies, constraints and triggers are PostgreSQL's. The connection is looked
up once for a row and not once for each of its fields, which costs more than the field does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, models


def insert(rows: Sequence[models.Model], *, unless_there: bool = False, keys: bool = False) -> int:
    """Write new rows of one model; with `unless_there`, a row whose key or unique value exists is left out.

    How many were written, which `in_one_go` nobody knows yet (-1). One statement. A key that the database gives stays
    unknown to the row, unless `keys` are waited for.
    """
    if not rows:
        return 0
    model, at_hand = type(rows[0]), connections[DEFAULT_DB_ALIAS]
    fields = _columns(model)
    lines = [[_saved(field, field.pre_save(row, add=True), at_hand) for field in fields] for row in rows]
    many = len(rows) * len(fields) > PARSED_ONCE and not any(isinstance(one, ArrayField) for one in fields)
    values = [list(column) for column in zip(*lines, strict=True)] if many else list(chain(*lines))
    with at_hand.cursor() as cursor:
        returning = f" RETURNING {connection.ops.quote_name(str(model._meta.pk.column))}" if keys else ""
        cursor.execute(_insert(model, 0 if many else len(rows), unless_there) + returning, values)
        written: int = cursor.rowcount
        for row, (key,) in zip(rows, cursor.fetchall() if keys else (), strict=keys):
            row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return written


PARSED_ONCE = 50
"""psycopg takes a statement with more places apart each time; above it, rows travel as an array for each column."""
PLAIN: dict[type, type] = {models.BigIntegerField: int, models.CharField: str, models.UUIDField: UUID}


def _saved(field: "models.Field[Any, Any]", value: Any, at_hand: Any) -> Any:
    """The value as the field writes it; of plain fields it is what it will be, unless it must be converted."""
    plain = value is None or PLAIN.get(type(field)) is type(value)
    return value if plain else field.get_db_prep_save(value, at_hand)


_under_way: ContextVar[list[Any] | None] = ContextVar("ihala_changes", default=None)
"""The changes that were sent `in_one_go` and whose answers have not been looked at."""


def change(row: models.Model, names: Sequence[str]) -> None:
    """Write these fields of a row that is there. One statement; DatabaseError if no such row may be changed."""
    fields, at_hand = _fields(type(row), tuple(names)), connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(getattr(row, field.attname), at_hand) for field in fields]
    cursor = at_hand.cursor()
    cursor.execute(_update(type(row), tuple(names)), [*values, row.pk])
    under_way = _under_way.get()
    if under_way is None:
        _hit(cursor)
    else:
        under_way.append(cursor)


@contextmanager
def in_one_go() -> Iterator[None]:
    """What is written in here is sent without waiting for each answer; at its end everything has been answered.

    An error of one of the statements is raised at the end, or where something is read meanwhile.
    """
    changes: list[Any] = []
    token = _under_way.set(changes)
    try:
        with connection.wrap_database_errors, connection.connection.pipeline():
            yield
    finally:
        _under_way.reset(token)
    for cursor in changes:
        _hit(cursor)


def _hit(cursor: Any) -> None:
    """A change hits its one row."""
    rows = cursor.rowcount
    cursor.close()
    if rows != 1:
        raise DatabaseError(f"a change hit {rows} rows")


@lru_cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> "list[models.Field[Any, Any]]":
    fields = [field for field in model._meta.local_concrete_fields if field.name in names]
    if len(fields) != len(names):
        raise FieldDoesNotExist(f"{model.__name__} has not all of {', '.join(names)}")
    return fields


@lru_cache(maxsize=1024)
def _update(model: type[models.Model], names: tuple[str, ...]) -> str:
    name = connection.ops.quote_name
    assigned = ", ".join(f"{name(str(field.column))} = %s" for field in _fields(model, names))
    key = name(str(model._meta.pk.column))
    return f"UPDATE {name(model._meta.db_table)} SET {assigned} WHERE {key} = %s"  # noqa: S608  the model's own


@lru_cache
def _columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    fields = model._meta.local_concrete_fields
    return [field for field in fields if not (field.primary_key and isinstance(field, models.AutoField))]


@lru_cache(maxsize=1024)
def _insert(model: type[models.Model], number: int, unless_there: bool) -> str:
    name = connection.ops.quote_name
    columns = [name(str(field.column)) for field in _columns(model)]
    into = f"{name(model._meta.db_table)} ({', '.join(columns)})"
    ending = " ON CONFLICT DO NOTHING" if unless_there else ""
    if number:
        line = f"({', '.join(['%s'] * len(columns))})"
        rows = f"VALUES {', '.join([line] * number)}"
    else:
        rows = f"SELECT * FROM unnest({', '.join(map(_array, _columns(model)))})"  # noqa: S608  the model's own
    return f"INSERT INTO {into} {rows}{ending}"


def _array(field: "models.Field[Any, Any]") -> str:
    """A place for a column's values. Without the length: a cast would cut what is too long, writing it refuses."""
    kind, *_length = str(field.db_type(connection)).partition("(")
    return f"%s::{kind}[]"
