"""Descriptions for search engines stand in pages without breaking the policy of their content."""

import json

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/", "/bodies/", "/bodies/cern/", "/data/", "/api/"])
def test_a_browser_takes_the_description_for_data_and_refuses_nothing(page, path):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path)

    text = page.locator('script[type="application/ld+json"]').inner_text()

    assert json.loads(text)["@context"] == "https://schema.org"
    assert complaints == []
