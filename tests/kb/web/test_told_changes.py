"""What changed in words: of a long text the places, not its beginning twice."""

import pytest

from kb.publication.recent_changes import recent_changes
from kb.web.told_changes import SHORT, told
from tests.library.builders import publish, reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

WORDS = [f"word{number}" for number in range(40)]
TEXT = " ".join(WORDS)


@pytest.mark.parametrize(
    ("after", "was", "now"),
    [
        (
            f"{TEXT} end.",
            "…word36 word37 word38 word39",
            "…word36 word37 word38 word39 end.",
        ),
        (
            TEXT.replace("word20 ", ""),
            "…word16 word17 word18 word19 word20 word21 word22 word23 word24…",
            "…word16 word17 word18 word19 word21 word22 word23 word24…",
        ),
        (
            TEXT.replace("word0 ", "first "),
            "word0 word1 word2 word3 word4…",
            "first word1 word2 word3 word4…",
        ),
    ],
)
def test_of_a_long_text_the_place_is_told_at_which_it_changed(after, was, now):
    publish(reader("ann", summary=TEXT))
    publish(reader("ann", summary=after))

    (change,) = told(recent_changes(limit=1))

    assert change.lines == [f"Summary: “{was}” became “{now}”"]


def test_of_a_text_with_many_changes_the_first_are_told_and_how_many_more_there_are():
    publish(reader("ann", summary=TEXT))
    publish(reader("ann", summary=" ".join("x" if n % 6 == 3 else w for n, w in enumerate(WORDS))))

    (change,) = told(recent_changes(limit=1))

    assert change.lines[0].endswith("; and at 3 more places")


def test_a_text_that_was_written_anew_is_told_by_its_beginnings():
    anew = " ".join(f"other{number}" for number in range(40))
    publish(reader("ann", summary=TEXT))
    publish(reader("ann", summary=anew))

    (change,) = told(recent_changes(limit=1))

    was, now = (f"{text[: SHORT - 1].rstrip()}…" for text in (TEXT, anew))
    assert change.lines == [f"Summary: “{was}” became “{now}”"]
