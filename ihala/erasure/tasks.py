"""What the worker does of erasure: a job for each confirmation, and every ten minutes what was left undone."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ihala.core.acting import acting
from ihala.organisations.models import Actor, Organisation

from . import actions
from .actions.requesting import CARRY_OUT, QUEUE
from .models import Erasure

RETRY = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(name=CARRY_OUT, queue=QUEUE, retry=RETRY)
def carry_out(organisation_id: int, erasure_id: str) -> None:
    """Carry out one erasure as the organisation's system."""
    system = Actor.system_of(organisation_id)
    with acting(system):
        actions.carry_out(UUID(erasure_id), by=system)


@app.periodic(cron="*/10 * * * *")
@app.task(name="erasure.tick", queue=QUEUE, queueing_lock="erasure.tick")
def tick(timestamp: int) -> None:
    """For each organisation: take up what a dead process left, ask for what is due, repeat while copies live."""
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        system = Actor.system_of(organisation_id)
        with acting(system):
            left = list(
                Erasure.objects.filter(confirmed_at__isnull=False, carried_out_at=None).values_list(
                    "pk", flat=True
                )
            )
        for erasure_id in left:
            carry_out(organisation_id, str(erasure_id))
        with acting(system):
            actions.request_due(by=system)
            actions.repeat(by=system)


@app.periodic(cron="23 3 * * *")
@app.task(name="erasure.after_restore", queue=QUEUE, queueing_lock="erasure.after_restore")
def after_restore(timestamp: int) -> None:
    """Once a day: clear what a restored backup brought back of cases erased whole."""
    for organisation_id in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        system = Actor.system_of(organisation_id)
        with acting(system):
            actions.finish_restored(by=system)
