"""The other clock: a list of statements as it was published at a moment."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from kb.editing.redaction import ask, confirm
from kb.models import Revision
from tests.library.builders import administrator, managing_editor, merge, publish, retract

pytestmark = pytest.mark.usefixtures("dataset")

ASKED = [
    "/bodies/cern/members?page_size=200",
    "/bodies/cern/members?page_size=7",
    "/bodies/cern/members?on=1962-06-01",
    "/bodies/cern/members?on=1962-06-01&certainty=possible",
    "/bodies/cern/members?role=founding-member&actor=germany",
    "/actors/germany/memberships?page_size=200",
    "/actors/germany/memberships?on=1999-12-31&body=cern",
    "/proposals/cern-for-ai/positions",
    "/proposals/cern-for-ai/positions?history=true&page_size=3",
    "/proposals/cern-for-ai/positions?on=2024-06-01",
    "/actors/france/positions?history=true",
    "/instruments/cern-convention/participation?page_size=200",
    "/actors/france/positions",
    "/proposals/cern-for-ai/arguments",
    "/bodies?page_size=50&facets=true",
    "/bodies?page_size=200&sort=-published_at&function=joint-research&facets=function,topic",
    "/bodies?member=germany&on=1999-12-31&page_size=200",
    "/bodies?member=germany&on=1999-12-31&certainty=possible&page_size=200",
    "/proposals?stance=supports&actor=france",
    "/actors?member_of=cern&page_size=200",
    "/sources?cited_by=cern-for-ai&page_size=200",
    "/proposals?topic=scientific-collaboration&sort=-date&page_size=3",
    "/instruments?page_size=200",
    "/entries?kind=body&kind=instrument&page_size=3&sort=-name",
    "/entries/cern/links?page_size=200",
    "/entries/cern/statements/m-sg7g",
    "/timeline?about=germany&page_size=200",
    "/timeline?about=cern-for-ai",
    "/timeline?topic=scientific-collaboration&what=act&what=joined&page_size=50",
    "/bodies/cern/membership-history",
    "/instruments/cern-convention/participation-history",
    "/actors/gary-marcus/stance-changes",
    "/proposals/cern-for-ai/stance-changes",
    "/entries/germany/backlinks?page_size=200",
    "/entries/cern/backlinks?relation=modelled-on&page_size=2",
    "/search?q=particle+laboratory&facets=true&page_size=200",
    "/search?q=laboratory&kind=body&page_size=200",
    "/search?q=%22nuclear+research%22&page_size=200",
    "/search?q=convention&exists.website=true&facets=kind&page_size=200",
    "/search?q=research&topic=scientific-collaboration&page_size=200&facets=topic",
]


def asked(address: str, known_at: str = "") -> dict[str, Any]:
    mark = "&" if "?" in address else "?"
    clock = f"{mark}known_at={known_at}" if known_at else ""
    response = Client().get(f"/api/v1{address}{clock}")
    answer = json.loads(response.content)
    if response.status_code != 200:
        return {"status": response.status_code, "code": answer.get("code")}
    if address.startswith("/search"):  # ranked by how prominent entries are today
        answer["items"] = sorted(map(unranked, answer["items"]), key=lambda row: row["key"])
    if (
        "/backlinks" in address or "/timeline" in address
    ):  # what is shown of other entries, their status too, is today's
        answer["items"] = [{**row, "entry": row["entry"]["key"]} for row in answer["items"]]
    return {name: answer.get(name) for name in ("items", "total", "facets", "statement", "meta")}


def unranked(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "score"}


def everything(known_at: str = "") -> dict[str, dict[str, Any]]:
    return {address: asked(address, known_at) for address in ASKED}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def document(key: str) -> dict[str, Any]:
    return Revision.objects.filter(entry__key=key).order_by("-number")[0].content


def without_germany() -> None:
    cern = document("cern")
    cern["memberships"] = [row for row in cern["memberships"] if row["actor"] != "germany"]
    publish(cern)


def fewer_positions() -> None:
    proposal = document("cern-for-ai")
    proposal["positions"] = proposal["positions"][1:]
    proposal.pop("arguments", None)
    publish(proposal)


def an_act_less() -> None:
    convention = document("cern-convention")
    convention["participation"] = convention["participation"][2:]
    publish(convention)


STEPS = [without_germany, fewer_positions, an_act_less, lambda: retract("cern", "body")]


def test_each_list_answers_for_a_moment_what_it_answered_then():
    recorded = []
    for step in STEPS:
        recorded.append((now(), everything()))
        step()
    recorded.append((now(), everything()))

    for moment, answers in recorded:
        assert everything(moment) == answers, moment

    at_first, at_last = recorded[0][1], recorded[-1][1]
    members = ASKED[0]
    assert at_first[members]["total"] > 40
    assert at_last[members] == {"status": 410, "code": "retracted"}
    changed = [address for address in ASKED if at_first[address] != at_last[address]]
    assert len(changed) >= 10


def test_before_anything_was_published_there_is_nothing():
    assert asked("/bodies/cern/members", "1999-01-01") == {"status": 404, "code": "not-found"}
    assert asked("/bodies/cern/members", "soon")["status"] == 400


def test_pages_of_a_list_hold_together_at_a_moment():
    moment = now()
    retract("iaea", "body")
    without_germany()
    publish({**document("cern"), "name": "Another name"})

    found, address = [], f"/api/v1/bodies?page_size=7&known_at={moment}"
    while address:
        page = json.loads(Client().get(address).content)
        found += [row["key"] for row in page["items"]]
        address = page.get("next")

    assert {"iaea", "cern"} < set(found)
    assert len(found) == len(set(found)) == page["total"]
    cursor = json.loads(Client().get(f"/api/v1/bodies?page_size=7&known_at={moment}").content)
    other = cursor["next"].replace(moment, "2020-01-01")
    assert Client().get(other).status_code == 400


def test_a_merged_actor_leads_to_the_one_that_stands_for_it_today():
    before = now()
    merge("germany", "france", "actor")

    memberships = asked("/actors/germany/memberships?body=cern&page_size=200", before)

    assert {row["actor"]["key"] for row in memberships["items"]} == {"france"}


def test_what_was_redacted_does_not_come_back():
    moment = now()
    cern = document("cern")
    note = "Something that nobody should have read."
    cern["memberships"][0]["note"] = note
    publish(cern)
    leaked = now()
    without_germany()
    cern["memberships"][0].pop("note")
    publish(cern)
    assert note in json.dumps(asked("/bodies/cern/members", leaked))

    wrong = Revision.objects.get(entry__key="cern", number=2)
    confirm(ask(wrong, "Private.", by=managing_editor()), by=administrator())

    assert asked("/bodies/cern/members", leaked) == {"status": 410, "code": "redacted"}
    assert note not in json.dumps([asked(a, leaked) for a in ASKED])
    assert asked("/bodies/cern/members", moment)["total"] > 40
