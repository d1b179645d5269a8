"""`python -m config.keyagent`: the key agent until it is told to stop."""

import os
import signal
import sys
import threading
from types import FrameType

import django

from ..parents import close_memory, leave_with_parent


def main() -> None:
    """Open custody, listen, and look by itself for what may be released."""
    close_memory()
    if os.environ.get("IHALA_SUPERVISED") == "1":
        leave_with_parent(grace=0.5)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["IHALA_ROLE"] = "agent"
    django.setup()
    sys.setswitchinterval(0.0005)  # many threads with little to do each: let them take turns quickly

    from ..search import attending
    from . import places, sweep
    from .gate import Gate
    from .server import Server

    server = Server(places.made(), places.allowed(), sweep.patiently(Gate.restored))
    threading.Thread(target=sweep.for_ever, daemon=True).start()
    attending.attend()

    def stop(number: int, frame: FrameType | None) -> None:
        server.close()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.serve()


if __name__ == "__main__":
    main()
