"""What the key agent answers about two organisations together: how many survivors both served in a year that is over.

Both must have agreed, in a row the agent reads itself. Names become bits under the key of this run and are compared by
a process without it, as for one person (`private`). What leaves is rounded to fives, or nothing where it is below five.
"""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import connection

from ihala.audit import jointly
from ihala.audit.actions import ByWhom
from ihala.audit.enums import EventName
from ihala.audit.jointly import Run
from ihala.core.acting import acting
from ihala.core.clock import today
from ihala.core.refusal import Refused
from ihala.vault import link, refusals, wire
from ihala.vault.wire import Who

from . import private, reading
from .limits import MOST_TRIES, ROUNDED_TO, TOLD_FROM
from .private import People

READY = "SELECT partner, year FROM ihala_joint_ready(%s, %s, %s)"
SERVED = "SELECT case_id FROM ihala_served_in(%s, %s)"
PATIENCE = 240.0


@wire.carries
@dataclass(frozen=True)
class Counted:
    """The count as it may be told; None where it is too small."""

    told: int | None


@link.through("joint", within=600.0)
def count(actor: ByWhom, count_id: UUID) -> Counted:
    """Count what both organisations agreed to. On record at both first.

    `Refused`: `not_agreed` (no terms, not both agreed, or counted already), `asked_often` (begun `MOST_TRIES` times and
    never ended), `not_compared`.
    """
    reading.take_time()
    with connection.cursor() as cursor:
        cursor.execute(READY, [count_id, actor.organisation_id, today()])
        ready = cursor.fetchone()
    if ready is None:
        raise Refused(refusals.NOT_ASKED)
    partner, year = ready
    if jointly.tries(EventName.JOINT_COUNTED, count_id) >= MOST_TRIES:
        raise jointly.refuse(actor, EventName.JOINT_COUNTED, partner, count_id, refusals.ASKED_OFTEN)
    run = Run.begun(actor, EventName.JOINT_COUNTED, partner, count_id)
    one, other = (_served(run, organisation, year) for organisation in (actor.organisation_id, partner))
    return Counted(told_of(private.compared("joint", one, other, PATIENCE)))


def told_of(number: int) -> int | None:
    """Rounded to a multiple of five, halves up; None below five."""
    return None if number < TOLD_FROM else (number + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def _served(run: Run, organisation: int, year: int) -> People:
    with acting(Who(organisation, 0, 0)):
        with connection.cursor() as cursor:
            cursor.execute(SERVED, [organisation, year])
            cases = [row[0] for row in cursor.fetchall()]
        return reading.people(partial(run.open, organisation), organisation, cases, survivors=True)
