"""Where the agent's socket lies and who may connect to it."""

import os
import pwd
import socket
from contextlib import suppress
from pathlib import Path

from ..home import folder, home, keep
from ..machine import private_folder, socket_folder

NAME, ELSEWHERE = "agent.sock", "elsewhere"
"""In place of a socket whose path would be too long: a file that tells where it is, since commands may be given with
another XDG_RUNTIME_DIR than the agent was started with."""
LONGEST = 100
"""Bytes of a unix socket's path (sun_path holds 108)."""


def socket_path() -> Path:
    """`IHALA_AGENT_SOCKET`; else in a folder of the home, or in a short one where the home's path is too long."""
    given = os.environ.get("IHALA_AGENT_SOCKET")
    if given:
        return Path(given)
    inside = home() / "agent" / NAME
    if len(os.fsencode(inside)) < LONGEST:
        return inside
    try:
        return Path((home() / "agent" / ELSEWHERE).read_text().strip()) / NAME
    except OSError:
        return socket_folder(home() / "agent") / NAME


def choose() -> None:
    """Before anything starts: where the socket will be, on record where it is not in the home; unless an agent answers
    where the last start put it."""
    if os.environ.get("IHALA_AGENT_SOCKET") or listens():
        return
    with suppress(OSError):
        (home() / "agent" / ELSEWHERE).unlink()
    if (path := socket_path()).parent.parent != home():
        keep(folder(home() / "agent") / ELSEWHERE, str(path.parent))


def made() -> Path:
    """The same for the agent, which makes the folder (closed to others) if it is none that somebody chose."""
    path = socket_path()
    if not os.environ.get("IHALA_AGENT_SOCKET"):
        private_folder(path.parent, None)
    return path


def listens() -> bool:
    """Whether an agent answers there now."""
    with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):  # a path may be too long to be asked
        return probe.connect_ex(str(socket_path())) == 0
    return False


def allowed() -> set[int]:
    """The agent's own account, root, who could read its memory anyway, and those that `IHALA_AGENT_PEERS` names."""
    names = [name.strip() for name in os.environ.get("IHALA_AGENT_PEERS", "").split(",") if name.strip()]
    return {0, os.geteuid(), *(pwd.getpwnam(name).pw_uid for name in names)}
