"""The database as a stream, in and out, by PostgreSQL's own programs from the wheel; and what is counted in it.

`pg_dump` of the wheel's newest version reads servers of its own and of older versions. Passwords go through the
environment of the child, never on its command line.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

import psycopg
from psycopg import sql

from ihala.audit.verify import Tree

from .. import machine, postgres, provision
from ..databases import OWNER_ROLE, parse, url
from ..home import home, secret

Say = Callable[[str], None]
OLDEST, NEWEST = 16, 18
HASH = 32
NOT_KEPT = ("django_session", "ihala_cache")
"""Tables whose rows are left out: nobody should be signed in by a backup, and a cache is no data."""

TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""
DIGEST = """
SELECT encode(sha256(coalesce(string_agg(md5(e::text), '' ORDER BY e.id), '')::bytea), 'hex') FROM audit_event e
"""


class Failed(Exception):
    """A program of PostgreSQL failed, or the database is not what it should be; the message says so."""


@dataclass(frozen=True)
class Contents:
    """What a database holds, as far as it can be compared: rows by table, a digest of all events, the log's root."""

    rows: dict[str, int]
    log: str
    leaves: int
    root: str

    def differences(self, other: "Contents") -> list[str]:
        """In words, what of `other` is not as here."""
        found = [
            f"{table}: {self.rows.get(table)} rows, {other.rows.get(table)} after restoring"
            for table in sorted(self.rows.keys() | other.rows.keys())
            if self.rows.get(table) != other.rows.get(table)
        ]
        same = (self.log, self.leaves, self.root) == (other.log, other.leaves, other.root)
        return found if same else [*found, "the log is another one"]

    @property
    def words(self) -> str:
        total = sum(self.rows.values())
        return f"{len(self.rows)} tables, {total:,} rows, log of {self.leaves:,} events with root {self.root}"


def contents(connection: "psycopg.Connection[tuple[object, ...]]") -> Contents:
    """Rows of every table and the log's digest, as this transaction sees them."""
    connection.execute("SET LOCAL TimeZone = 'UTC'")
    tables = [str(row[0]) for row in connection.execute(TABLES) if row[0] not in NOT_KEPT]
    rows = {}
    for table in tables:
        counted = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        ).fetchone()
        rows[table] = cast("int", counted[0]) if counted else 0
    if "audit_event" not in rows:
        raise Failed("This database holds no Ihala: there is no log in it.")
    digest = connection.execute(DIGEST).fetchone()
    tree = (
        _tree(connection) if "audit_chunk" in rows else Tree()
    )  # a database not migrated yet can be backed up
    return Contents(rows, str(digest[0]) if digest else "", tree.size, tree.root().hex())


def _tree(connection: "psycopg.Connection[tuple[object, ...]]") -> Tree:
    """The log's Merkle tree (RFC 6962), made anew from the hashes of its leaves."""
    tree = Tree()
    for (packed,) in connection.execute("SELECT hashes FROM audit_chunk ORDER BY start"):
        hashes = cast("bytes", packed)
        for at in range(0, len(hashes), HASH):
            tree.add(hashes[at : at + HASH])
    return tree


def read_contents(address: str) -> Contents:
    """`contents` in a transaction of its own."""
    with psycopg.connect(address) as connection:
        return contents(connection)


@contextmanager
def dump(address: str) -> Iterator[tuple[BinaryIO, Contents]]:
    """The dump as a stream, and the contents of the very same moment. `Failed` in the end if pg_dump did."""
    with psycopg.connect(address) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        version = connection.info.server_version // 10000
        if version > NEWEST:
            raise Failed(
                f"The server is newer than pg_dump {NEWEST}; a newer release of Ihala is needed to back it up."
            )
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        held = contents(connection)
        left_out = [f"--exclude-table-data={table}" for table in NOT_KEPT]
        command = [
            _program("pg_dump", version),
            "--format=custom",
            "--compress=1",
            f"--snapshot={snapshot and snapshot[0]}",
        ]
        with _running(
            [*command, *left_out], address, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        ) as child:
            yield cast("BinaryIO", child.stdout), held


def load(address: str, stream: BinaryIO) -> None:
    """Restore a dump into an empty database, whole or not at all."""
    with psycopg.connect(address) as connection:
        version = connection.info.server_version // 10000
    command = [_program("pg_restore", version), "--no-owner", "--single-transaction", "--exit-on-error"]
    with _running(command, address, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        pipe = cast("BinaryIO", child.stdin)
        try:
            while chunk := stream.read(1 << 20):
                pipe.write(chunk)
            pipe.close()
        except BrokenPipeError:
            child.wait()


@contextmanager
def _running(
    command: list[str], address: str, *, stdin: int, stdout: int
) -> Iterator["subprocess.Popen[bytes]"]:
    found = parse(address)
    where = [
        "--host",
        found["HOST"],
        "--port",
        found["PORT"] or "5432",
        "--username",
        found["USER"],
        "--no-password",
    ]
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGPASSWORD": found["PASSWORD"]}
    child = subprocess.Popen(
        [*command, *where, "--dbname", found["NAME"]],
        env=environment, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield child
    except BaseException:
        child.kill()
        child.wait()
        raise
    finally:
        for pipe in (child.stdin, child.stdout):
            if pipe and not pipe.closed:
                pipe.close()
        errors = child.stderr.read().decode(errors="replace") if child.stderr else ""
        if child.stderr:
            child.stderr.close()
        child.wait()
    if child.returncode:
        # The first lines only, and never DETAIL: what a row says has no place on a terminal.
        words = [line for line in errors.splitlines() if "DETAIL" not in line][:3]
        raise Failed(f"{Path(command[0]).name} failed: {' '.join(words)}")


def _program(name: str, version: int) -> str:
    """The program for a server of that version: newer ones speak of settings that PostgreSQL 16 does not know."""
    return str(machine.binaries("pginstall" if version <= OLDEST else "pginstall18", None) / "bin" / name)


@contextmanager
def scratch(say: Say) -> Iterator[str]:
    """The owner's address of an empty database in a server of its own, which goes away with everything in it.

    Below the home, where what lies beside it is of the same kind; not durable, so it is quick.
    """
    with TemporaryDirectory(prefix="scratch-", dir=home()) as place:
        cluster = postgres.throwaway(Path(place))
        try:
            say("Starting a scratch server to restore into")
            cluster.start()
            with cluster.connect() as connection:
                provision.make_roles(connection)
                provision.make_database(connection, "scratch")
            yield url(OWNER_ROLE, secret(f"{OWNER_ROLE}.password"), str(cluster.socket), "scratch")
        finally:
            cluster.stop()
            postgres.remove(cluster)
