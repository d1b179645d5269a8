"""Children that do not outlive their parent, and keep to themselves.

When the supervisor is killed with `kill -9` it cannot stop anybody. On Linux the kernel then sends its children the
signal they asked for here, so that no server keeps the port and no worker keeps a connection. Elsewhere this does
nothing and the next start finds what was left by its pid file.
"""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to send `number` to this process when its parent is gone."""
    _prctl(PR_SET_PDEATHSIG, int(number))


def close_memory() -> None:
    """From now on no other process of this account reads our memory, traces us or takes our descriptors, and none of it
    is in a core dump: what compares spellings or reads a hostile file runs under the same account. Root still can."""
    _prctl(PR_SET_DUMPABLE, 0)


def gain_nothing() -> None:
    """No program this process or its children start runs as anybody else, whatever its file says (setuid)."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def _prctl(what: int, value: int) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(what, value, 0, 0, 0)


def leave_with_parent(grace: float = 5.0) -> None:
    """End this process at the latest `grace` seconds after its parent is gone, even if its clean end hangs."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()
