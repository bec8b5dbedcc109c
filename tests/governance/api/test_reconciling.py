"""A table of 200 names of organisations and countries, as people type them, is reconciled.

Some are misspelt, abbreviated or in other languages, and a third of them we do not have, though
what we have may be called much like it.
"""

import pytest
from django.test import Client

from tests.governance.api.reconciling import SERVICE, filled, names_and_keys, quality, told

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def rows(dataset):
    def send(form):
        return Client().post(SERVICE, form, content_type=FORM).json()

    return filled(names_and_keys(), send)


def test_what_is_said_to_be_sure_is_right_and_most_of_the_others_come_first(rows):
    found = quality(rows)

    assert found.precision == 1.0, told(rows)
    assert found.recall >= 0.79, told(rows)
    assert found.first >= 0.90, told(rows)


def test_the_table_is_what_it_is_said_to_be(documents):
    table = names_and_keys()

    assert len({name for name, _key in table}) == len(table) == 200
    assert {key for _name, key in table if key} <= documents.keys()
    assert sum(not key for _name, key in table) > 60
