"""What the worker does of matching: every ten minutes it looks for two cases of one person."""

from contextlib import suppress

from procrastinate.contrib.django import app

from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.organisations.models import Actor, Organisation

from . import actions

MOST_PORTIONS = 20


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
