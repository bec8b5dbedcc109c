"""Releases over the API: listed, streamed, never changed, and withdrawn when they must be."""

import gzip
import hashlib
import json

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from django.test import Client

from kb.editing import redaction
from kb.models import Revision
from kb.releases.building import build
from tests.library.builders import administrator, book, managing_editor, publish, reader

SITE = "http://testserver"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def released(api, settings, tmp_path):
    """The name of a release with a book and a reader whose first revision told too much."""
    settings.RELEASES_DIR = tmp_path / "releases"
    publish(book("atlas"), reader("ann", "Ann", summary="12 Hidden Lane"))
    publish(reader("ann", "Ann", summary="Reads."))
    return build().release.name


def get(api, address, status=200):
    response = api.get(address)
    assert response.status_code == status, response.getvalue()
    return json.loads(response.getvalue())


def test_releases_are_listed_with_what_tells_whether_a_copy_is_whole(api, released):
    found = get(api, "/api/v1/releases")

    (item,) = found["items"]
    assert (item["name"], item["head"], item["entries"]) == (released, 3, {"book": 1, "reader": 1})
    assert released in item["cite_as"]
    assert {"manifest.json", "entries.jsonl.gz"} <= {file["name"] for file in item["files"]}
    for file in item["files"]:
        body = api.get(file["url"]).getvalue()
        assert (file["bytes"], file["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())


def test_a_file_is_streamed_and_may_be_kept_for_ever(api, released):
    address = f"/api/v1/releases/{released}/entries.jsonl.gz"

    response = api.get(address)
    body = response.getvalue()

    assert response.streaming
    assert response["ETag"] == f'"{hashlib.sha256(body).hexdigest()}"'
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Type"] == "application/gzip"
    assert response["Content-Length"] == str(len(body))
    first = gzip.decompress(body).splitlines()[0]
    assert first == api.get("/api/v1/entries/ann").content
    again = api.get(address, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = api.head(address)
    assert (head.content, head["Content-Length"]) == (b"", str(len(body)))


def test_latest_leads_to_the_newest(api, released):
    response = api.get("/api/v1/releases/latest/manifest.json")

    assert response.status_code == 307
    assert response["Location"] == f"{SITE}/api/v1/releases/{released}/manifest.json"
    assert "immutable" not in response["Cache-Control"]
    assert get(api, response["Location"])["name"] == released


def citations(response):
    """(key, title, day, version, address, note) of each thing cited, as others read it back."""
    text, media_type = response.content.decode(), response["Content-Type"].partition(";")[0]
    if media_type == "application/x-bibtex":
        entries = parse_string(text).entries
        named = ({f.key: f.value for f in each.fields} | {"id": each.key} for each in entries)
        names, strip = ("id", "title", "date", "version", "url", "note"), "{}"
    elif media_type == "application/x-research-info-systems":
        named = ({**each, "note": each["notes"][0]} for each in rispy.loads(text))
        names, strip = ("id", "title", "date", "edition", "urls", "note"), "/"
    else:
        named = json.loads(text)
        names, strip = ("id", "title", "issued", "version", "URL", "note"), ""
    return [[plain(each[name], strip) for name in names] for each in named]


def plain(value, strip):
    if isinstance(value, dict):
        return "-".join(f"{part:02}" for part in value["date-parts"][0])
    value = value[0] if isinstance(value, list) else value
    return value if value.startswith("http") else value.strip(strip).replace("/", "-")


@pytest.mark.parametrize("suffix", ["bib", "ris", "csl"])
def test_a_release_is_cited_by_what_its_history_can_be_verified_by(api, released, suffix):
    publish(book("globe"))
    later = build().release.name
    head = Revision.objects.order_by("-pk")[0].hash

    response = api.get(f"/api/v1/releases/{later}.{suffix}")

    (found,) = citations(response)
    name = f"Common Ground, release {later}"
    address = f"{SITE}/api/v1/releases/{later}/manifest.json"
    note = f"A chain of 4 revisions that ends in {head}"
    assert found == [f"release-{later}", name, released, later, address, note]
    every = citations(api.get(f"/api/v1/releases.{suffix}"))
    assert [each[3] for each in every] == [later, released]
    assert every[0] == found


@pytest.mark.parametrize("form", ["json", "bib", "ris", "csl"])
def test_a_release_is_had_in_each_format_by_suffix_parameter_and_header(api, released, form):
    address = f"/api/v1/releases/{released}"
    first = api.get(f"{address}.{form}")

    media_type = first["Content-Type"].partition(";")[0]
    others = [
        api.get(f"{address}?format={form}"),
        api.get(address, headers={"accept": media_type}),
        api.get(api.get(f"/api/v1/releases/latest.{form}")["Location"]),
    ]

    assert {each.content for each in others} == {first.content}
    again = api.get(f"{address}.{form}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_one_release_is_told_as_in_the_list(api, released):
    publish(book("globe"))
    second = build().release.name

    items = get(api, "/api/v1/releases")["items"]

    assert [get(api, f"/api/v1/releases/{name}") for name in (second, released)] == items
    assert second == f"{released}.2"
    assert "There is no release" in get(api, f"/api/v1/releases/{released}.3", 404)["detail"]
    assert "There is no format" in get(api, f"/api/v1/releases/{released}.xml", 404)["detail"]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("2020-01-01/manifest.json", "There is no release “2020-01-01”"),
        ("latest/no-such-file", "It has entries.jsonl.gz"),
        ("latest/..%2F..%2Fsecret-key", "There is no"),
        ("%2e%2e/secret-key", "There is no"),
    ],
)
def test_what_is_not_there_is_not_found(api, released, place, told):
    response = api.get(f"/api/v1/releases/{place}")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    if "%" not in place:
        assert told in json.loads(response.content)["detail"]


def test_before_the_first_release_the_list_is_empty(api, settings, tmp_path):
    settings.RELEASES_DIR = tmp_path / "none"

    assert get(api, "/api/v1/releases") == {"items": [], "withdrawn": []}
    detail = get(api, "/api/v1/releases/latest/manifest.json", 404)["detail"]
    assert "There is none yet" in detail
    assert get(api, "/api/v1/status")["release"] is None


@pytest.mark.parametrize("address", ["/api/v1/status", "/api/v1/"])
def test_the_newest_release_is_named_and_a_new_one_makes_another_tag(api, released, address):
    first = api.get(address)
    publish(book("globe"))
    second = api.get(address)
    build()

    third = api.get(address, headers={"if-none-match": second["ETag"]})

    assert json.loads(first.content)["release"]["name"] == released
    assert json.loads(third.content)["release"] == {
        "name": f"{released}.2",
        "head": 4,
        "url": f"{SITE}/api/v1/releases/{released}.2/manifest.json",
    }


def test_a_withdrawn_release_is_listed_with_its_reason_and_cannot_be_had(api, released):
    revision = Revision.objects.get(entry__key="ann", number=1)
    asked = redaction.ask(revision, "A private address.", by=managing_editor())

    redaction.confirm(asked, by=administrator())

    found = get(api, "/api/v1/releases")
    assert found["items"] == []
    (gone,) = found["withdrawn"]
    assert (gone["name"], gone["head"]) == (released, 3)
    assert "A private address." in gone["reason"]
    for place in (released, f"{released}.bib", f"{released}/revisions.jsonl.gz"):
        problem = get(api, f"/api/v1/releases/{place}", 410)
        assert problem["code"] == "redacted"
        assert "was withdrawn" in problem["detail"]
        assert "A private address." in problem["detail"]


def test_the_page_of_data_lists_releases_and_changes_when_one_is_built(
    library, db, settings, tmp_path
):
    settings.RELEASES_DIR = tmp_path / "releases"
    publish(book("atlas"))
    client = Client()
    before = client.get("/data/")

    name = build().release.name
    after = client.get("/data/", headers={"if-none-match": before["ETag"]})

    assert "There is none yet." in before.content.decode()
    assert f"/api/v1/releases/{name}/entries.jsonl.gz" in after.content.decode()
    for suffix in ("bib", "ris", "csl"):
        assert f'"/api/v1/releases/{name}.{suffix}"' in after.content.decode()
