"""The commands of a production installation: serve, agent, work, migrate, check, and importing forms."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

import psycopg

from . import accounts, databases, demo, needs, postgres, processes, provision, soundness
from .home import home
from .keyagent import places

Say = processes.Say


def serve(host: str, port: int, workers: int, say: Say) -> int:
    """The web server until it is told to stop; with the embedded database, that too.

    The key agent comes along, unless `IHALA_AGENT_SOCKET` says where one listens that runs on its own.
    """

    def commands() -> list[processes.Command]:
        served = [processes.server(port, host, workers), processes.sequencer()]
        return served if os.environ.get("IHALA_AGENT_SOCKET") else [processes.key_agent(), *served]

    return _production(commands, say, starts_database=True)


def agent(say: Say) -> int:
    """The key agent on its own, until it is told to stop: as another account than the server's."""
    return _production(lambda: [processes.key_agent()], say, starts_database=False)


def work(say: Say) -> int:
    """The worker until it is told to stop."""
    return _production(lambda: [processes.worker()], say, starts_database=False)


def _production(commands: Callable[[], list[processes.Command]], say: Say, *, starts_database: bool) -> int:
    if unmet := needs.unmet(os.environ | {"IHALA_PRODUCTION": "1"}):
        say(unmet)
        return 1
    supervisor = processes.Supervisor(say)
    supervisor.listen()
    status = 0
    try:
        if not os.environ.get("IHALA_DATABASE_URL"):
            _embedded(supervisor, say, starts_database)
        supervisor.env = processes.environment("PRODUCTION", databases.runtime_url())
        if starts_database:
            demo.step("config.prepare", dict(supervisor.env), say, "Static files and catalogue")
        supervisor.commands = accounts.separated(say).placed(commands())
        supervisor.keep_alive()
    except KeyboardInterrupt:
        pass
    except (demo.Failed, processes.Gone, postgres.PostgresError, databases.Unusable) as reason:
        say(str(reason))
        status = 1
    supervisor.stop()
    return status


def _embedded(supervisor: processes.Supervisor, say: Say, starts: bool) -> None:
    cluster = postgres.embedded()
    if cluster.pid() is not None:
        return  # whoever started it stops it
    if not starts:
        raise postgres.PostgresError("The embedded PostgreSQL does not run: start `ihala serve` first.")
    supervisor.cluster = cluster
    cluster.start(say)


def migrate(say: Say) -> int:
    """Make or update the tables; the embedded server is started for it when it does not run."""
    try:
        with a_database(say, new=True) as cluster:
            if cluster is None:
                provision.provision_given(say)
            else:
                provision.provision_embedded(cluster)
            demo.migrate(say)
    except (demo.Failed, postgres.PostgresError, databases.Unusable, psycopg.OperationalError) as reason:
        say(str(reason))
        return 1
    return 0


@contextmanager
def a_database(say: Say, *, new: bool = False) -> Iterator[postgres.Cluster | None]:
    """The embedded cluster, started for the length of the block if it does not run; None when a server is given.

    `PostgresError` where no cluster was ever made, unless the command may make a `new` one: an empty server has none
    of the roles, and would answer that a password is wrong.
    """
    if os.environ.get("IHALA_DATABASE_URL") or os.environ.get("IHALA_OWNER_DATABASE_URL"):
        yield None
        return
    cluster = postgres.embedded()
    if not (new or cluster.made()):
        raise postgres.PostgresError(
            f"There is no installation in {home()} yet: run `ihala migrate`, `ihala serve` or `ihala demo` first."
        )
    was_running = cluster.pid() is not None
    cluster.start((lambda line: None) if was_running else say)
    try:
        yield cluster
    finally:
        accounts.settle()
        if not was_running:
            _let_go()
            cluster.stop()


def _let_go() -> None:
    """Leave the database before it stops: a pool that loses it says so on the screen of whoever gave the command."""
    from django.conf import settings

    if settings.configured:
        from django.db import connections

        for connection in connections.all(initialized_only=True):
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]


def intake(files: list[str], user: str, say: Say) -> int:
    """Import forms as `user`; what is wrong is printed in both languages, and then nothing is stored."""
    with a_database(say):
        set_up()
        from ihala.referrals.intake import run_command

        return run_command(files, user)


def erase(options: Any, say: Say) -> int:
    """Show, request or confirm an erasure as a staff member."""
    with a_database(say):
        set_up()
        from django.utils.translation import override

        from ihala.erasure.command import run

        with override("en"):
            return run(options, say)


def backup_key(file: Path, say: Say) -> int:
    """Make the key that backups are encrypted to; its private half goes into `file` and away from this machine."""
    from .backup import vessel

    try:
        vessel.make_key(file)
    except OSError as reason:
        say(f"No key was made: {reason}")
        return 1
    say(
        f"The private half is in {file}. Keep two copies in two places, neither on this machine; read it, it says how."
    )
    say("Backups made with an earlier key still need that key.")
    return 0


