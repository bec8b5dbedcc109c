"""Where each country lies on the map of tiles: one state, one tile, so Malta is as large as France.

Laid out as the world is, as far as squares allow: neighbours beside each other, north above. The
regions are drawn once; a wide picture sets them beside each other, a narrow one in two bands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """Part of the world. `wide`, `narrow`: row and column of its upper left corner there."""

    name: str
    wide: tuple[float, float]
    narrow: tuple[float, float]
    layout: str

    def places(self) -> Iterator[tuple[str, int, int]]:
        """(code, row, column) of each of its countries, counted from its corner."""
        for row, line in enumerate(self.layout.strip().splitlines()):
            for column, code in enumerate(line.split()):
                if code != "..":
                    yield code, row, column


REGIONS = (
    Region(
        "Americas",
        (1, 0),
        (1, 0),
        """
        CA .. .. .. .. .. .. ..
        US .. .. .. .. .. .. ..
        .. MX .. BS .. .. .. ..
        .. GT BZ CU .. .. .. ..
        .. SV HN JM HT DO KN AG
        .. .. NI .. .. .. DM LC
        .. .. CR PA .. GD VC BB
        .. .. .. CO VE TT .. ..
        .. .. .. EC GY SR .. ..
        .. .. .. PE BR .. .. ..
        .. .. .. BO PY .. .. ..
        .. .. .. CL AR UY .. ..
        """,
    ),
    Region(
        "Europe",
        (0, 9),
        (0, 9),
        """
        IS .. .. NO SE FI EE ..
        .. IE GB .. DK .. LV RU
        .. .. NL BE DE PL LT BY
        .. FR LU CH LI CZ SK UA
        .. AD MC IT AT HU RO MD
        PT ES .. SM SI HR RS BG
        .. .. .. VA BA ME XK MK
        .. .. .. MT .. .. AL GR
        """,
    ),
    Region(
        "Africa",
        (8, 8),
        (9, 8),
        """
        .. .. MA DZ TN LY EG .. ..
        CV MR ML NE TD .. SD ER DJ
        SN GM BF NG CM CF SS ET SO
        GW GN GH BJ GQ CG UG KE ..
        SL LR CI TG GA CD RW TZ SC
        .. .. .. ST .. AO BI MW KM
        .. .. .. .. .. NA ZM MZ MG
        .. .. .. .. .. BW ZW SZ MU
        .. .. .. .. .. ZA LS .. ..
        """,
    ),
    Region(
        "Asia",
        (4, 17),
        (18.5, 0),
        """
        .. .. GE AZ KZ UZ KG MN .. KP JP
        .. TR AM IR TM TJ .. CN .. KR ..
        CY SY IQ .. AF PK NP BT HK .. TW
        LB JO KW BH .. IN BD MM LA VN ..
        IL PS SA QA AE .. .. .. TH KH PH
        .. .. YE OM .. .. LK .. MY BN ..
        .. .. .. .. .. MV .. .. SG ID TL
        """,
    ),
    Region(
        "Oceania",
        (11.5, 22),
        (20.5, 11),
        """
        PW FM .. MH .. ..
        .. PG NR KI .. ..
        .. SB TV WS .. ..
        AU VU FJ TO NU CK
        .. .. .. NZ .. ..
        """,
    ),
)

Place = tuple[float, float]  # row, column

WIDE: Mapping[str, Place] = {
    code: (region.wide[0] + row, region.wide[1] + column)
    for region in REGIONS
    for code, row, column in region.places()
}
NARROW: Mapping[str, Place] = {
    code: (region.narrow[0] + row, region.narrow[1] + column)
    for region in REGIONS
    for code, row, column in region.places()
}
