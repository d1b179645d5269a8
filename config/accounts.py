"""Accounts of their own, when Ihala is started as root: who holds keys and who answers people are not the same.

The key agent and the sequencer run as `ihala-agent`, which alone can read custody, the shred salts and the operator's
key; the server and the worker run as `ihala-web`, which cannot. The kernel keeps them apart and tells the agent who
knocks. Only the supervisor stays root. Where these accounts cannot reach Python or the code (an installation below
root's own home), everything runs as one account, and that is said.
"""

import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from .home import ROOT, folder, home, secret
from .keyagent import places
from .machine import VISITORS, PostgresError, let_pass, make_account, must_be_roots
from .processes import Command, as_account

AGENT, WEB = "ihala-agent", VISITORS
OF_AGENT = ("keys", "salts", "log", "witness", "compiled")
"""Folders of the home that are the agent's alone."""
OF_BOTH = ("django-secret-key", "installation-key", "runtime-database-url")
"""Secrets that whoever answers people must read; the others stay root's."""
RUN_BY_WEB = ("server", "worker")
CUSTODY_FILES = ("IHALA_CUSTODY_PASSPHRASE_FILE", "IHALA_CUSTODY_TOKEN_FILE", "IHALA_CUSTODY_CA_FILE")
REACHES = "import os, sys, django, granian, config.home; [open(path).close() for path in sys.argv[1:]]"


@dataclass(frozen=True)
class Accounts:
    """Which account runs what; None: the one that started us."""

    agent: str | None = None
    web: str | None = None

    def placed(self, commands: Iterable[Command]) -> list[Command]:
        """The commands, each as the account it belongs to."""
        return [self._placed(command) for command in commands]

    def _placed(self, command: Command) -> Command:
        account = self.web if command.name in RUN_BY_WEB else self.agent
        if account is None:
            return command
        cache = str(home() / "cache" / account)
        own = {
            "HOME": cache,
            "XDG_CACHE_HOME": cache,
            "NUMBA_CACHE_DIR": cache,
            "IHALA_AGENT_SOCKET": str(places.socket_path()),
            "IHALA_AGENT_PEERS": WEB,
            "IHALA_APART": "1",
        }
        return replace(command, account=account, env={**command.env, **own})


def separated(say: Callable[[str], None]) -> Accounts:
    """Make the accounts and hand them what is theirs, if we are root and they can work here."""
    places.choose()
    if os.geteuid() != 0:
        return Accounts()
    must_be_roots(home())
    try:
        for account in (AGENT, WEB):
            make_account(account)
        _open_home()
        for account, files in ((AGENT, _custody_files()), (WEB, [])):
            ours = [ROOT / "templates" / "base.html", home() / "secrets" / OF_BOTH[0]]
            _must_reach(account, [*map(str, ours), *files])
    except PostgresError as reason:
        say(f"Keys and pages run as one account, root: {reason}")
        _hand_over("root")
        home().chmod(0o700)
        return Accounts()
    _hand_over(AGENT)
    say(f"Keys are held by the account {AGENT}, pages answered by {WEB}")
    return Accounts(AGENT, WEB)


def settle() -> int:
    """After root did something in a folder of the agent's while it may be running: give back what is not its own
    there; how many files that were."""
    keys = home() / "keys"
    if os.geteuid() == 0 and keys.exists() and keys.stat().st_uid != 0:
        return _hand_over(AGENT)
    return 0


def _open_home() -> None:
    """The accounts may pass through the home and read what is theirs by name; nobody else gets in at all."""
    for name in OF_BOTH[:2]:
        secret(name)
    for path in (home(), home() / "secrets", folder(home() / "cache")):
        let_pass(path, "root", WEB)
    group = pwd.getpwnam(WEB).pw_gid
    for name in OF_BOTH:
        if (path := home() / "secrets" / name).exists():
            os.chown(path, 0, group)
            path.chmod(0o640)
    for place, _folders, files in os.walk(folder(home() / "static")):
        for path, mode in ((Path(place), 0o750), *((Path(place, name), 0o640) for name in files)):
            if path.stat().st_gid != group:
                os.chown(path, 0, group)
            path.chmod(mode)
    for account in (AGENT, WEB):
        _give(folder(home() / "cache" / account), account)


def _hand_over(account: str) -> int:
    """The agent's folders with all that is in them, and the one of its socket, through which others may pass; how many
    were somebody else's. Walked by descriptors: whoever holds such a folder cannot lead root elsewhere by a link."""
    entry, given = pwd.getpwnam(account), 0
    for name in OF_AGENT:
        _give(folder(home() / name), account)
        for _path, folders, files, here in os.fwalk(home() / name):
            for one in (*folders, *files):
                with suppress(FileNotFoundError):  # the agent is at work
                    if os.stat(one, dir_fd=here, follow_symlinks=False).st_uid != entry.pw_uid:
                        os.chown(one, entry.pw_uid, entry.pw_gid, dir_fd=here, follow_symlinks=False)
                        given += 1
    let_pass(folder(places.socket_path().parent), account, WEB if account == AGENT else None)
    return given


def _give(path: Path, account: str) -> None:
    entry = pwd.getpwnam(account)
    os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def _custody_files() -> list[str]:
    """What opens custody and must therefore be readable for the agent."""
    given = [path for name in CUSTODY_FILES if (path := os.environ.get(name))]
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    kept = Path(credentials) / "ihala-custody-passphrase" if credentials else None
    return [*given, str(kept)] if kept is not None and kept.exists() else given


def _must_reach(account: str, files: list[str]) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-c", REACHES, *files],
            cwd=ROOT,
            **as_account(account),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        reaches = done.returncode == 0
    except PermissionError:  # not even Python itself can be started
        reaches = False
    if not reaches:
        raise PostgresError(
            f"{account} cannot read {sys.executable}, {ROOT} or {' or '.join([*files[2:], str(home())])}"
        )
