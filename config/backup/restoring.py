"""`ihala restore DIR --key FILE`: from an empty machine, or over what is there with `--replace`.

Nothing is touched before every file has been checked and the backup has been restored once into a scratch server. On
the embedded server the new database is made beside the old one and takes its name in the end.
"""

import time
from pathlib import Path

import psycopg
from psycopg import sql

from .. import postgres, provision
from ..databases import DATABASE, OWNER_ROLE, url
from ..home import home, secret
from . import database, making, vessel
from .database import Contents, Failed, Say

COMING, GOING = "ihala_restoring", "ihala_replaced"


def run(
    path: Path, key: Path, cluster: "postgres.Cluster | None", address: str, say: Say, *, replace: bool
) -> int:
    """The exit status: 0 restored and compared, 1 not, in words. `cluster` is the embedded server, or None."""
    began = time.monotonic()
    try:
        found = vessel.reading(path, making.KIND, key)
        say(f"Backup of {found.about['made_at']}")
        found.check()
        held = making.contents_of(found)
        say(f"Every file is whole. It holds {held.words}")
        _refuse_to_lose(cluster, address, replace=replace)
        making.prove(found, held, say)
        if cluster is None:
            _into_given(found, held, address, say)
        else:
            _into_embedded(found, held, cluster, say)
        for name in making.put_back(found):
            say(f"  {name}")
    except (Failed, vessel.Damaged, psycopg.Error, OSError) as reason:
        say(f"Not restored: {reason}")
        return 1
    say(f"Restored in {time.monotonic() - began:.0f} s.")
    for line in still_missing():
        say(line)
    return 0


def still_missing() -> list[str]:
    """What a backup never holds and this home does not have yet."""
    found = []
    if not (home() / "keys" / "master.key").exists():
        found.append(
            f"Missing: custody's master key. Bring it from its own place to {home() / 'keys' / 'master.key'}"
        )
    if not (home() / "log" / "operator.key").exists():
        found.append(
            f"Missing: the operator's log key. Bring the folder to {home() / 'log'} from beside the master key, before "
            "anything starts; signed with another key, every witness refuses (docs/log.md)."
        )
    if not any((home() / "salts").glob("*.salt")):
        found.append(
            "Missing: the shred salts. Without them no content opens: ihala salts restore COPY --key FILE"
        )
    found.append(
        "Witnesses are in no backup: each organisation's goes on where it is. A demo keeps its own in the folder "
        "witness of the home it came from."
    )
    found.append(
        "Then: ihala migrate, ihala check, and a page of a known case. What was erased stays unreadable."
    )
    return found


def _refuse_to_lose(cluster: "postgres.Cluster | None", address: str, *, replace: bool) -> None:
    if replace:
        return
    if cluster is not None:
        with cluster.connect() as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not there:
            return
        address = url(OWNER_ROLE, secret(f"{OWNER_ROLE}.password"), str(cluster.socket), DATABASE)
    with psycopg.connect(address) as owned:
        if owned.execute(database.TABLES).fetchone():
            raise Failed("there is data here already. With --replace it is thrown away, for good.")


def _into_embedded(found: vessel.Vessel, held: Contents, cluster: "postgres.Cluster", say: Say) -> None:
    """Beside what is there; the names are exchanged in one transaction once it is compared."""
    with cluster.connect() as connection:
        provision.make_roles(connection)
        provision.limit(connection)
        for name in (COMING, GOING):
            _drop(connection, name)
        provision.make_database(connection, COMING)
        _load(
            found, held, url(OWNER_ROLE, secret(f"{OWNER_ROLE}.password"), str(cluster.socket), COMING), say
        )
        names = {
            "here": sql.Identifier(DATABASE),
            "new": sql.Identifier(COMING),
            "old": sql.Identifier(GOING),
        }
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (%s, %s)",
            [DATABASE, COMING],
        )
        with connection.transaction():
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("ALTER DATABASE {here} RENAME TO {old}").format(**names))
            connection.execute(sql.SQL("ALTER DATABASE {new} RENAME TO {here}").format(**names))
        _drop(connection, GOING)


def _drop(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _into_given(found: vessel.Vessel, held: Contents, address: str, say: Say) -> None:
    """A given server has this one database: what is there is put aside, and put back if anything goes wrong.

    If the machine dies in between, it lies in the schema `ihala_replaced`, and restoring again goes on from there.
    """
    with psycopg.connect(address) as connection:
        if connection.execute("SELECT to_regnamespace(%s)", [GOING]).fetchone() == (None,):
            connection.execute("CREATE SCHEMA IF NOT EXISTS public")
            connection.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(sql.Identifier(GOING)))
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")
    try:
        _load(found, held, address, say)
    except BaseException:
        with psycopg.connect(address) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO public").format(sql.Identifier(GOING)))
        raise
    with psycopg.connect(address) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(GOING)))


def _load(found: vessel.Vessel, held: Contents, address: str, say: Say) -> None:
    say("Restoring the database")
    with found.get("database") as stream:
        database.load(address, stream)
    if differences := held.differences(database.read_contents(address)):
        raise Failed("it did not restore to the same: " + "; ".join(differences))
