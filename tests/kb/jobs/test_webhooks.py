"""Webhooks, against a real server: signatures, retries, order, who may be asked, who is told."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection, connections
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from kb.editing import EditingError, people, webhooks
from kb.jobs.webhooks import WAITS, forget_deliveries, post_webhooks, write_messages
from kb.models import Delivery, Webhook
from tests.library.builders import book, contributor, publish, reader, retract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


class Receiver(ThreadingHTTPServer):
    """Takes messages; answers with `status`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taking)
        self.status, self.taken = 200, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"


class Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"thank you " * 1000)

    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture
def receiver(settings):
    settings.LINK_CHECK_PRIVATE = True
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def hook(receiver, kinds_told=(), terms=()) -> Webhook:
    return webhooks.add(contributor("wim"), receiver.url, kinds_told=kinds_told, terms=terms)


def verified(webhook, headers, body):
    return Verifier(webhooks.PREFIX + webhook.secret).verify(body, headers)


def sent(receiver):
    return [json.loads(body) for _headers, body in receiver.taken]


def test_a_message_is_signed_and_says_where_to_look(receiver):
    webhook = hook(receiver)
    publish(book("emma"))

    assert post_webhooks() == 1

    ((headers, body),) = receiver.taken
    message = verified(webhook, headers, body)
    assert message["type"] == "entry.published"
    assert message["data"]["key"] == "emma"
    assert message["data"]["url"].endswith("/books/emma/")
    with pytest.raises(WebhookVerificationError):
        verified(webhook, headers, body + " ")
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.next_at) == (200, None)
    assert len(delivery.answer) <= 500
    assert post_webhooks() == 0


def test_both_secrets_sign_while_one_is_being_changed(receiver):
    webhook = hook(receiver)
    former = Webhook(secret=webhook.secret)
    webhooks.rotate(webhook)
    webhooks.send_test(webhook)

    post_webhooks()

    ((headers, body),) = receiver.taken
    assert verified(webhook, headers, body) == verified(former, headers, body)


@pytest.mark.parametrize(
    ("kinds_told", "terms", "keys"),
    [
        ([], [], ["emma", "ann", "world", "emma"]),
        (["reader"], [], ["ann"]),
        ([], ["genre:novel"], ["emma", "emma"]),
        (["book"], ["genre:atlas"], ["world"]),
    ],
)
def test_only_what_was_chosen_is_told_in_its_order(receiver, kinds_told, terms, keys):
    hook(receiver, kinds_told, terms)
    publish(book("emma", genres=["novel"]))
    publish(reader("ann"))
    publish(book("world", genres=["atlas"]))
    retract("emma")

    post_webhooks()

    assert [message["data"]["key"] for message in sent(receiver)] == keys


@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_is_not_taken_is_tried_again_later_and_under_the_same_id(receiver, status):
    hook(receiver)
    publish(book("emma"))
    receiver.status = status
    post_webhooks()
    waiting = Delivery.objects.get()
    assert waiting.next_at is not None
    assert waiting.next_at > timezone.now() + WAITS[0] / 2
    assert (post_webhooks(), len(receiver.taken)) == (0, 1)

    receiver.status = 204
    Delivery.objects.update(next_at=timezone.now())
    assert post_webhooks() == 1

    ids = {headers["webhook-id"] for headers, _body in receiver.taken}
    assert len(receiver.taken) == 2
    assert len(ids) == 1
    assert Webhook.objects.get().failing_since is None


def test_a_message_is_given_up_after_more_than_three_days(receiver):
    hook(receiver)
    publish(book("emma"))
    receiver.status = 500

    for _attempt in range(len(WAITS) + 3):
        Delivery.objects.filter(next_at__isnull=False).update(next_at=timezone.now())
        post_webhooks()

    assert sum(WAITS, timedelta()) > timedelta(days=3)
    assert len(receiver.taken) == len(WAITS) + 1
    assert Delivery.objects.get().next_at is None


def test_an_address_that_fails_for_days_is_sent_nothing_until_its_owner_says_so(receiver):
    webhook = hook(receiver)
    publish(book("emma"))
    receiver.status = 500
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=6))
    post_webhooks()
    publish(book("persuasion"))
    receiver.status = 200
    assert post_webhooks() == 0

    webhook.refresh_from_db()
    assert webhook.disabled_at
    webhooks.enable(webhook)

    assert post_webhooks() == 1


def test_what_was_sent_can_be_sent_again(receiver):
    publish(book("before"))
    webhook = hook(receiver)
    publish(book("emma"))
    post_webhooks()

    webhooks.replay(Delivery.objects.get())
    assert post_webhooks() == 1
    webhooks.replay_since(webhook, 1)
    assert post_webhooks() == 2

    keys = [message["data"]["key"] for message in sent(receiver)]
    assert keys[:2] == ["emma", "emma"]
    assert sorted(keys[2:]) == ["before", "emma"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/",
        "https://me:secret@example.org/",
        "https://",
        "hook",
        "https://example.org:port/",
    ],
)
def test_an_address_has_to_be_whole_and_secure(settings, url):
    settings.LINK_CHECK_PRIVATE = False

    with pytest.raises(EditingError):
        webhooks.add(contributor("wim"), url, kinds_told=[], terms=[])


def test_nothing_is_sent_into_a_private_network(receiver, settings):
    hook(receiver)
    publish(book("emma"))
    settings.LINK_CHECK_PRIVATE = False

    assert post_webhooks() == 0

    assert receiver.taken == []
    assert "private network" in Delivery.objects.get().answer


def test_a_deleted_account_has_no_webhooks(receiver):
    webhook = hook(receiver)
    publish(book("emma"))
    write_messages()

    people.delete_account(webhook.user, by=webhook.user)

    assert not Webhook.objects.exists()
    assert post_webhooks() == 0


def test_what_was_settled_a_month_ago_is_forgotten(receiver):
    hook(receiver)
    publish(book("emma"))
    post_webhooks()

    assert forget_deliveries(timezone.now()) == 0
    assert forget_deliveries(timezone.now() + timedelta(days=31)) == 1


def in_another_thread(call):
    def run():
        call()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_message(receiver):
    hook(receiver)
    for number in range(12):
        publish(book(f"book-{number}"))

    workers = [in_another_thread(post_webhooks) for _worker in range(3)]
    for worker in workers:
        worker.join()

    keys = [message["data"]["key"] for message in sent(receiver)]
    assert sorted(keys) == sorted(f"book-{number}" for number in range(12))


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_its_message_to_the_next(receiver):
    hook(receiver)
    publish(book("emma"))
    write_messages()
    killed = connection.copy()
    with killed.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT id FROM kb_delivery FOR UPDATE")
        assert post_webhooks() == 0
    killed.close()  # its connection ends with it, and its lock with that

    assert post_webhooks() == 1
