"""Writing by token: changesets that a program puts together and people review."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from kb import editing
from kb.api.errors import MOST_BYTES
from kb.jobs.upkeep import forget_answers
from kb.models import AccessToken, AnsweredRequest, Changeset, Published
from tests.library.builders import book, contributor, draft, person, publish, reader
from tests.people import signed_in, token

pytestmark = pytest.mark.usefixtures("library")


class Program:
    """A client with a token: `program("PUT", 3, "ann", body, if_match=tag)`."""

    def __init__(self, client, *scopes, user=None):
        self.client = client
        self.user = user or contributor("robot")
        self.secret = token(*(scopes or ("read", "draft")), user=self.user)

    def __call__(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method,
            f"/api/v1/changesets{path}",
            body if isinstance(body, str) else "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Bearer {self.secret}", **named},
        )

    def begin(self, title="Ten readers"):
        return self("POST", "", {"title": title}).json()["id"]

    def put(self, number, document, **headers):
        condition = headers or {"if_none_match": "*"}
        return self("PUT", f"/{number}/documents/{document['key']}", document, **condition)

    def submit(self, number, **headers):
        """Submit it, with every warning seen."""
        documents = self("GET", f"/{number}").json()["documents"].values()
        seen = [warning["id"] for each in documents for warning in each["warnings"]]
        return self("POST", f"/{number}/submit", {"acknowledge": seen}, **headers)

    def submitted(self, *documents):
        number = self.begin()
        for document in documents:
            assert self.put(number, document).status_code == 200
        assert self.submit(number).status_code == 200
        return Changeset.objects.get(pk=number)


@pytest.fixture
def program(api):
    return Program(api)


def told(response):
    problem = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert problem["status"] == response.status_code
    return response.status_code, problem["code"]


def pointers(response):
    return [error["pointer"] for error in response.json()["errors"]]


# --- the way of a changeset ------------------------------------------------------------------


def test_a_changeset_is_begun_as_an_empty_draft_of_the_owner(program):
    response = program("POST", "", {"title": " Ten  readers ", "description": "From a table."})

    assert response.status_code == 201
    found = response.json()
    assert response["Location"] == f"/api/v1/changesets/{found['id']}"
    assert (found["title"], found["description"]) == ("Ten readers", "From a table.")
    assert (found["status"], found["documents"]) == ("draft", {})
    assert Changeset.objects.get().created_by == program.user
    assert program("GET", f"/{found['id']}").json() == found


def test_a_document_is_put_read_written_again_and_taken_out(program):
    number = program.begin()
    first = program.put(number, reader("ann")).json()["documents"]["ann"]

    read = program("GET", f"/{number}/documents/ann")
    second = program.put(number, reader("ann", "Anna"), if_match=read["ETag"])
    last = second.json()["documents"]["ann"]["etag"]
    gone = program("DELETE", f"/{number}/documents/ann", if_match=last)

    assert read["ETag"] == first["etag"] != last
    assert read.json() == reader("ann")
    assert (first["kind"], first["act"], first["base"]) == ("reader", "revise", 0)
    assert gone.json()["documents"] == {}
    assert told(program("GET", f"/{number}/documents/ann")) == (404, "not-found")


def test_what_is_submitted_waits_at_the_desk_for_somebody_else(program):
    program.user = person("ada")
    program.secret = token("read", "draft", user=program.user)

    changeset = program.submitted(reader("ann"))

    assert changeset.status == "in_review"
    assert changeset.submitted_by == program.user
    assert not Published.objects.exists()
    with pytest.raises(editing.NotAllowed, match="own work"):
        editing.approve(changeset, by=program.user, digest=changeset.digest())
    editing.approve(changeset, by=person("grace"), digest=changeset.digest())
    editing.publish(changeset, by=person("grace"))
    assert Published.objects.get().key == "ann"


def test_an_entry_is_changed_from_its_newest_revision(program):
    publish(reader("ann"))
    number = program.begin()

    response = program(
        "PUT", f"/{number}/documents/ann?base=1", reader("ann", "Anna"), if_none_match="*"
    )

    assert response.json()["documents"]["ann"]["base"] == 1
    assert Published.objects.get().number == 1


def test_an_invalid_document_is_kept_and_what_is_wrong_is_in_the_answer(program):
    number = program.begin()

    response = program.put(number, {"kind": "reader", "key": "ann", "nmae": "Ann"})

    assert response.status_code == 200
    errors = response.json()["documents"]["ann"]["errors"]
    assert {error["pointer"] for error in errors} == {"/name", "/nmae"}
    refused = program("POST", f"/{number}/submit")
    assert told(refused) == (422, "invalid-content")
    assert set(pointers(refused)) == {"/documents/ann/name", "/documents/ann/nmae"}


def test_warnings_are_acknowledged_by_their_ids(program):
    publish(book("moby-dick", "Moby Dick", isbn="34"))
    number = program.begin()
    put = program.put(number, book("moby-dick-2", "Moby Dick")).json()
    warnings = put["documents"]["moby-dick-2"]["warnings"]

    refused = program("POST", f"/{number}/submit", {})
    seen = [warning["id"] for warning in warnings if warning["must_be_acknowledged"]]
    submitted = program("POST", f"/{number}/submit", {"acknowledge": seen})

    assert seen
    assert told(refused) == (422, "unacknowledged-warnings")
    assert submitted.json()["status"] == "in_review"


def test_what_is_withdrawn_lets_go_of_its_keys(program):
    number, other = program.begin(), program.begin()
    program.put(number, reader("ann"))

    withdrawn = program("POST", f"/{number}/withdraw")

    assert withdrawn.json()["status"] == "withdrawn"
    assert program.put(other, reader("ann")).status_code == 200


def test_no_answer_is_kept_by_others(program):
    response = program("GET", f"/{program.begin()}")

    assert response["Cache-Control"] == "private, no-store"


# --- what is refused -------------------------------------------------------------------------

ENDS = [
    ("POST", ""),
    ("GET", "/{}"),
    ("GET", "/{}/documents/ann"),
    ("PUT", "/{}/documents/ann"),
    ("DELETE", "/{}/documents/ann"),
    ("POST", "/{}/submit"),
    ("POST", "/{}/withdraw"),
]


@pytest.mark.parametrize(("method", "path"), ENDS)
def test_without_a_token_in_force_nothing_is_answered(program, method, path):
    there = path.format(program.begin())
    AccessToken.objects.update(revoked_at=timezone.now())

    revoked = program(method, there, {})
    none = program.client.generic(method, f"/api/v1/changesets{there}", "{}", "application/json")

    assert told(revoked) == told(none) == (401, "unauthorised")
    assert "invalid_token" in revoked["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path"), ENDS)
def test_a_token_may_do_only_what_its_scope_says(program, method, path):
    there = path.format(program.begin())
    other = Program(program.client, "draft" if method == "GET" else "read", user=program.user)

    assert told(other(method, there, {})) == (403, "forbidden")


@pytest.mark.parametrize(("method", "path"), ENDS[1:])
def test_who_may_not_see_a_draft_does_not_learn_of_it(program, method, path):
    foreign = draft(reader("ann"))

    there, nowhere, odd = (
        program(method, path.format(number), reader("ann"), if_match="*")
        for number in (foreign.pk, 999_999, "9" * 30)
    )

    assert told(there) == told(nowhere) == told(odd) == (404, "not-found")
    assert there.json()["detail"] == nowhere.json()["detail"]


def test_a_member_of_the_board_may_see_but_not_submit_what_others_wrote(program):
    foreign = draft(reader("ann"))
    editor = Program(program.client, user=person("grace"))

    assert editor("GET", f"/{foreign.pk}").status_code == 200
    assert told(editor("POST", f"/{foreign.pk}/submit")) == (403, "forbidden")
    assert told(editor("POST", f"/{foreign.pk}/withdraw")) == (403, "forbidden")


@pytest.mark.parametrize(
    ("headers", "is_there", "answered"),
    [
        ({}, False, (428, "precondition-required")),
        ({}, True, (428, "precondition-required")),
        ({"if_match": '"other"'}, True, (412, "precondition-failed")),
        ({"if_match": '"other"'}, False, (412, "precondition-failed")),
        ({"if_match": "*"}, False, (412, "precondition-failed")),
        ({"if_none_match": "*"}, True, (412, "precondition-failed")),
    ],
)
def test_a_document_is_not_overwritten_unseen(program, headers, is_there, answered):
    number = program.begin()
    if is_there:
        program.put(number, reader("ann"))

    response = program("PUT", f"/{number}/documents/ann", reader("ann", "Anna"), **headers)

    assert told(response) == answered
    kept = program("GET", f"/{number}").json()["documents"]
    assert list(kept) == (["ann"] if is_there else [])


def test_a_document_is_not_taken_out_unseen(program):
    number = program.begin()
    program.put(number, reader("ann"))
    there = f"/{number}/documents/ann"

    assert told(program("DELETE", there)) == (428, "precondition-required")
    assert told(program("DELETE", there, if_match='"a"')) == (412, "precondition-failed")
    assert told(program("DELETE", f"{there}-2", if_match="*")) == (404, "not-found")


@pytest.mark.parametrize(
    ("key", "document", "places"),
    [
        ("ann", [], [""]),
        ("ann", {}, ["/kind", "/key"]),
        ("ann", {"kind": "raeder", "key": "ann"}, ["/kind"]),
        ("ann", {"kind": [], "key": "ann"}, ["/kind"]),
        ("ann", {"kind": "reader", "key": "bob"}, ["/key"]),
        ("A_b", {"kind": "reader", "key": "A_b"}, [""]),
        ("ann", {"kind": "reader", "key": "ann", "born": -1.7863907412590356e16}, ["/born"]),
        ("ann", {"kind": "reader", "key": "ann", "born": [2**53]}, ["/born/0"]),
    ],
)
def test_what_is_no_document_is_refused_with_its_place(program, key, document, places):
    number = program.begin()

    response = program("PUT", f"/{number}/documents/{key}", document, if_none_match="*")

    assert told(response) == (422, "invalid-content")
    assert pointers(response) == places


DEEP = "[" * 1_000 + "]" * 1_000


@pytest.mark.parametrize("value", ['"a\\u0000b"', "52543456188527760", "1e400", DEEP, "[[], {}]"])
@pytest.mark.parametrize("name", ["name", "tags", "a\\u0000b"])
@pytest.mark.parametrize("condition", [{"if_none_match": "*"}, {"if_match": "*"}])
def test_odd_values_are_kept_or_refused(program, name, value, condition):
    number = program.begin()
    if "if_match" in condition:
        program.put(number, reader("ann"))
    body = f'{{"kind": "reader", "key": "ann", "{name}": {value}}}'

    response = program("PUT", f"/{number}/documents/ann", body, **condition)

    assert response.status_code in (200, 400, 422), response.content
    if response.status_code == 200:
        assert response.json()["documents"]["ann"]["errors"]


@pytest.mark.parametrize(
    ("path", "body", "places"),
    [
        ("", {}, ["/title"]),
        ("", {"title": "a\0b"}, ["/title"]),
        ("", {"title": "A", "description": "a\0b"}, ["/description"]),
        ("", {"title": ""}, ["/title"]),
        ("", {"title": "x" * 201}, ["/title"]),
        ("", {"title": "  "}, [""]),
        ("", {"title": "A", "status": "published"}, ["/status"]),
        ("", [], [""]),
        ("/{}/submit", {"acknowledge": ["x"]}, ["/acknowledge/0"]),
        ("/{}/submit", {}, [""]),
    ],
)
def test_what_is_wrong_in_a_request_is_named(program, path, body, places):
    response = program("POST", path.format(program.begin()), body)

    assert told(response) == (422, "invalid-content")
    assert pointers(response) == places


@pytest.mark.parametrize(
    ("body", "answered"),
    [("{", (400, "invalid-body")), (" " * (MOST_BYTES + 1), (413, "body-too-large"))],
)
def test_what_cannot_be_read_is_refused(program, body, answered):
    assert told(program("POST", "", body)) == answered


def test_a_key_that_is_taken_is_a_conflict(program):
    publish(book("atlas"))
    draft(reader("bob"))
    number = program.begin()

    of_another_kind = program.put(number, reader("atlas"))
    held = program.put(number, reader("bob"))

    assert told(of_another_kind) == told(held) == (409, "key-taken")


@pytest.mark.parametrize(("given", "status"), [(0, 409), (1, 409), (2, 200), (3, 409)])
def test_a_document_written_from_another_revision_is_a_conflict(program, given, status):
    publish(reader("ann"))
    publish(reader("ann", "Anna"))
    path = f"/{program.begin()}/documents/ann?base={given}"

    response = program("PUT", path, reader("ann", "Anne"), if_none_match="*")

    assert response.status_code == status
    if status != 200:
        assert told(response) == (409, "stale-base")
        assert response.json()["base"] == 2
        assert not Changeset.objects.get(status="draft").edits.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/documents/bob"), ("DELETE", "/documents/ann"), ("POST", "/submit"),
     ("POST", "/withdraw")],
)  # fmt: skip
def test_what_is_closed_stays_as_it_is(program, method, path):
    changeset = program.submitted(reader("ann"))
    program("POST", f"/{changeset.pk}/withdraw")

    response = program(method, f"/{changeset.pk}{path}", reader("bob"), if_match="*")

    assert told(response) == (409, "wrong-state")


def test_what_says_nothing_new_is_not_submitted(program):
    publish(reader("ann"))
    number = program.begin()
    program.put(number, reader("ann"))

    assert told(program("POST", f"/{number}/submit")) == (422, "invalid-content")


def test_what_is_put_after_submission_voids_the_approvals(program):
    changeset = program.submitted(reader("ann"))
    editing.approve(changeset, by=person("grace"), digest=changeset.digest())

    put = program.put(changeset.pk, reader("ann", "Anna"), if_match="*")

    assert put.json()["status"] == "in_review"
    assert changeset.approvals.exists()
    assert not changeset.approvals.filter(voided_at=None).exists()


# --- once ------------------------------------------------------------------------------------


def test_a_request_sent_again_with_its_key_does_nothing_more(program):
    key = str(uuid4())

    first, again = (
        program("POST", "", {"title": "Ten readers"}, idempotency_key=key) for _ in range(2)
    )

    assert Changeset.objects.count() == 1
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.content, first["Location"]) == (again.content, again["Location"])


def test_submitting_again_with_its_key_is_no_wrong_state(program):
    number = program.begin()
    program.put(number, reader("ann"))

    first, again = (program.submit(number, idempotency_key="a") for _ in range(2))
    with_another = program.submit(number, idempotency_key="b")

    assert first.json()["status"] == "in_review"
    assert first.content == again.content
    assert told(with_another) == (409, "wrong-state")


@pytest.mark.parametrize(
    ("path", "body"), [("", {"title": "Other"}), ("/{}/withdraw", {"title": "Ten readers"})]
)
def test_a_key_belongs_to_one_request(program, path, body):
    there = path.format(program.begin())
    program("POST", "", {"title": "Ten readers"}, idempotency_key="a")

    response = program("POST", there, body, idempotency_key="a")

    assert told(response) == (422, "idempotency-key-reused")


def test_the_same_key_of_another_token_is_another(program):
    other = Program(program.client, user=contributor("other"))

    for each in (program, other):
        each("POST", "", {"title": "Ten readers"}, idempotency_key="a")

    assert Changeset.objects.count() == 2


def test_a_refusal_is_not_kept(program):
    number = program.begin()
    program.put(number, reader("ann"))
    refused = program("POST", f"/{number}/submit", {}, idempotency_key="a")

    submitted = program.submit(number, idempotency_key="a")

    assert told(refused) == (422, "unacknowledged-warnings")
    assert submitted.json()["status"] == "in_review"


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "schlüssel", "a b"])
def test_a_key_that_cannot_be_one_is_refused(program, key):
    response = program("POST", "", {"title": "Ten readers"}, idempotency_key=key)

    assert told(response) == (400, "invalid-header")


def test_answers_are_forgotten_after_a_day(program):
    program("POST", "", {"title": "Ten readers"}, idempotency_key="a")
    program("POST", "", {"title": "Ten readers"}, idempotency_key="b")
    old = AnsweredRequest.objects.filter(key="a")
    old.update(made_at=timezone.now() - timedelta(hours=25))

    program("POST", "", {"title": "Another"}, idempotency_key="a")
    old.update(made_at=timezone.now() - timedelta(hours=25))

    assert Changeset.objects.count() == 3
    assert forget_answers(timezone.now()) == 1
    assert AnsweredRequest.objects.get().key == "b"


def test_it_stands_in_the_queue_of_the_desk(program, settings):
    changeset = program.submitted(reader("ann"))
    settings.ROOT_URLCONF = "config.urls"

    page = signed_in(person("grace")).get("/desk/queue/").content.decode()

    assert changeset.get_absolute_url() in page
