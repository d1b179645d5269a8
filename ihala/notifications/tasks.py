"""Handing e-mail over, in the worker. A job holds keys only and acts as the organisation's own system."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import actions

RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)
"""Again after 4, 16, 64 … seconds: a mail server that is away for some hours loses nothing."""


@app.task(name=actions.DELIVER, queue=actions.MAIL, retry=RETRY)
def deliver(organisation_id: int, notification_id: str = "") -> None:
    """Tell the members of the organisation by e-mail that something waits.

    `notification_id` is of jobs that were planned before one job mailed all.
    """
    actions.deliver(organisation_id)


@app.periodic(cron="* * * * *")
@app.task(name="notifications.mail_overdue", queue=actions.MAIL, queueing_lock="notifications.mail_overdue")
def mail_overdue(timestamp: int) -> None:
    """Every minute; `timestamp` is the minute meant, and what is due is asked of the rows."""
    actions.have_overdue_mailed()
