"""Sweeping of shred salts, in the worker: those whose row never came, or is gone, are destroyed."""

import logging
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from . import link, salts

logger = logging.getLogger("ihala.vault")


@app.periodic(cron="41 * * * *")
@app.task(name="vault.sweep_salts", queue="clocks", queueing_lock="vault.sweep_salts", pass_context=False)
def sweep_salts(timestamp: int) -> None:
    """Destroy what no secret needs; `timestamp` is the hour meant. Repeated, it finds nothing more."""
    number = swept()
    if number:
        logger.info("%d shred salts that nothing needed were destroyed", number)


@link.through("sweep")
def swept() -> int:
    """How many the key agent destroyed, which alone may touch them."""
    return salts.sweep(_needed)


def _needed(roots: list[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ihala_roots_with_secrets(%s)", [roots])
        return {row[0] for row in cursor.fetchall()}
