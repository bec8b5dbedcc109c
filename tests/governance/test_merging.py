"""What a merge carries over from one entry to the other."""

import pytest

from kb.editing.merging import couple, union_of

pytestmark = pytest.mark.usefixtures("dataset")


def test_the_name_of_the_one_that_goes_becomes_an_alias_of_the_one_that_stays():
    found = couple("geoffrey-hinton", "yoshua-bengio")

    aliases = union_of(found).document["aliases"]

    assert aliases.count("Geoffrey Hinton") == 1
    assert "Yoshua Bengio" not in aliases
