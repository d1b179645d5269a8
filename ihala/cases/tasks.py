"""The clock of what was opened in an emergency, in the worker: every minute, each organisation that has one run out."""

from django.db import connection
from procrastinate.contrib.django import app

from ihala.core.acting import acting
from ihala.core.clock import now
from ihala.organisations.models import Actor

from . import emergency


@app.periodic(cron="* * * * *")
@app.task(
    name="cases.end_emergencies", queue="clocks", queueing_lock="cases.end_emergencies", pass_context=False
)
def end_emergencies(timestamp: int) -> None:
    """Close what has run out; asked of the rows and not of the minute, so a worker that was away catches up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ihala_emergencies_due(%s)", [now()])
        due = [row[0] for row in cursor.fetchall()]
    for organisation in due:
        system = Actor.system_of(organisation)
        with acting(system):
            emergency.close_due(by=system)
