"""Types of fields whose value comes from somebody else's list or register.

A register's own checksum is checked, so that a slip of the pen is found where it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from governance.codes import COUNTRIES, COUNTRIES_PAST_AND_PRESENT
from kb.documents.fields import TermOf
from kb.documents.problems import shown
from kb.documents.vocabulary import Vocabulary

INTERNATIONAL = "international"
SUBDIVISION = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}", re.ASCII)

_MISTAKEN = {"UK": "GB", "EL": "GR"}  # reserved for these countries, and often taken for the code


def wrong(code: str, found: str, remedy: str) -> PydanticCustomError:
    """An error of a field that `kb.documents` shows as it stands."""
    return PydanticCustomError(code, "{found}. {remedy}", {"found": found, "remedy": remedy})


@dataclass(frozen=True, slots=True)
class Form:
    """A text of a fixed form. `what`: "an ORCID"; `is_right`: the checksum, where there is one."""

    code: str
    what: str
    pattern: str
    example: str
    is_right: Callable[[str], bool] | None = None

    def check(self, text: str) -> str:
        """`text` itself. Raises PydanticCustomError."""
        if re.fullmatch(self.pattern.strip("^$"), text, re.ASCII) is None:
            remedy = f"Write it like {self.example}, without an address or a prefix."
            raise wrong(self.code, f"{shown(text)} is not {self.what}", remedy)
        if self.is_right is not None and not self.is_right(text):
            found = f"{shown(text)} is not {self.what}: its check digit does not fit"
            raise wrong(self.code, found, "Copy it again: a character is wrong or missing.")
        return text

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core_schema.str_schema(strict=True)
        return core_schema.no_info_after_validator_function(self.check, text)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = f"{self.what[0].upper()}{self.what[1:]}, such as {self.example}."
        return {"type": "string", "pattern": self.pattern, "description": described}


@dataclass(frozen=True)
class CodeOf(TermOf):
    """A term of a long vocabulary of codes; whoever writes the name is told the code."""

    vocabulary: Vocabulary

    def check(self, text: str) -> str:
        """`text` itself. Raises PydanticCustomError."""
        if text in self.vocabulary:
            return text
        meant = _code_meant(text, self.vocabulary)
        remedy = f"Write {meant} for {self.vocabulary.label_of(meant)}." if meant else ""
        standard = self.vocabulary.source
        raise wrong(
            "unknown-term",
            f"{shown(text)} is not a term of {self.vocabulary.name}",
            remedy or f"Write the code that {standard} gives, in capitals, such as CH.",
        )

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core_schema.str_schema(strict=True)
        return core_schema.no_info_after_validator_function(self.check, text)


def _code_meant(text: str, codes: Vocabulary) -> str | None:
    """The code of which `text` is a common slip, another case, or the label."""
    capitals = _MISTAKEN.get(text.upper(), text.upper())
    if capitals in codes:
        return capitals
    labels = {term.label.casefold(): term.value for term in codes}
    return labels.get(text.casefold())


class _Jurisdiction:
    """`international`, a country or `EU`, or a part of a country as in ISO 3166-2 (`US-CA`)."""

    def check(self, text: str) -> str:
        """`text` itself. Raises PydanticCustomError."""
        if text == INTERNATIONAL or text in COUNTRIES:
            return text
        part = SUBDIVISION.fullmatch(text)
        if part is not None and part[1] in COUNTRIES:
            return text
        meant = _code_meant(text, COUNTRIES)
        raise wrong(
            "bad-jurisdiction",
            f"{shown(text)} is not a jurisdiction",
            f"Write {meant} for {COUNTRIES.label_of(meant)}."
            if meant
            else "Write international, the code of a country (CH, EU) or of a part of it (US-CA).",
        )

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core_schema.str_schema(strict=True)
        return core_schema.no_info_after_validator_function(self.check, text)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        countries = "|".join(COUNTRIES.values)
        return {
            "type": "string",
            "pattern": f"^({INTERNATIONAL}|({countries})(-[A-Z0-9]{{1,3}})?)$",
            "description": "international, or a code of ISO 3166-1 or 3166-2 (CH, EU, US-CA).",
        }


# --- checksums -------------------------------------------------------------------------------


def has_right_lei_digits(lei: str) -> bool:
    """Source: ISO 17442, by ISO/IEC 7064 MOD 97-10."""
    return int("".join(str(int(character, 36)) for character in lei)) % 97 == 1


def has_right_name_digit(number: str) -> bool:
    """Of an ISNI or ORCID. Source: ISO 27729, by ISO/IEC 7064 MOD 11-2."""
    digits = number.replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return digits[-1] == "0123456789X"[(12 - total % 11) % 11]


_ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32


def has_right_ror_digits(ror: str) -> bool:
    """Source: ror.org, "ROR identifier pattern": base 32, then ISO/IEC 7064 MOD 97-10."""
    number = 0
    for character in ror[:7]:
        number = number * 32 + _ROR_DIGITS.index(character)
    return int(ror[7:]) == 98 - number * 100 % 97


# --- the types -------------------------------------------------------------------------------

Country = Annotated[str, CodeOf(COUNTRIES)]
CountryPastOrPresent = Annotated[str, CodeOf(COUNTRIES_PAST_AND_PRESENT)]
Jurisdiction = Annotated[str, _Jurisdiction()]
Language = Annotated[
    str,
    Form(
        "bad-language",
        "a language tag of BCP 47",
        r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*$",
        "en, pt-BR or zh-Hant",
    ),
]
Wikidata = Annotated[
    str, Form("bad-wikidata", "an item of Wikidata", r"^Q[1-9][0-9]{0,11}$", "Q42944")
]
Ror = Annotated[
    str,
    Form(
        "bad-ror", "a ROR", r"^0[a-hjkmnp-tv-z0-9]{6}[0-9]{2}$", "01ggx4157", has_right_ror_digits
    ),
]
Doi = Annotated[str, Form("bad-doi", "a DOI", r"^10\.[0-9]{4,9}/[!-~]{1,180}$", "10.1000/182")]
Celex = Annotated[
    str,
    Form(
        "bad-celex",
        "a CELEX number",
        r"^[0-9CE][0-9]{4}[A-Z]{1,2}[0-9]{4}(\([0-9]{2}\))?(-[0-9]{8})?$",
        "32024R1689",
    ),
]
FederalRegister = Annotated[
    str,
    Form(
        "bad-federal-register",
        "a document number of the Federal Register",
        r"^([A-Z][0-9]-)?([0-9]{4}|[0-9]{2}|[A-Z][0-9]{1,2})-[0-9]{1,6}$",
        "2023-24283",
    ),
]
Lei = Annotated[
    str,
    Form(
        "bad-lei", "an LEI", r"^[A-Z0-9]{18}[0-9]{2}$", "529900T8BM49AURSDO55", has_right_lei_digits
    ),
]
Isni = Annotated[
    str, Form("bad-isni", "an ISNI", r"^[0-9]{15}[0-9X]$", "0000000121707484", has_right_name_digit)
]
Orcid = Annotated[
    str,
    Form(
        "bad-orcid",
        "an ORCID",
        r"^([0-9]{4}-){3}[0-9]{3}[0-9X]$",
        "0000-0002-1825-0097",
        has_right_name_digit,
    ),
]
Bill = Annotated[
    str,
    Form(
        "bad-bill",
        "the number of a bill",
        r"^[A-Z0-9][A-Za-z0-9 .,/()-]{0,59}$",
        "SB 53 (2025-2026)",
    ),
]
