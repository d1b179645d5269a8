"""The worker process: runs jobs of the queue in PostgreSQL as the runtime role until it is told to stop."""

import os
import sys

import django

from .parents import close_memory, leave_with_parent


def main() -> None:
    """Wait for jobs; two at a time are enough for e-mails and clocks. With `--once`: do what waits, and end."""
    if os.environ.get("IHALA_APART") == "1":
        close_memory()
    if os.environ.get("IHALA_SUPERVISED") == "1":
        leave_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    from django.db import connections
    from procrastinate.contrib.django import app

    from .tasks import HEARTBEAT, SILENT

    connections.close_all()
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as running:
        running.run_worker(
            concurrency=2,
            wait="--once" not in sys.argv,
            install_signal_handlers=True,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=SILENT,
        )


if __name__ == "__main__":
    main()
