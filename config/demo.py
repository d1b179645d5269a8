"""`ihala demo`: from nothing to a running product with a story in it, on this machine only."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
from psycopg import sql

from . import accounts, databases, postgres, prepare, processes, provision
from .home import ROOT, home

Say = processes.Say
BEGUN, TOLD = "demo story begun", "demo story told"


class Failed(Exception):
    """A step of the start failed; its own words were printed above."""


def run(port: int, say: Say, *, empty: bool = False) -> int:
    """Start everything, wait, stop everything; `empty` leaves the referrals out. Returns the exit status."""
    if not processes.free(port):
        say(
            f"Port {port} is taken: is Ihala running already? Stop it, or choose another one: make demo PORT=8001"
        )
        return 1
    supervisor = processes.Supervisor(say)
    supervisor.listen()
    status = 0
    try:
        _start(supervisor, port, say, empty)
        supervisor.keep_alive()
    except KeyboardInterrupt:
        pass
    except (
        Failed,
        processes.Gone,
        postgres.PostgresError,
        databases.Unusable,
        psycopg.OperationalError,
    ) as reason:
        say(str(reason))
        status = 1
    say("Stopping")
    supervisor.stop()
    say("Stopped")
    return status


def _start(supervisor: processes.Supervisor, port: int, say: Say, empty: bool) -> None:
    began = time.monotonic()
    say(f"Home: {home()}")
    ready_database(supervisor, say)
    env = processes.environment("DEMO", databases.runtime_url())
    supervisor.env = env
    if prepare.stale():
        step("config.prepare", env, say, "Static files and catalogue")
    if not _has_mark(TOLD):
        _mark(BEGUN)
        inside = env | {"IHALA_AGENT": "inside"}  # the story is told before anybody serves
        step("config.story", inside, say, "The demo story", *(["empty"] if empty else []))
        _mark(TOLD)
    supervisor.commands = [
        processes.key_agent(), processes.server(port), processes.worker(), processes.sequencer()
    ]  # fmt: skip
    supervisor.commands += [processes.witness(port, one.name, one) for one in witnesses()]
    supervisor.commands = accounts.separated(say).placed(supervisor.commands)
    for command in supervisor.commands:
        supervisor.start(command)
    _wait_for(port, supervisor)
    say(f"Ready after {time.monotonic() - began:.0f} s")
    subprocess.run([sys.executable, "-m", "config.story", "cast", str(port)], env=env, cwd=ROOT, check=False)
    say("Ctrl-C stops everything.")


def ready_database(supervisor: processes.Supervisor, say: Say) -> None:
    """PostgreSQL runs, the roles are there, the tables are of today."""
    if os.environ.get("IHALA_DATABASE_URL"):
        provision.provision_given(say)
    else:
        cluster = postgres.embedded()
        supervisor.cluster = cluster
        cluster.start(say)
        provision.provision_embedded(cluster)
    if _has_mark(BEGUN) and not _has_mark(TOLD):
        _begin_again(supervisor, say)
    of_today = f"migrated {prepare.schema()}"
    if not _has_mark(of_today):
        migrate(say)
        _mark(of_today)


def migrate(say: Say) -> None:
    """Migrate in a process of its own, the only one that knows the owner's address."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "IHALA_ROLE": "owner",
        "IHALA_OWNER_DATABASE_URL": databases.owner_url(),
    }
    step("config.migrate", env, say, "Migrations")


def step(module: str, env: dict[str, str], say: Say, what: str, *arguments: str) -> None:
    """Run one step of the start in its own process and say how long it took."""
    began = time.monotonic()
    say(f"{what} …")
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Failed(f"{what}: failed")
    say(f"{what}: done in {time.monotonic() - began:.1f} s")


def _begin_again(supervisor: processes.Supervisor, say: Say) -> None:
    """The story was interrupted before anyone could sign in: nothing of anyone's is lost by starting over."""
    if supervisor.cluster is None:
        raise Failed(
            "The demo story was interrupted on the given server. Empty that database, then start again."
        )
    say("The demo story was interrupted; starting it over")
    with supervisor.cluster.connect() as connection:
        connection.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(databases.DATABASE))
        )
    for name in ("keys", "salts", "log", "witness"):
        shutil.rmtree(home() / name, ignore_errors=True)
    provision.provision_embedded(supervisor.cluster)


def witnesses() -> list[Path]:
    """The folders of the organisations' witnesses; the story made them."""
    return sorted(path for path in (home() / "witness").glob("witness.*") if path.is_dir())


def _has_mark(mark: str) -> bool:
    with psycopg.connect(databases.owner_url(), autocommit=True) as connection:
        if not connection.execute("SELECT to_regclass('public.ihala_mark') IS NOT NULL").fetchone()[0]:  # type: ignore[index]
            return False
        return connection.execute("SELECT 1 FROM ihala_mark WHERE name = %s", [mark]).fetchone() is not None


def _mark(mark: str) -> None:
    with psycopg.connect(databases.owner_url(), autocommit=True) as connection:
        connection.execute("INSERT INTO ihala_mark (name) VALUES (%s) ON CONFLICT DO NOTHING", [mark])


def _wait_for(port: int, supervisor: processes.Supervisor) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return
        except urllib.error.HTTPError as refused:
            refused.close()
            return
        except OSError:
            if supervisor.died("server"):
                raise Failed("The server did not start; its reason is above.") from None
            time.sleep(0.1)
    raise Failed("The server did not answer within a minute.")
