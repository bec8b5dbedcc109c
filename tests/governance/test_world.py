from collections import Counter

import pytest

from governance.codes import COUNTRIES
from governance.world import NARROW, REGIONS, WIDE

# Without a seat in the General Assembly, but with a tile. Source: United Nations, Member States
OTHERS = {"CK", "HK", "NU", "PS", "TW", "VA", "XK"}


@pytest.mark.parametrize("places", [WIDE, NARROW])
def test_no_two_countries_lie_on_one_tile(places):
    assert [place for place, times in Counter(places.values()).items() if times > 1] == []


def test_every_member_and_observer_of_the_united_nations_has_one_tile():
    codes = [code for region in REGIONS for code, _row, _column in region.places()]

    assert len(codes) == len(set(codes))
    assert len(set(codes) - OTHERS) == 193
    assert set(codes) <= set(COUNTRIES.values)


@pytest.mark.parametrize(
    ("north", "south"), [("CA", "US"), ("NO", "IT"), ("FR", "DZ"), ("EG", "ZA"), ("CN", "AU")]
)
def test_north_is_above(north, south):
    assert WIDE[north][0] < WIDE[south][0]


@pytest.mark.parametrize(
    ("west", "east"), [("US", "GB"), ("PT", "ES"), ("FR", "DE"), ("DE", "PL"), ("CN", "JP")]
)
def test_west_is_at_the_left(west, east):
    assert WIDE[west][1] < WIDE[east][1]
