"""What the agent does by itself: release what waits for an accepted referral, and go on renewing keys.

The request that accepts asks for the release right after its commit. If the agent was away then, or the request was cut
off, it is done here, within seconds of the agent's return.
"""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connection, transaction

from ihala.audit import actions as audit
from ihala.audit import (
    comparing,  # noqa: F401 — one of the questions the agent answers
    keys,
)
from ihala.core.clock import now
from ihala.core.refusal import Refused
from ihala.matching import doubles, finding, joint, private  # noqa: F401 — others
from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import Subject
from ihala.vault.wire import Who

logger = logging.getLogger("ihala.keyagent")

Made = TypeVar("Made")
EVERY = 3.0
PAUSE = 0.02
"""Between two portions, so that people's questions come first."""
RELEASABLE = "SELECT subject, root, receiver FROM ihala_releasable(%s)"


def for_ever() -> None:
    """Look again and again; a database that is away is asked again."""
    while True:
        try:
            release_all()
            renew_keys()
        except Exception as error:  # whatever it is, the next turn may do better, and people must be answered
            logger.warning("work in the background failed: %s", type(error).__name__)
            connection.close()
        threading.Event().wait(EVERY)


def renew_keys() -> None:
    """Wrap again what old keys still hold, portion by portion, and give up the keys that nothing needs any more."""
    while True:
        with transaction.atomic():
            done = keys.go_on()
        if not done:
            break
        threading.Event().wait(PAUSE)
    with transaction.atomic():
        old = keys.retire()
    keys.destroy(old)


def patiently(make: Callable[[], Made]) -> Made:
    """What `make` makes, as soon as the database answers."""
    while True:
        try:
            return make()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("the database did not answer: %s", type(error).__name__)
            connection.close()
            threading.Event().wait(1)


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
