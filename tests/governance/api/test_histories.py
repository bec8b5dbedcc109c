"""The number of members and parties through time, over the starter knowledge."""

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("dataset")


def test_the_members_of_cern_through_time():
    found = Client().get("/api/v1/bodies/cern/membership-history").json()

    assert found["body"]["key"] == "cern"
    assert found["counted"] == ["founding-member", "member"]
    assert found["items"][0] == {"from": "1954-09-29", "certain": 12, "possible": 12}
    assert found["items"][-1]["certain"] == 25


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("instruments/ctbt/participation-history", ["ratified", "succeeded"]),
        ("instruments/bletchley-declaration/participation-history", ["endorsed"]),
    ],
)
def test_who_is_counted_depends_on_what_there_is(path, counted):
    assert Client().get(f"/api/v1/{path}").json()["counted"] == counted


def test_the_same_as_a_table():
    answer = Client().get("/api/v1/bodies/cern/membership-history.csv")

    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.splitlines()[:2] == [b"from,certain,possible", b"1954-09-29,12,12"]


@pytest.mark.parametrize("path", ["bodies/ctbt/membership-history", "bodies/x/membership-history"])
def test_there_is_none_where_there_is_no_body(path):
    answer = Client().get(f"/api/v1/{path}")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
