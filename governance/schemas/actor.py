"""The document of an actor: a state, company, institute, person … that acts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from governance.schemas.codes import Country
from governance.schemas.parts import SourcedDocument
from governance.schemas.rules import in_time_order
from governance.vocabularies import ACTOR_TYPES
from kb.documents.inexact_dates import InexactDate
from kb.documents.problems import Problem
from kb.documents.schema import term

_WITH_COUNTRY_CODE = ("state", "territory", "supranational")


class Actor(SourcedDocument):
    """Who acts. Of people only their public roles, nothing private."""

    kind: Literal["actor"]
    type: Annotated[str, term(ACTOR_TYPES)]
    country: Country | None = None
    founded: InexactDate | None = None
    dissolved: InexactDate | None = None

    def rules(self) -> Iterator[Problem]:
        yield from super().rules()
        yield from in_time_order(self, "founded", "dissolved")
        yield from self._rules_for_people()
        yield from self._rules_for_identifiers()

    def _rules_for_people(self) -> Iterator[Problem]:
        for name in ("founded", "dissolved"):
            if self.type == "person" and getattr(self, name) is not None:
                remedy = "Leave it out: of people we keep their public roles only."
                yield Problem(name, "private-data", "a date of a person's life", remedy)

    def _rules_for_identifiers(self) -> Iterator[Problem]:
        held = self.identifiers
        if held is None:
            return
        if held.iso3166 is not None:
            yield from self._rules_for_country_code(held.iso3166)
        if held.orcid is not None and self.type != "person":
            yield _misplaced("orcid", f"of a {self.type}", "Only people have an ORCID.")
        if held.lei is not None and self.type == "person":
            yield _misplaced("lei", "of a person", "People have no LEI.")

    def _rules_for_country_code(self, code: str) -> Iterator[Problem]:
        if self.type not in _WITH_COUNTRY_CODE:
            remedy = "Write the code as “country”: it says where the actor sits."
            yield _misplaced("iso3166", f"of a {self.type}", remedy)
        elif self.country is not None and self.country != code:
            remedy = "Correct one of the two."
            yield _misplaced("iso3166", f"“{code}” beside “{self.country}” (country)", remedy)


def _misplaced(scheme: str, found: str, remedy: str) -> Problem:
    return Problem(f"identifiers.{scheme}", "wrong-identifier", found, remedy)
