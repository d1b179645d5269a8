"""Where the agent's socket lies and who may connect to it."""

import os
import pwd
import socket
from pathlib import Path

from ..home import home
from ..machine import private_folder, socket_folder

NAME = "agent.sock"
LONGEST = 100
"""Bytes of a unix socket's path (sun_path holds 108)."""


def socket_path() -> Path:
    """`IHALA_AGENT_SOCKET`; else in a folder of the home, or in a short one where the home's path is too long."""
    given = os.environ.get("IHALA_AGENT_SOCKET")
    if given:
        return Path(given)
    inside = home() / "agent" / NAME
    return inside if len(str(inside)) < LONGEST else socket_folder(home() / "agent") / NAME


def made() -> Path:
    """The same for the agent, which makes the folder (closed to others) if it is none that somebody chose."""
    path = socket_path()
    if not os.environ.get("IHALA_AGENT_SOCKET"):
        private_folder(path.parent, None)
    return path


def listens() -> bool:
    """Whether an agent answers there now."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(socket_path())) == 0


def allowed() -> set[int]:
    """The agent's own account, root, who could read its memory anyway, and those that `IHALA_AGENT_PEERS` names."""
    names = [name.strip() for name in os.environ.get("IHALA_AGENT_PEERS", "").split(",") if name.strip()]
    return {0, os.geteuid(), *(pwd.getpwnam(name).pw_uid for name in names)}
