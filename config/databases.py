"""Which database this process uses, and as whom.

Three roles: `ihala_owner` owns the tables and migrates; `ihala_app` runs the product, owns nothing and cannot step
around a policy; `ihala_agent` is the key agent's and sees keys, grants and the log alone. A process is of the runtime
role unless the command line started it to migrate (`IHALA_ROLE=owner`) or as the agent (`IHALA_ROLE=agent`).
The addresses come from the environment (`IHALA_DATABASE_URL`, `IHALA_OWNER_DATABASE_URL`, `IHALA_AGENT_DATABASE_URL`)
or, without it, from the embedded server in the home.
"""

import os
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from .home import home, secret
from .postgres import embedded

RUNTIME_ROLE = "ihala_app"
OWNER_ROLE = "ihala_owner"
AGENT_ROLE = "ihala_agent"
DATABASE = "ihala"
RUNTIME_URL_FILE = "runtime-database-url"
PREPARED: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": 2}
"""Statements travel apart from their values and PostgreSQL plans each of them once per connection. With row-level
security and narrow pages, planning would cost more than executing (docs/performance.md)."""
PREPARED_MOST = 1000
"""So many statements a connection keeps; the whole product has a few hundred."""
AGENT_URL_FILE = "agent-database-url"


class Unusable(Exception):
    """The database cannot be used as it is; the message says what to do."""


def runtime_url() -> str:
    """The address the server and the worker connect with."""
    given = os.environ.get("IHALA_DATABASE_URL")
    if not given:
        return embedded_url(RUNTIME_ROLE)
    kept = home() / "secrets" / RUNTIME_URL_FILE
    if (
        not os.environ.get("IHALA_OWNER_DATABASE_URL")
        and kept.exists()
        and same_place(kept.read_text(), given)
    ):
        return kept.read_text().strip()
    return given


def owner_url() -> str:
    """The address that migrates; never given to the server or the worker."""
    given = os.environ.get("IHALA_OWNER_DATABASE_URL") or os.environ.get("IHALA_DATABASE_URL")
    return given or embedded_url(OWNER_ROLE)


def agent_url() -> str:
    """The address the key agent connects with; never given to the server or the worker."""
    if given := os.environ.get("IHALA_AGENT_DATABASE_URL"):
        return given
    kept = home() / "secrets" / AGENT_URL_FILE
    if os.environ.get("IHALA_DATABASE_URL") and kept.exists():
        return kept.read_text().strip()
    return embedded_url(AGENT_ROLE)


def embedded_url(role: str, database: str = DATABASE) -> str:
    """The address of the embedded server, over its unix socket, for `role`."""
    return url(role, secret(f"{role}.password"), str(embedded().socket), database)


def url(role: str, password: str, host: str, database: str, port: int = 5432) -> str:
    """A PostgreSQL address; a unix socket's folder goes into the query, as libpq reads it."""
    role, password, database = (quote(part, safe="") for part in (role, password, database))
    if host.startswith("/"):
        where = f"?host={quote(host, safe='')}&port={port}"
        return f"postgresql://{role}:{password}@/{database}{where}"
    return f"postgresql://{role}:{password}@{host}:{port}/{database}"


def parse(address: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL address; query parameters become libpq options."""
    parts = urlsplit(address.strip())
    if parts.scheme not in {"postgresql", "postgres"}:
        raise Unusable("The database address must begin with postgresql://")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or (parts.hostname or ""),
        "PORT": query.pop("port", None) or str(parts.port or ""),
        "OPTIONS": query,
    }


def same_place(one: str, other: str) -> bool:
    """Whether two addresses name the same database of the same server."""
    a, b = parse(one), parse(other)
    return all(a[key] == b[key] for key in ("HOST", "PORT", "NAME"))


def django_settings() -> dict[str, Any]:
    """`DATABASES["default"]` of this process."""
    role = os.environ.get("IHALA_ROLE")
    address = {"owner": owner_url, "agent": agent_url}.get(role or "", runtime_url)
    found = parse(address())
    if role not in ("owner", "agent"):
        found["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": int(os.environ.get("IHALA_POOL", "8")),
            "timeout": 10,
        }
    if role != "owner":
        found["OPTIONS"] |= PREPARED
    found["CONN_HEALTH_CHECKS"] = False
    return found


def remember_statements(connection: Any, **_more: Any) -> None:
    """Called for each connection Django opens: psycopg would forget all but the last hundred prepared statements."""
    connection.connection.prepared_max = PREPARED_MOST
