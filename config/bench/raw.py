"""The rows a sent referral consists of, written by psycopg alone: what this machine's PostgreSQL can do at most.

One transaction for each set of rows, one INSERT for each table, `synchronous_commit` on, eight connections; as the
superuser, so that no policy is asked. Foreign keys, constraints and triggers hold.
"""

import json
import threading
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from config.databases import DATABASE, OWNER_ROLE, RUNTIME_ROLE
from config.postgres import Cluster

from .load import Measured

NAME = "The same rows by raw psycopg"
FOUR_ROWS = "Four rows by raw psycopg"
NOT_OF_THE_SENDING = {"procrastinate_workers", "procrastinate_events", "django_session", "ihala_cache"}
FRESH = ("id", "note_id", "send_key")
"""Columns with a key of the row itself."""
DERIVED = ("vault_deposit", "subject_id")
"""A column whose key stands for the row in other tables and must be as new."""

COLUMNS = """
SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s
AND is_generated = 'NEVER' AND is_identity = 'NO' AND coalesce(column_default, '') NOT LIKE 'nextval%%'
ORDER BY ordinal_position
"""


@dataclass(frozen=True)
class Written:
    """Rows of one table."""

    table: str
    columns: list[str]
    rows: list[list[Any]]


def rows_of(cluster: Cluster, sent: dict[str, Any]) -> list[Written]:
    """What the sending between two transactions wrote, the referral first."""
    with cluster.connect(DATABASE) as connection:
        tables = [
            str(name)
            for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            if name not in NOT_OF_THE_SENDING
        ]
        found = [_rows(connection, table, sent["first"], sent["last"]) for table in sorted(tables)]
    return sorted((one for one in found if one.rows), key=lambda one: one.table != "referrals_referral")


def _rows(connection: Any, table: str, first: int, last: int) -> Written:
    columns = [name for (name,) in connection.execute(COLUMNS, [table])]
    statement = sql.SQL(
        "SELECT {} FROM {} WHERE xmin::text::bigint >= %s AND xmin::text::bigint < %s"
    ).format(sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table))
    return Written(table, columns, [list(row) for row in connection.execute(statement, [first, last])])


def four_rows(cluster: Cluster) -> list[Written]:
    """A plain table that the server may write too, and four INSERTs of one row each: the yardstick of the aims."""
    with cluster.connect(DATABASE) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER_ROLE)))
        connection.execute("CREATE TABLE bench_row (id uuid PRIMARY KEY, words text NOT NULL)")
        connection.execute(sql.SQL("GRANT INSERT ON bench_row TO {}").format(sql.Identifier(RUNTIME_ROLE)))
    return [Written("bench_row", ["id", "words"], [[uuid4(), "some words"]]) for _each in range(4)]


def measure(
    cluster: Cluster, written: list[Written], connections: int, seconds: float, name: str = NAME
) -> Measured:
    """Write them again and again on `connections` at once."""
    measured = Measured(name, connections)
    start = threading.Barrier(connections + 1)

    def write() -> None:
        with cluster.connect(DATABASE) as connection:
            connection.execute("SET synchronous_commit = on")
            statements = [(one, _statement(one).as_bytes(connection)) for one in written]
            start.wait()
            until = time.perf_counter() + seconds
            while (began := time.perf_counter()) < until:
                try:
                    _write(connection, statements)
                except psycopg.Error as reason:
                    measured.failed(str(reason))
                measured.took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=write) for _number in range(connections)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    measured.seconds = time.perf_counter() - began
    return measured


def _statement(one: Written) -> sql.Composed:
    line = "(" + ", ".join(["%s"] * len(one.columns)) + ")"
    return sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
        sql.Identifier(one.table),
        sql.SQL(", ").join(map(sql.Identifier, one.columns)),
        sql.SQL(", ".join([line] * len(one.rows))),
    )


def _write(connection: Any, statements: list[tuple[Written, bytes]]) -> None:
    fresh = _Fresh([one for one, _statement in statements])
    with connection.transaction():
        for one, statement in statements:
            values = [value for row in one.rows for value in fresh.row(one, row)]
            connection.execute(statement, values, prepare=True)


class _Fresh:
    """New keys for one set of rows, the same wherever the old one stood."""

    def __init__(self, written: list[Written]) -> None:
        own = {
            value
            for one in written
            for row in one.rows
            for column, value in zip(one.columns, row, strict=True)
            if isinstance(value, UUID) and (column in FRESH or (one.table, column) == DERIVED)
        }
        self.keys = {key: uuid4() for key in own}
        self.reference = uuid4().hex[:16]

    def row(self, one: Written, values: list[Any]) -> list[Any]:
        """The row as it is written this time."""
        named = dict(zip(one.columns, values, strict=True))
        if "closed_at" in named:  # a case's access is open but once
            named["closed_at"] = named["opened_at"]
        if one.table == "referrals_referral":
            named["reference"] = self.reference
        return [self._value(value) for value in named.values()]

    def _value(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return self.keys.get(value, value)
        if isinstance(value, dict) or (
            isinstance(value, list) and any(isinstance(one, dict) for one in value)
        ):
            return Jsonb(value, dumps=json.dumps)
        return value
