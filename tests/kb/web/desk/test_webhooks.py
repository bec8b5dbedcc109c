"""Webhooks at the desk: one's own addresses, and nobody else's."""

import pytest

from kb.models import Webhook
from tests.library.builders import contributor
from tests.people import signed_in

pytestmark = pytest.mark.django_db
URL = "https://example.org/hook"


def added(client, **given):
    return client.post("/desk/webhooks/", {"url": URL, **given}, follow=True)


def test_an_address_is_added_with_what_it_is_told_of():
    client = signed_in(contributor("wim"))

    page = added(client, kinds=["body"], terms="topic:us-china").content.decode()

    webhook = Webhook.objects.get()
    assert (webhook.kinds, webhook.terms) == (["body"], ["topic:us-china"])
    assert f"whsec_{webhook.secret}" in page
    assert URL in client.get("/desk/webhooks/").content.decode()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"url": "http://example.org/"}, "https://"),
        ({"terms": "topic:us-chinas"}, "is no term"),
        ({"kinds": ["nothing"]}, "nothing"),
    ],
)
def test_what_cannot_be_told_is_said(given, told):
    client = signed_in(contributor("wim"))

    page = added(client, **given).content.decode()

    assert told in page
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("act", "left"),
    [("test", 1), ("rotate", 0), ("enable", 0), ("since", 0), ("delete", None)],
)
def test_its_owner_acts_on_it_and_nobody_else_may(act, left):
    client = signed_in(contributor("wim"))
    added(client)
    webhook = Webhook.objects.get()
    address = f"/desk/webhooks/{webhook.pk}/"

    stranger = signed_in(contributor("eve"))
    refused = [stranger.get(address), stranger.post(f"{address}act/", {"act": act})]
    client.post(f"{address}act/", {"act": act, "sequence": "1"})

    assert [each.status_code for each in refused] == [404, 404]
    found = Webhook.objects.filter(pk=webhook.pk).first()
    assert (found and found.deliveries.count()) == left
    if act == "rotate" and found:
        assert (found.former_secret, found.secret != webhook.secret) == (webhook.secret, True)
    if found:
        assert client.get(address).status_code == 200


def test_a_message_is_sent_again_from_the_log():
    client = signed_in(contributor("wim"))
    added(client)
    webhook = Webhook.objects.get()
    delivery = webhook.deliveries.create(body="{}", status=500, attempts=10)

    client.post(
        f"/desk/webhooks/{webhook.pk}/act/", {"act": "replay", "delivery": str(delivery.pk)}
    )

    delivery.refresh_from_db()
    assert delivery.next_at is not None
    assert delivery.attempts == 0
