import pytest

from kb.api.negotiation import NotAcceptable, chosen

FORMATS = {"json": "application/json", "csv": "text/csv"}


@pytest.mark.parametrize(
    ("wanted", "accept", "format_name"),
    [
        (None, None, "json"),
        (None, "", "json"),
        (None, "*/*", "json"),
        (None, "text/csv", "csv"),
        (None, "application/json;q=0.5, text/csv", "csv"),
        (None, "text/html, application/*;q=0.1", "json"),
        (None, "application/json;q=0, */*", "csv"),
        (None, "TEXT/CSV", "csv"),
        ("csv", "application/json", "csv"),
        ("json", "text/csv", "json"),
    ],
)
def test_the_parameter_wins_and_the_header_is_weighed(wanted, accept, format_name):
    assert chosen(wanted, accept, FORMATS) == format_name


@pytest.mark.parametrize(
    ("wanted", "accept"),
    [("xml", None), (None, "text/html"), (None, "application/json;q=0"), (None, "json;q=x")],
)
def test_what_there_is_is_listed_when_nothing_fits(wanted, accept):
    with pytest.raises(NotAcceptable, match=r"json \(application/json\), csv"):
        chosen(wanted, accept, FORMATS)
