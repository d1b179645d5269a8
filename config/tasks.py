"""What the worker does for the queue itself: a job that a killed worker had taken up is done by another."""

from typing import Any

from procrastinate import JobContext
from procrastinate.contrib.django import app

HEARTBEAT = 5.0
"""Seconds between two signs of life of a worker."""
SILENT = 20.0
"""After so many without one, a worker is dead and its jobs are anybody's."""


@app.periodic(cron="* * * * * */20")
@app.task(name="queue.take_up", queue="clocks", queueing_lock="queue.take_up", pass_context=True)
async def take_up(context: JobContext, timestamp: int) -> None:
    """Put back what dead workers left; every job may be done twice by design, so none is ever lost."""
    manager: Any = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        await manager.retry_job(job)
