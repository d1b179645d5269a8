"""The sequencer's process: numbers events within a second and signs what the log holds, until it is told to stop.

It holds nothing that is not in the database or in the home, so it may be killed at any moment and started again.
"""

import logging
import os
import signal
import threading
import time
from types import FrameType

import django
from django.db import DatabaseError, InterfaceError, connection

from .parents import close_memory, leave_with_parent

IDLE, AGAIN = 0.25, 1.0
SIGNED_EVERY = 1.0
ALARM_EVERY = 60.0

logger = logging.getLogger("ihala.log")


def main() -> None:
    """Run as the runtime role; the operator's key is in its memory."""
    close_memory()
    if os.environ.get("IHALA_SUPERVISED") == "1":
        leave_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    stop = threading.Event()

    def asked(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    run(stop)


def run(stop: threading.Event) -> None:
    """Until `stop` is set. Whatever the database does, it is tried again from the beginning."""
    from ihala.audit.signing import Inconsistent

    keeper, alarmed = Keeper(), -ALARM_EVERY
    while not stop.is_set():
        try:
            pause = 0.0 if keeper.once() else IDLE
        except Inconsistent as reason:
            if time.monotonic() - alarmed >= ALARM_EVERY:
                alarmed = time.monotonic()
                logger.critical("THE LOG IS NOT WHAT WAS SIGNED, nothing is signed any more: %s", reason)
            pause = AGAIN
        except (DatabaseError, InterfaceError):
            logger.warning("the log's database does not answer; trying again")
            connection.close()
            keeper, pause = Keeper(), AGAIN
        stop.wait(pause)
    connection.close()


class Keeper:
    """Numbering and signing in turn."""

    def __init__(self) -> None:
        from ihala.audit.sequencer import Sequencer

        self.sequencer: Sequencer | None = None
        self.signed = 0.0

    def once(self) -> bool:
        """True if more events may wait already."""
        from ihala.audit import signing
        from ihala.audit.sequencer import BATCH, Sequencer

        if self.sequencer is None:
            signing.register_operator()
            self.sequencer = Sequencer()
        numbered = self.sequencer.once()
        if numbered == BATCH:
            return True
        if numbered is not None and time.monotonic() - self.signed >= SIGNED_EVERY:
            self.signed = time.monotonic()
            signing.sign()
        return False


if __name__ == "__main__":
    main()
