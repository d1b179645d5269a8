"""Questions that do not wait for each other, asked in one statement.

A statement of its own costs Python and PostgreSQL more than the few rows it finds. So each question becomes a part of
one SELECT, its rows written as JSON by PostgreSQL, and read here into what psycopg and Django would have made of them.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.dateparse import parse_duration

Read = Callable[[Any], Any]
AS_THEY_ARE = (models.BooleanField, models.IntegerField, models.CharField, models.TextField, models.JSONField)
"""Kinds of column whose JSON is their value."""


def _bytes(written: str) -> bytes:
    return bytes.fromhex(written[2:])  # after "\x"


READERS: dict[type, Read] = {
    models.UUIDField: UUID,
    models.DateTimeField: datetime.fromisoformat,
    models.DateField: date.fromisoformat,
    models.TimeField: time.fromisoformat,
    models.DurationField: parse_duration,
    models.BinaryField: _bytes,
}


def _list(read: Read, written: Sequence[Any]) -> list[Any]:
    return [None if one is None else read(one) for one in written]


def reader_of(kind: "models.Field[Any, Any]") -> Read | None:
    """How a column of this kind is read from JSON; None where the value stands there already."""
    while isinstance(kind, models.ForeignKey):
        kind = kind.target_field
    if isinstance(kind, ArrayField):
        inner = reader_of(kind.base_field)
        return inner and partial(_list, inner)
    read = next((READERS[one] for one in type(kind).__mro__ if one in READERS), None)
    if read is None and not isinstance(kind, AS_THEY_ARE):
        raise ImproperlyConfigured(f"{type(kind).__name__} cannot be asked together with others")
    return read


class Rows:
    """How the rows of one question travel as JSON."""

    def __init__(self, sql: str, columns: "Sequence[models.Field[Any, Any]]") -> None:
        names = ", ".join(f"c{place}" for place in range(len(columns)))
        self.part = f"(SELECT json_agg(r) FROM ({sql}) AS r ({names}))"  # noqa: S608
        readers = [reader_of(one) for one in columns]
        self.readers = [(place, read) for place, read in enumerate(readers) if read is not None]

    def read(self, found: "list[dict[str, Any]] | None") -> list[list[Any]]:
        """The rows, as a cursor brings them."""
        rows = [list(row.values()) for row in found or ()]
        for place, read in self.readers:
            for row in rows:
                if row[place] is not None:
                    row[place] = read(row[place])
        return rows


def statement(parts: Sequence[Rows]) -> str:
    """One SELECT of them all, a column each; their values follow one another."""
    return "SELECT " + ", ".join(one.part for one in parts)
