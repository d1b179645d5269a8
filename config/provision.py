"""Making the database ready: the two roles, the database, the tables, and what the runtime role may do with them.

Runs as the cluster's superuser (embedded) or as the owner of a given server, never inside the server or the worker.
"""

import os
import secrets
from collections.abc import Callable

import psycopg
from psycopg import sql

from .databases import (
    AGENT_ROLE,
    AGENT_URL_FILE,
    DATABASE,
    OWNER_ROLE,
    RUNTIME_ROLE,
    RUNTIME_URL_FILE,
    Unusable,
    owner_url,
    parse,
    same_place,
    url,
)
from .home import folder, home, keep, secret
from .postgres import Cluster

OLDEST_SERVER = 160000
LIMITS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}
"""What the runtime role may take of the server's time."""
AGENT_LIMITS = LIMITS | {"lock_timeout": "500ms"}
"""The agent waits for nobody: whoever holds a lock may be waiting for the agent."""

Connection = psycopg.Connection[tuple[object, ...]]
Progress = Callable[[str], None]


def provision_embedded(cluster: Cluster, database: str = DATABASE) -> None:
    """Roles with the home's passwords and an empty database owned by the owner; harmless when repeated."""
    with cluster.connect() as connection:
        make_roles(connection)
        limit(connection)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            make_database(connection, database)


def make_roles(connection: Connection) -> None:
    """Every role that the tables speak of, with the home's passwords."""
    for role in (OWNER_ROLE, RUNTIME_ROLE, AGENT_ROLE):
        make_role(connection, role, secret(f"{role}.password"))


def make_role(connection: Connection, role: str, password: str) -> None:
    """A role that can sign in and nothing else; its password is set again each time."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        _run(connection, "CREATE ROLE {role}", role=role)
    attributes = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
    statement = sql.SQL("ALTER ROLE {role} " + attributes + " PASSWORD {password}")
    connection.execute(statement.format(role=sql.Identifier(role), password=sql.Literal(password)))


def limit(connection: Connection) -> None:
    """Set their limits on the runtime role and the key agent's."""
    for role in (RUNTIME_ROLE, AGENT_ROLE):
        _limit(connection, role)


def _limit(connection: Connection, role: str) -> None:
    statement = sql.SQL("ALTER ROLE {} SET {} = {}")
    for name, value in (LIMITS if role == RUNTIME_ROLE else AGENT_LIMITS).items():
        connection.execute(statement.format(sql.Identifier(role), sql.Identifier(name), sql.Literal(value)))


def make_database(connection: Connection, database: str, template: str = "template0") -> None:
    """A database of the owner's, into which the runtime role may connect and nobody else."""
    _run(connection, "CREATE DATABASE {d} OWNER {o} TEMPLATE {t}", d=database, o=OWNER_ROLE, t=template)
    open_to_runtime(connection, database)


def open_to_runtime(connection: Connection, database: str) -> None:
    """The runtime role and the key agent's may connect; everybody else loses what PostgreSQL gives to all."""
    _run(connection, "REVOKE ALL ON DATABASE {d} FROM PUBLIC", d=database)
    _run(connection, "GRANT CONNECT ON DATABASE {d} TO {r}, {a}", d=database, r=RUNTIME_ROLE, a=AGENT_ROLE)


def provision_given(progress: Progress = lambda line: None) -> None:
    """On a server given by `IHALA_DATABASE_URL`: check its version and see that the runtime role exists.

    With the owner's address alone the role is made here and its address is kept in the home; with both addresses
    given the role must be there already or the owner may make it.
    """
    with psycopg.connect(owner_url(), autocommit=True, connect_timeout=10) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            raise Unusable(
                f"The server is PostgreSQL {connection.info.server_version // 10000}; Ihala needs 16 or newer."
            )
        keep(folder(home() / "secrets") / RUNTIME_URL_FILE, _runtime_address(connection))
        keep(folder(home() / "secrets") / AGENT_URL_FILE, _agent_address(connection))
        database = parse(owner_url())["NAME"]
        progress(f"PostgreSQL {connection.info.server_version // 10000} as given, database {database}")
        open_to_runtime(connection, database)


def _runtime_address(connection: Connection) -> str:
    there = connection.execute(
        "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [RUNTIME_ROLE]
    )
    role = there.fetchone()
    if role and any(role):
        raise Unusable(
            f"The role {RUNTIME_ROLE} could step around the policies (SUPERUSER or BYPASSRLS); take that away."
        )
    given, owner = os.environ.get("IHALA_DATABASE_URL", ""), owner_url()
    kept = folder(home() / "secrets") / RUNTIME_URL_FILE
    if os.environ.get("IHALA_OWNER_DATABASE_URL"):
        user = parse(given or owner)["USER"]
        if user != RUNTIME_ROLE:
            raise Unusable(f"IHALA_DATABASE_URL must name the role {RUNTIME_ROLE}, not {user}.")
        if not role:
            _make_runtime_role(connection, parse(given)["PASSWORD"])
        return given
    if role and kept.exists() and same_place(kept.read_text(), owner):
        return kept.read_text().strip()
    if role:
        raise Unusable(
            f"The role {RUNTIME_ROLE} exists on that server and its password is not in the home. Give the role's "
            f"address as IHALA_DATABASE_URL and the owner's as IHALA_OWNER_DATABASE_URL."
        )
    password = secrets.token_urlsafe(32)
    _make_runtime_role(connection, password)
    parts = parse(owner)
    return url(RUNTIME_ROLE, password, parts["HOST"], parts["NAME"], int(parts["PORT"] or 5432))


def _agent_address(connection: Connection) -> str:
    """The key agent's address: as given, as kept, or of a role made here."""
    there = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [AGENT_ROLE]
    ).fetchone()
    if there and there[0]:
        raise Unusable(f"The role {AGENT_ROLE} is SUPERUSER or BYPASSRLS; take that away.")
    given, kept = os.environ.get("IHALA_AGENT_DATABASE_URL"), home() / "secrets" / AGENT_URL_FILE
    if there and (given or (kept.exists() and same_place(kept.read_text(), owner_url()))):
        return given or kept.read_text().strip()
    if there:
        raise Unusable(
            f"The role {AGENT_ROLE} exists on that server and its password is not in the home. Give its address as "
            f"IHALA_AGENT_DATABASE_URL."
        )
    password = parse(given)["PASSWORD"] if given else secrets.token_urlsafe(32)
    _make(connection, AGENT_ROLE, password, "IHALA_AGENT_DATABASE_URL")
    parts = parse(owner_url())
    return given or url(AGENT_ROLE, password, parts["HOST"], parts["NAME"], int(parts["PORT"] or 5432))


def _make_runtime_role(connection: Connection, password: str) -> None:
    _make(
        connection, RUNTIME_ROLE, password, "IHALA_DATABASE_URL and the owner's as IHALA_OWNER_DATABASE_URL"
    )


def _make(connection: Connection, role: str, password: str, address: str) -> None:
    try:
        make_role(connection, role, password)
        _limit(connection, role)
    except psycopg.errors.InsufficientPrivilege:
        raise Unusable(
            f"The role {role} is missing and the owner may not make it. As an administrator of the server: "
            f"CREATE ROLE {role} LOGIN PASSWORD '…'; then give its address as {address}."
        ) from None


def _run(connection: Connection, statement: str, **names: str) -> None:
    connection.execute(
        sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()})
    )
