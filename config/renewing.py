"""What people read is in the memory of the processes that answered them, long after: Python gives memory back to itself
and overwrites nothing. So these processes are replaced by fresh ones soon after somebody has signed out, and when
nothing was opened for a while. The kernel clears the memory of those that end before anybody else gets it.

The server starts a new process before it asks the old one to finish, so nobody notices; it is done at most every half
minute, whoever signs in and out again and again.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping

from django.contrib.auth.signals import user_logged_out

from ihala.vault.link import last_opened

SOON = 3.0
"""Seconds after a sign-out: its own answer has left."""
YOUNG = 30.0
"""A process is not replaced before this age."""
IDLE = 15 * 60.0
"""After so long without an opening everybody's screen is locked."""
LOOKS = 1.0


def ask_parent() -> None:
    """granian replaces its processes, one after the other, when it gets this signal."""
    os.kill(os.getppid(), signal.SIGHUP)


class Renewing:
    """Of one process: whether it is time, and asking for it once."""

    def __init__(
        self,
        ask: Callable[[], None] = ask_parent,
        clock: Callable[[], float] = time.monotonic,
        opened: Mapping[str, float] = last_opened,
    ) -> None:
        self.ask, self.clock, self.opened = ask, clock, opened
        self.born, self.left = clock(), 0.0

    def begin(self) -> None:
        """Watch from now on, in a thread of its own."""
        user_logged_out.connect(self.signed_out, weak=False)
        threading.Thread(target=self._watch, name="renewing", daemon=True).start()

    def signed_out(self, **_of_signal: object) -> None:
        """Somebody has left whose reading may be in memory."""
        self.left = self.clock()

    def is_due(self) -> bool:
        """Whether this process and its siblings should be replaced now."""
        present, opened = self.clock(), self.opened.get("at", 0.0)
        if present - self.born < YOUNG:
            return False
        return bool(self.left and present - self.left >= SOON) or bool(opened and present - opened >= IDLE)

    def _watch(self) -> None:
        while not self.is_due():
            time.sleep(LOOKS)
        self.ask()