def backup(place: Path, say: Say, *, verify: bool) -> int:
    """Database and home into one encrypted folder below `place`."""
    from .backup import making

    try:
        with a_database(lambda line: None):
            return making.run(place.absolute(), databases.owner_url(), say, verify=verify)
    except (postgres.PostgresError, databases.Unusable) as reason:
        say(str(reason))
        return 1


def restore(path: Path, key: Path, say: Say, *, replace: bool) -> int:
    """A backup back into the database and the home; the product must not be running."""
    from .backup import restoring

    given = bool(os.environ.get("IHALA_DATABASE_URL") or os.environ.get("IHALA_OWNER_DATABASE_URL"))
    try:
        if not given and postgres.embedded().pid() is not None:
            say("Ihala is running here. Stop it first (Ctrl-C, or its service), then restore.")
            return 1
        with a_database(say, new=True) as cluster:
            address = databases.owner_url() if cluster is None else ""
            if cluster is None:
                provision.provision_given(say)  # the roles that the tables speak of
            return restoring.run(path.absolute(), key.absolute(), cluster, address, say, replace=replace)
    except (postgres.PostgresError, databases.Unusable) as reason:
        say(str(reason))
        return 1


def copy_salts(place: Path, action: str, key: str | None, say: Say) -> int:
    """Make a copy of the shred salts, or add from one what is missing here."""
    from .backup import copies

    if action == "copy":
        return copies.copy(place.absolute(), say)
    if not key:
        say("Restoring a copy needs --key FILE, the private half of the backup key.")
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return copies.restore(place.absolute(), Path(key).absolute(), say)


def check(say: Say) -> int:
    """Folders, settings, database version, roles and migrations; prints what is wrong and what to do."""
    given = dict(os.environ)
    with a_database(lambda line: None):
        if back := accounts.settle():
            say(f"{back} file(s) of the key agent's belonged to another account; it can read them again now.")
        set_up()
        problems = [*_folders(), *soundness.unsafe(given), *_settings(), *_database(), *_search(say)]
        problems += _log(say)
    for line in soundness.advice(given):
        say(f"Worth knowing: {line}")
    for problem in problems:
        say(problem)
    say("Sound." if not problems else f"{len(problems)} problem(s).")
    return 1 if problems else 0


def set_up() -> None:
    """Django in this process, as the runtime role. Where no key agent runs, the command does its part itself, unless
    one runs on its own (`IHALA_AGENT_SOCKET`): keys and salts are in its home, and made here they would be lost."""
    import django

    if not (os.environ.get("IHALA_AGENT_SOCKET") or places.listens()):
        os.environ["IHALA_AGENT"] = "inside"
    os.environ["IHALA_DATABASE_URL"] = databases.runtime_url()
    os.environ.pop("IHALA_OWNER_DATABASE_URL", None)
    django.setup()


def _folders() -> list[str]:
    found = []
    passed = {home(), home() / "secrets"}  # as root, other accounts pass through these and cannot list them
    for path in (*sorted(passed), home() / "keys", home() / "salts", home() / "log"):
        others = 0o067 if path in passed and os.geteuid() == 0 else 0o077
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & others:
            found.append(f"{path} is open to others: chmod 700 {quote(str(path))}")
    return found


def _settings() -> list[str]:
    from django.core.checks import ERROR, run_checks

    return [str(problem) for problem in run_checks() if problem.level >= ERROR]


def _search(say: Say) -> list[str]:
    """Whether the key agent answers, where one should, and people can be searched."""
    from ihala.core.refusal import Refused
    from ihala.matching import finding

    if not places.listens():
        given = os.environ.get("IHALA_AGENT_SOCKET")
        return [f"No key agent answers at {given}: start it (docs/keys.md)."] if given else []
    try:
        held = finding.state()
    except Refused:
        return ["People cannot be searched: the key agent's search process does not answer (docs/search.md)."]
    say(f"Search: {sum(held.values()):,} people of {len(held)} organisation(s) in memory.")
    return []


def _log(say: Say) -> list[str]:
    """Whether the log can go on being signed by those who signed it so far."""
    from ihala.audit import checking
    from ihala.core.clock import DUBAI

    for name, at in checking.silent_witnesses():
        since = f"since {at.astimezone(DUBAI):%Y-%m-%d %H:%M}" if at else "yet"
        say(f"Worth knowing: {name} has not signed the log {since}: does it run where it is? (docs/log.md)")
    if checking.operator_is_here():
        return []
    where = f"The operator's log key is not in {home() / 'log'}: bring that folder from beside the master key first."
    return [f"{where} Signed with another key, every witness refuses (docs/log.md, After a restore)."]


def _database() -> list[str]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, rolname, rolsuper OR rolbypassrls "
            "FROM pg_roles WHERE rolname = current_user"
        )
        version, role, can_bypass = cursor.fetchone()
    found = []
    if version < provision.OLDEST_SERVER:
        found.append(f"PostgreSQL {version // 10000} is too old; 16 or newer is needed.")
    if can_bypass:
        found.append(f"The role {role} can step around the policies.")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        found.append("The tables are older than the code: run `ihala migrate`.")
    return found
