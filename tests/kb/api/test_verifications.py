"""Marks of verification in the API, beside documents that do not change with them."""

from django.utils import timezone

from kb.editing.verification import statements_of, verify
from kb.models import Published
from tests.library.builders import book, person, publish, reader, retract

PATH = "/api/v1/entries/atlas/verifications"


def marked(verdict, note):
    published = Published.objects.select_related("revision").get(key="atlas")
    read = statements_of("book", published.revision.content)["l-one"].content_hash
    return verify("atlas", "l-one", verdict, note, by=person("grace"), content_hash=read)


def publish_atlas():
    loan = {"id": "l-one", "reader": "ann", "cites": [{"source": "globe"}]}
    publish(reader("ann"), book("globe"), book("atlas", loans=[loan]))


def test_marks_have_an_address_of_their_own_and_documents_stay_as_they_are(api):
    publish_atlas()
    before, stored = api.get(PATH), api.get("/api/v1/entries/atlas").content
    assert before.json() == {"key": "atlas", "items": []}

    mark = marked("contradicts", "It says 1992.")

    (item,) = api.get(PATH, headers={"If-None-Match": before["ETag"]}).json()["items"]
    assert item == {
        "statement": "l-one",
        "verdict": "contradicts",
        "note": "It says 1992.",
        "by": "grace",
        "at": f"{mark.at:%Y-%m-%dT%H:%M:%S.%fZ}",
    }
    assert api.get("/api/v1/entries/atlas").content == stored


def test_what_did_not_change_is_not_sent_again(api):
    publish_atlas()
    marked("confirmed", "")
    tag = api.get(PATH)["ETag"]

    assert api.get(PATH, headers={"If-None-Match": tag}).status_code == 304


def test_an_entry_that_is_not_there_or_out_of_view_says_so(api):
    publish_atlas()
    retract("atlas")

    assert api.get(PATH).status_code == 410
    assert api.get("/api/v1/entries/nothing/verifications").status_code == 404


def test_marks_are_known_as_they_were_at_a_moment(api):
    publish_atlas()
    unmarked = now()
    marked("confirmed", "")
    confirmed = now()
    marked("contradicts", "It says 1992.")
    contradicted = now()
    loan = {"id": "l-one", "reader": "ann", "from": "1999", "cites": [{"source": "globe"}]}
    publish(book("atlas", loans=[loan]))

    at = {moment: verdicts(api, moment) for moment in (unmarked, confirmed, contradicted, now())}

    assert list(at.values()) == [[], ["confirmed"], ["contradicts"], []]
    assert api.get(PATH, {"known_at": "1999"}).status_code == 400
    assert api.get(PATH, {"known_at": "1999-01-01"}).status_code == 404


def verdicts(api, moment):
    found = api.get(PATH, {"known_at": moment}).json()
    return [item["verdict"] for item in found["items"]]


def now():
    return f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"
