"""Asking addresses, of a real server on this machine."""

import threading
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from kb.editing.links import Unasked, _public, ask, check_links
from kb.models import LinkCheck
from tests.library.builders import book, publish, retract


class Server(ThreadingHTTPServer):
    """Remembers what it was asked, and how many asked at once at most."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Site)
        self.lock = threading.Lock()
        self.asked: list[tuple[str, str, str]] = []
        self.busy = self.busiest = 0
        self.url = f"http://127.0.0.1:{self.server_port}"


class Site(BaseHTTPRequestHandler):
    """Answers by path: `/404` with 404; `/to/n` redirects n times; `/get` refuses HEAD."""

    server: Server

    def answer(self):
        site = self.server
        with site.lock:
            site.asked.append((self.command, self.path, self.headers["User-Agent"]))
            site.busy += 1
            site.busiest = max(site.busiest, site.busy)
        step = self.path.rsplit("/", 1)[-1]
        if self.path.startswith("/to/") and int(step) > 0:
            self.send_response(302)
            self.send_header("Location", f"/to/{int(step) - 1}")
        elif self.path.startswith("/away"):
            self.send_response(301)
            self.send_header("Location", "file:///etc/passwd")
        elif self.path == "/get":
            self.send_response(405 if self.command == "HEAD" else 200)
        else:
            self.send_response(int(step) if step.isdigit() and int(step) > 99 else 200)
        with site.lock:
            site.busy -= 1
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = answer  # noqa: N815  # the server looks for these names

    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture
def site(settings):
    settings.LINK_CHECK_PRIVATE = True
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "status", "is_alive"),
    [
        ("/", 200, True),
        ("/404", 404, False),
        ("/410", 410, False),
        ("/500", 500, False),
        ("/403", 403, True),  # there, though not for programs
        ("/to/5", 200, True),
        ("/get", 200, True),
        ("/a path/ü?q=ä b", 200, True),
    ],
)
def test_what_an_address_answers(site, path, status, is_alive):
    answer = ask(site.url + path)

    assert (answer.status, answer.is_alive) == (status, is_alive)


def test_we_say_who_asks_and_read_nothing_that_we_need_not(site):
    ask(f"{site.url}/")

    ((method, _path, agent),) = site.asked
    assert method == "HEAD"
    assert agent.startswith("Common-Ground-links/1.0")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("/to/6", "redirects more than 5 times"),
        ("/away", "no address of the web"),
        ("ftp://example.org/", "no address of the web"),
        ("http://nowhere.invalid/", "host is unknown"),
        ("http://127.0.0.1:1/", "refused"),
        ("http://[::1/", "ValueError"),
    ],
)
def test_why_nothing_answered(site, url, problem):
    answer = ask(site.url + url if url.startswith("/") else url)

    assert answer.status == 0
    assert problem in answer.problem


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"],  # noqa: S104
)
def test_this_machine_is_not_asked(site, settings, host):
    settings.LINK_CHECK_PRIVATE = False

    answer = ask(f"http://{host}:{site.server_port}/")

    assert not answer.is_alive
    assert site.asked == []


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),  # where clouds keep their secrets
        ("::ffff:10.0.0.1", False),
        ("fd00::1", False),
        ("224.0.0.1", False),
    ],
)
def test_only_public_addresses_are_asked(address, is_public):
    assert list(_public([address])) == [address] * is_public


def test_a_redirect_into_a_private_network_is_not_followed(site, settings, monkeypatch):
    def judged(host, port):
        if len(site.asked) > 0:
            raise Unasked("It leads into a private network.")
        return host

    monkeypatch.setattr("kb.editing.links._public_address", judged)

    answer = ask(f"{site.url}/to/1")

    assert "private network" in answer.problem


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("library")
class TestChecking:
    def later(self):
        asked = LinkCheck.objects.filter(checked_at__isnull=False)
        asked.update(checked_at=timezone.now() - timedelta(days=1))

    def test_addresses_of_active_entries_are_asked_each_once(self, site):
        publish(book("atlas", website=f"{site.url}/a"), book("globe", website=f"{site.url}/a"))
        publish(book("map", website=f"{site.url}/404"), book("gone", website=f"{site.url}/gone"))
        retract("gone")

        assert check_links() == 2

        alive, dead = LinkCheck.objects.order_by("url").reverse()
        assert (alive.status, alive.failures, alive.succeeded_at is None) == (200, 0, False)
        assert (dead.status, dead.failures, dead.succeeded_at) == (404, 1, None)

    def test_three_days_of_failure_make_a_dead_link_and_one_answer_revives_it(self, site):
        publish(book("map", website=f"{site.url}/404"))
        for _day in range(3):
            check_links()
            self.later()
        check = LinkCheck.objects.get()
        assert check.failures == 3

        LinkCheck.objects.update(url=f"{site.url}/200")
        publish(book("map", website=f"{site.url}/200"))
        check_links()

        assert LinkCheck.objects.get().failures == 0

    def test_what_was_asked_today_is_left_in_peace(self, site):
        publish(book("atlas", website=f"{site.url}/a"))
        check_links()

        assert check_links() == 0
        assert len(site.asked) == 1

    def test_those_asked_longest_ago_come_first(self, site):
        publish(*(book(f"b-{n}", website=f"{site.url}/{n}") for n in range(4)))
        check_links(2)
        first = {path for _method, path, _agent in site.asked}
        self.later()

        check_links(2)

        second = {path for _method, path, _agent in site.asked[2:]}
        assert first | second == {"/0", "/1", "/2", "/3"}

    def test_a_host_is_asked_one_thing_at_a_time(self, site):
        publish(*(book(f"b-{n}", website=f"{site.url}/x{n}") for n in range(12)))

        assert check_links() == 12

        assert site.busiest == 1
        assert max(Counter(path for _m, path, _a in site.asked).values()) == 1

    def test_addresses_that_nothing_shows_any_more_are_forgotten(self, site):
        publish(book("atlas", website=f"{site.url}/a"))
        check_links()
        publish(book("atlas", website=f"{site.url}/b"))

        check_links()

        assert LinkCheck.objects.get().url == f"{site.url}/b"
