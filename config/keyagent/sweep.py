"""What the agent does by itself: turn what waits for an accepted referral into the receiver's grants.

The request that accepts asks for it right after its commit. If the agent was away then, or the request was cut off,
it is done here, within seconds of the agent's return.
"""

import logging
import threading

from django.db import DatabaseError, InterfaceError, connection, transaction

from ihala.audit import actions as audit
from ihala.audit import comparing  # noqa: F401 — one of the questions the agent answers
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import Subject
from ihala.vault.wire import Who

logger = logging.getLogger("ihala.keyagent")

EVERY = 3.0
RELEASABLE = "SELECT subject, root, receiver FROM ihala_releasable(%s)"


def for_ever() -> None:
    """Look again and again; a database that is away is asked again."""
    while True:
        try:
            release_all()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("looking for releases failed: %s", type(error).__name__)
            connection.close()
        threading.Event().wait(EVERY)


def release_all() -> int:
    """Release what may be; how many packages. Each in a transaction of its own, as the receiver's system."""
    with connection.cursor() as cursor:
        cursor.execute(RELEASABLE, [now()])
        found = cursor.fetchall()
    done = 0
    for subject, root, receiver in found:
        try:
            with transaction.atomic():
                grants = audit.release(Who(receiver, 0, 0), Subject(SubjectKind.REFERRAL, subject, root))
                done += bool(grants)
        except Refused:
            continue  # ended meanwhile
    return done
