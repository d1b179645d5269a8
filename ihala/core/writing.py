"""New rows, written by an INSERT that is put together once for each model and number of rows.

Django puts it together anew each time, which costs more than writing does. What a row's columns hold is still said by
the model's own fields; policies, constraints and triggers are PostgreSQL's.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models


def insert(rows: Sequence[models.Model], *, unless_there: bool = False) -> None:
    """Write new rows of one model; with `unless_there`, a row whose key or unique value exists is left out.

    One statement. A key that the database gives stays unknown to the row.
    """
    if not rows:
        return
    model = type(rows[0])
    values: list[Any] = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in _columns(model)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insert(model, len(rows), unless_there), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@lru_cache
def _columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    fields = model._meta.local_concrete_fields
    return [field for field in fields if not (field.primary_key and isinstance(field, models.AutoField))]


@lru_cache(maxsize=1024)
def _insert(model: type[models.Model], number: int, unless_there: bool) -> str:
    name = connection.ops.quote_name
    columns = [name(str(field.column)) for field in _columns(model)]
    line = f"({', '.join(['%s'] * len(columns))})"
    into = f"{name(model._meta.db_table)} ({', '.join(columns)})"
    ending = " ON CONFLICT DO NOTHING" if unless_there else ""
    return f"INSERT INTO {into} VALUES {', '.join([line] * number)}{ending}"  # noqa: S608  names of the model's own
