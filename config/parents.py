"""Children that do not outlive their parent.

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

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to send `number` to this process when its parent is gone."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def leave_with_parent(grace: float = 5.0) -> None:
    """End this process at the latest `grace` seconds after its parent is gone, even if its clean end hangs."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()
