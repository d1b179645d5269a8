"""The clock of holds, in the worker: every minute, each organisation that has something due, as its own system."""

from django.db import connection
from procrastinate.contrib.django import app

from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.organisations.models import Actor

from . import actions


@app.periodic(cron="* * * * *")
@app.task(name="shelter.mind_holds", queue="clocks", queueing_lock="shelter.mind_holds", pass_context=False)
def mind_holds(timestamp: int) -> None:
    """Warn of holds that near their end and let go of those that have run out; `timestamp` is the minute meant.

    What is due is asked of the rows, not of the minute: a worker that was away catches up, and one asked twice for
    the same minute finds nothing more to do.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ihala_holds_due(%s)", [now()])
        due = [row[0] for row in cursor.fetchall()]
    for organisation in due:
        system = Actor.system_of(organisation)
        with acting(system):
            actions.mind_holds(by=system)
