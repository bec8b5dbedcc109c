"""The schedule, made known to procrastinate. Only a worker needs this."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job, Status

from kb.jobs.schedule import EVERY_MINUTE, SCHEDULE, Scheduled
from kb.jobs.sending import MailServerDown

log = logging.getLogger("kb.jobs")

LONGEST_PAUSE = timedelta(hours=1)
LATEST = timedelta(minutes=10)  # for what is not made good when it was missed
KEPT = 30 * 24  # hours for which a failed job is kept, to be looked at


class WhenMailServerIsBack(BaseRetryStrategy):
    """Try again after 1, 2, 4 … minutes, at most an hour, for as long as the server is down."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, MailServerDown):
            return None
        pause = pause_after(job.attempts)
        log.warning("Mail waits for %s: %s", pause, exception)
        return RetryDecision(retry_at=timezone.now() + pause)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the attempt that follows `attempts` others."""
    return min(timedelta(minutes=2 ** min(attempts, 10)), LONGEST_PAUSE)


def register(scheduled: Scheduled) -> None:
    retry = WhenMailServerIsBack() if scheduled.sends_mail else False
    task = app.task(name=scheduled.name, retry=retry)(_task(scheduled))
    app.periodic(cron=scheduled.cron)(task)


def _task(scheduled: Scheduled) -> Callable[..., None]:
    def run(timestamp: int) -> None:
        """`timestamp`: seconds since 1970, for when it was due."""
        due = datetime.fromtimestamp(timestamp, UTC)
        if not is_too_late(scheduled, due) and not is_waiting_for_mail_server(scheduled, due):
            scheduled.run(due)

    return run


def is_too_late(scheduled: Scheduled, due: datetime) -> bool:
    return not scheduled.is_made_good and timezone.now() - due > LATEST


def is_waiting_for_mail_server(scheduled: Scheduled, due: datetime) -> bool:
    """Whether an earlier run failed and waits for its pause to end: then this one is left out."""
    if not scheduled.sends_mail or scheduled.cron != EVERY_MINUTE:
        return False
    waiting = ProcrastinateJob.objects.filter(
        task_name=scheduled.name,
        status=Status.TODO.value,
        attempts__gt=0,
        args__timestamp__lt=int(due.timestamp()),
    )
    return waiting.exists()


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="retry-stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Run again what a worker that was killed had in hand."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        log.warning("A worker ended while it ran “%s”; it is run again.", job.task_name)
        try:
            await jobs.retry_job(job)
        except AlreadyEnqueued:
            await jobs.finish_job(job, Status.FAILED, delete_job=True)


@app.periodic(cron="50 2 * * *")
@app.task(name="clear-jobs", pass_context=True)
async def clear_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Delete what is left of jobs that ended long ago; those that succeed leave nothing."""
    kept: dict[str, Any] = {"include_failed": True, "include_cancelled": True}
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT, include_aborted=True, **kept)


for each in SCHEDULE:
    register(each)
