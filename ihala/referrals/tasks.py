"""The clock of drafts, in the worker: every hour, each organisation that has an old one, as its own system."""

from django.db import connection
from procrastinate.contrib.django import app

from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.organisations.models import Actor

from .actions.purging import mind_drafts
from .rules import DRAFT_END_TOLD, DRAFT_KEPT


@app.periodic(cron="23 * * * *")
@app.task(
    name="referrals.mind_drafts", queue="clocks", queueing_lock="referrals.mind_drafts", pass_context=False
)
def mind_old_drafts(timestamp: int) -> None:
    """Tell authors of drafts that near their end, and delete those past it; `timestamp` is the hour meant.

    What is due is asked of the rows, not of the hour, so a worker that was away catches up.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ihala_drafts_unchanged_since(%s)", [now() - (DRAFT_KEPT - DRAFT_END_TOLD)])
        due = [row[0] for row in cursor.fetchall()]
    for organisation in due:
        system = Actor.system_of(organisation)
        with acting(system):
            mind_drafts(by=system)
