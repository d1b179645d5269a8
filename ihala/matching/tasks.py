"""What the worker does of matching: joint counts, and every ten minutes a look for two cases of one person."""

from contextlib import suppress
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.organisations.models import Actor, Organisation

from . import actions, joint_rules
from .actions.joint import COUNT
from .limits import MOST_TRIES

MOST_PORTIONS = 20
RETRY = RetryStrategy(max_attempts=MOST_TRIES, exponential_wait=8)


@app.task(name=COUNT, queue="matching", retry=RETRY)
def count_joint(organisation_id: int, count_id: str) -> None:
    """Count what both organisations agreed to, as the system of the one that agreed last."""
    system = Actor.system_of(organisation_id)
    with acting(system):
        actions.count_joint(UUID(count_id), by=system)


@app.periodic(cron="17 * * * *")
@app.task(name="matching.joint_waiting", queue="matching", queueing_lock="matching.joint_waiting")
def joint_waiting(timestamp: int) -> None:
    """Counts whose job gave up while the key agent was away are taken up again, until they are made or broke off."""
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        system = Actor.system_of(organisation_id)
        with acting(system):
            waiting = joint_rules.waiting(system)
        for count_id in waiting:
            with suppress(Refused), acting(system):
                actions.count_joint(count_id, by=system)


@app.periodic(cron="*/10 * * * *")
@app.task(name="matching.pairs", queue="matching", queueing_lock="matching.pairs")
def pairs(timestamp: int) -> None:
    """For each organisation; one whose people cannot be searched now is looked at the next time."""
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        system = Actor.system_of(organisation_id)
        with suppress(Refused):
            for _portion in range(MOST_PORTIONS):
                with acting(system):
                    if not actions.seek_pairs(by=system):
                        break
