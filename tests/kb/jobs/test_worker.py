"""A worker of procrastinate's on real PostgreSQL runs what is due, come what may."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from kb.editing import schedule, transitions
from kb.editing.notices import leave, mark_seen
from kb.jobs import mail
from kb.jobs.schedule import LINKS_AN_HOUR, SCHEDULE
from kb.jobs.tasks import pause_after
from kb.models import Changeset, Notice, VisitorSuggestion
from tests.library.builders import approved, draft, managing_editor, person, reader, submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("library")]


def due(name, moment=None):
    """Put a job into the queue, as the schedule does at its minute. Gives its id."""
    timestamp = int((moment or timezone.now()).timestamp())
    return app.configure_task(name).defer(timestamp=timestamp)


def tell_ada_at_once():
    changeset = submitted(draft(reader("ann")))
    transitions.request_changes(changeset, "Which source?", by=person("grace"))
    return changeset


def mailed_to_ada():
    return Notice.objects.filter(user=person("ada"), mailed_at__isnull=False).exists()


def job(pk):
    return ProcrastinateJob.objects.filter(pk=pk).first()


def until(condition, seconds=30.0):
    """Whether the condition came true within the time."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_every_job_of_the_schedule_runs_in_an_empty_knowledge_base(run_worker, mail_server):
    for each in SCHEDULE:
        due(each.name)

    run_worker()

    assert list(ProcrastinateJob.objects.exclude(status="todo").values("task_name")) == []
    assert len({each.name for each in SCHEDULE}) == len(SCHEDULE)


def test_a_worker_sends_what_waits(run_worker, mailbox):
    tell_ada_at_once()
    pk = due("mail-notices")

    run_worker()

    assert len(mailbox.to("ada@x.org")) == 1
    assert job(pk) is None  # what succeeded leaves nothing


def test_while_the_mail_server_is_down_the_pauses_grow_and_nothing_is_lost(run_worker, mail_server):
    tell_ada_at_once()
    with mail_server.down():
        first = due("mail-notices", timezone.now() - timedelta(minutes=1))
        run_worker()
        waiting = job(first)
        second = due("mail-notices")
        run_worker()

    assert waiting.status == "todo"
    assert timedelta(seconds=50) < waiting.scheduled_at - timezone.now() < timedelta(seconds=70)
    assert job(second) is None  # left out, since the first waits for its time
    assert not mailed_to_ada()

    with connection.cursor() as cursor:  # its time comes
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    run_worker()
    assert len(mail_server.mailbox.to("ada@x.org")) == 1


def test_pauses_double_up_to_an_hour():
    minutes = [pause_after(attempts) / timedelta(minutes=1) for attempts in (0, 1, 2, 5, 6, 500)]

    assert minutes == [1, 2, 4, 32, 60, 60]


def test_what_is_scheduled_is_published_when_its_time_has_come(run_worker):
    person("ada")
    changeset = approved(draft(reader("ann")))
    schedule(changeset, timezone.now() + timedelta(hours=1), by=managing_editor())
    due("publish-due")
    run_worker()
    changeset.refresh_from_db()
    assert changeset.status == Changeset.Status.SCHEDULED

    Changeset.objects.update(publish_at=timezone.now() - timedelta(days=1))  # nobody worked
    due("publish-due")
    run_worker()

    changeset.refresh_from_db()
    assert changeset.status == Changeset.Status.PUBLISHED


def test_links_are_not_asked_because_a_worker_was_just_started(run_worker, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr("kb.jobs.schedule.links.check_links", asked.append)

    due("check-links", timezone.now() - timedelta(minutes=30))
    run_worker()
    assert asked == []

    due("check-links")
    run_worker()
    assert asked == [LINKS_AN_HOUR]


def test_a_job_that_fails_stops_no_other(run_worker, mailbox, monkeypatch, caplog):
    def fail():
        raise RuntimeError("out of order")

    monkeypatch.setattr("kb.jobs.schedule.scheduling.publish_due", fail)
    tell_ada_at_once()
    failing = due("publish-due")
    due("mail-notices")

    run_worker()

    assert job(failing).status == "failed"
    assert mailed_to_ada()
    assert "out of order" in caplog.text


def test_a_job_in_the_hands_of_a_killed_worker_is_run_again(run_worker, mailbox):
    tell_ada_at_once()
    pk = due("mail-notices")
    with working(mail_port=hanging_port(mailbox)) as process:
        assert until(lambda: job(pk).status == "doing")
        process.kill()
        process.wait(10)
    mailbox.is_hanging = False
    assert not mailed_to_ada()

    with connection.cursor() as cursor:  # half a minute passes without a sign of life
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = '2026-01-01'")
    due("retry-stalled")
    run_worker()

    assert job(pk) is None
    assert mailed_to_ada()
    assert len({mail["Message-ID"] for mail in mailbox.to("ada@x.org")}) == 1


def test_nothing_else_waits_while_a_mail_server_hangs(mailbox):
    """A publication changes suggestions and tells people; a page marks notices as seen."""
    changeset = tell_ada_at_once()
    suggestion = VisitorSuggestion.objects.create(
        secret_hash="s", nonce="n", what="W", email="vi@x.org", answered_at=timezone.now()
    )
    mailbox.is_hanging = True
    with ThreadPoolExecutor(2) as pool:
        mailing = [pool.submit(in_thread, send) for send in (mail.mail_notices, mail.mail_answers)]
        assert until(lambda: mailbox.waiting == 2)

        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '1s'")
        VisitorSuggestion.objects.filter(pk=suggestion.pk).update(answered_at=timezone.now())
        mark_seen(Notice.objects.filter(user=person("ada")))
        leave(changeset, by=person("ada"))
        connection.close()

        mailbox.is_hanging = False
        assert [job.result(20) for job in mailing] == [1, 1]
    suggestion.refresh_from_db()
    assert suggestion.answer_mailed_at is None  # answered again meanwhile: mailed again
    assert mail.mail_answers() == 1


def in_thread(send):
    try:
        return send()
    finally:
        connection.close()


def test_a_worker_goes_on_when_its_connections_are_cut_and_ends_when_asked(mail_server):
    tell_ada_at_once()
    with working(mail_port=mail_server.port) as process:
        assert until(ProcrastinateWorker.objects.exists)
        cut_other_connections()

        pk = due("mail-notices")

        assert until(lambda: job(pk) is None)
        assert until(mailed_to_ada)
        process.terminate()
        assert process.wait(15) == 0
    assert until(lambda: not ProcrastinateWorker.objects.exists())


@contextmanager
def working(*, mail_port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py work` as a process of its own, on the database of this test."""
    params = connection.get_connection_params()
    place = quote(str(params["host"]), safe="")
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{params['user']}@/{params['dbname']}?host={place}",
        "CG_MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "work"]
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def cut_other_connections():
    """As a restart of PostgreSQL does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def hanging_port(mailbox):
    mailbox.is_hanging = True
    return settings.EMAIL_PORT
