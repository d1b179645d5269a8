"""One throwaway PostgreSQL per test run, one migrated template in it, one clone per process.

Tests connect as the runtime role, so row-level security is in force in every one of them; the fixture `owner` is a raw
connection of the owner for arranging and inspecting what the runtime role may not.
"""

import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from config import postgres, provision
from config.databases import AGENT_ROLE, OWNER_ROLE, RUNTIME_ROLE, url

TEMPLATE = "ihala_template"


@dataclass(frozen=True)
class Server:
    """What a test process must know of the run's server."""

    socket: str
    superuser: str
    owner: str
    app: str

    def address(self, role: str, database: str) -> str:
        """An address of `database` for one of the three roles."""
        of = {OWNER_ROLE: self.owner, RUNTIME_ROLE: self.app, AGENT_ROLE: self.app}
        password = (of | {postgres.SUPERUSER: self.superuser})[role]
        return url(role, password, self.socket, database)

    def connect(self, role: str, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        """A raw connection in autocommit."""
        return psycopg.connect(self.address(role, database), autocommit=True)

    def as_text(self) -> str:
        """For handing over to another process."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_text(text: str) -> "Server":
        """The other end of `as_text`."""
        return Server(**json.loads(text))


@contextmanager
def running() -> Iterator[Server]:
    """Start the run's cluster and stop and remove it at the end."""
    place = Path(tempfile.mkdtemp(prefix="ihala-tests-"))
    cluster = postgres.throwaway(place)
    try:
        cluster.start()
        server = Server(
            str(cluster.socket), cluster.password, secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        )
        with cluster.connect() as connection:
            provision.make_role(connection, OWNER_ROLE, server.owner)
            provision.make_role(connection, RUNTIME_ROLE, server.app)
            provision.make_role(connection, AGENT_ROLE, server.app)
            provision.limit(connection)
        yield server
    finally:
        cluster.stop()
        postgres.remove(cluster)
        shutil.rmtree(place, ignore_errors=True)


def ensure_template(server: Server) -> None:
    """Make and migrate the template, once per run: the first process to come does it, the others wait."""
    with (Path(server.socket) / "template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with server.connect(postgres.SUPERUSER, "postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
                return
            provision.make_database(connection, f"{TEMPLATE}_new")
        migrate(server.address(OWNER_ROLE, f"{TEMPLATE}_new"))
        with server.connect(postgres.SUPERUSER, "postgres") as connection:
            connection.execute(f"ALTER DATABASE {TEMPLATE}_new RENAME TO {TEMPLATE}")


def migrate(owner_address: str, settings: str = "config.settings") -> None:
    """Migrate as the owner in a process of its own, as the product does."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": settings,
        "IHALA_ROLE": "owner",
        "IHALA_OWNER_DATABASE_URL": owner_address,
    }
    code = "import django; django.setup(); from config.grants import migrate; migrate(0)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"the migrations failed:\n{done.stdout}{done.stderr}")


def clone(server: Server, database: str) -> None:
    """A fresh copy of the template under the name `database`."""
    with server.connect(postgres.SUPERUSER, "postgres") as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        provision.make_database(connection, database, template=TEMPLATE)


EMPTY_ALL = """
DO $$ DECLARE tables text; BEGIN
  SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') INTO tables FROM pg_tables
  WHERE schemaname = 'public' AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission');
  EXECUTE 'TRUNCATE ' || tables || ' RESTART IDENTITY CASCADE';
END $$
"""
