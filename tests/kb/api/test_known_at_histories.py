"""What was answered in the course of a history, asked again when it is over."""

import json
import random

import pytest
from django.utils import timezone

from kb import editing
from kb.editing.merging import open_unmerge
from kb.editing.redaction import ask, confirm
from kb.models import Label, Revision
from tests.library.builders import (
    administrator,
    approved,
    book,
    managing_editor,
    merge,
    person,
    publish,
    restore,
    retract,
)

KEYS = ["atlas", "atlas-two", "globe"]
LISTS = ["/books?", "/entries?sort=-name&facets=true&", "/search?q=map&facets=true&"]
SECRET = "Quixotry"


def now():
    return f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"


def asked(api, known_at):
    """The lists, and what became of each entry, as far as it is told apart from names of others."""
    clock = f"known_at={known_at}" if known_at else ""
    answers = {}
    for address in LISTS:
        found = api.get(f"/api/v1{address}{clock}").json()
        rows = {(row["key"], row["name"], row["meta"]["revision"]) for row in found["items"]}
        answers[address] = (rows, found["total"], json.dumps(found.get("facets"), sort_keys=True))
    for key in KEYS:
        answers[key] = api.get(f"/api/v1/entries/{key}?{clock}").status_code
    return answers


def unmerge(key):
    editor = person("ada")
    editing.publish(approved(open_unmerge(key, by=editor)), by=editor)


def revise(key):
    number = Revision.objects.filter(entry__key=key).count()
    publish(book(key, f"Map {key} {number}"))


def step(chosen):
    """Something that can be done now, chosen at random."""
    label = Label.objects.get(key=chosen.choice(KEYS))
    key, status = label.key, label.shown.get("status")
    if status == "retracted":
        return restore(key)
    if status == "merged":
        return unmerge(key)
    others = [each.key for each in Label.objects.exclude(key=key) if "status" not in each.shown]
    acts = [lambda: revise(key), lambda: retract(key)]
    if others:
        acts.append(lambda: merge(key, chosen.choice(sorted(others))))
    return chosen.choice(acts)()


@pytest.mark.parametrize("seed", range(4))
def test_a_history_of_every_act_is_answered_as_it_was(api, seed):
    chosen = random.Random(seed)
    publish(*(book(key, f"Map {key}") for key in KEYS))
    recorded = []
    for _ in range(9):
        recorded.append((now(), asked(api, "")))
        step(chosen)

    again = [(moment, asked(api, moment)) for moment, _answers in recorded]

    assert again == recorded
    assert len({str(answers) for _moment, answers in recorded}) > 5


def test_every_act_can_happen_and_be_undone(api):
    publish(*(book(key, f"Map {key}") for key in KEYS))
    acts = [
        lambda: merge("atlas-two", "atlas"),
        lambda: unmerge("atlas-two"),
        lambda: retract("globe"),
        lambda: restore("globe"),
        lambda: revise("atlas"),
    ]
    recorded = []
    for act in acts:
        recorded.append((now(), asked(api, "")))
        act()

    again = [(moment, asked(api, moment)) for moment, _answers in recorded]

    assert again == recorded
    assert [answers["/books?"][1] for _moment, answers in recorded] == [3, 2, 3, 2, 3]
    assert recorded[1][1]["atlas-two"] == 308
    assert recorded[3][1]["globe"] == 410


def test_redacted_text_is_in_no_answer_for_any_moment(api):
    publish(*(book(key, f"Map {key}") for key in KEYS))
    before = now(), asked(api, "")
    publish(book("globe", f"Map {SECRET}"))
    leaked = now()
    publish(book("globe", "Map globe"))
    after = now(), asked(api, "")
    wrong = Revision.objects.get(entry__key="globe", number=2)
    assert f"Map {SECRET}" in str(asked(api, leaked))

    confirm(ask(wrong, "Private.", by=managing_editor()), by=administrator())

    assert asked(api, before[0]) == before[1]
    assert asked(api, after[0]) == after[1]
    everywhere = [f"{address}known_at={leaked}" for address in LISTS]
    everywhere += [f"/entries/{key}{part}?known_at={leaked}" for key in KEYS for part in PARTS]
    everywhere += [f"/search?q={SECRET}&known_at={leaked}", f"/resolve?url={PAGE}", "/changes"]
    told = [api.get(f"/api/v1{address}") for address in everywhere]
    assert not [each for each in told if SECRET in each.content.decode().replace(f"q={SECRET}", "")]
    assert asked(api, leaked)["globe"] == 410
    assert "globe" not in {key for key, *_rest in asked(api, leaked)["/books?"][0]}


PARTS = ("", "/links", "/backlinks", "/verifications")
PAGE = "http://testserver/books/globe/"
