"""Codes and numbers of registers that others keep."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from governance.schemas import codes


def is_accepted(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (codes.Wikidata, "Q42944"),
        (codes.Ror, "01ggx4157"),
        (codes.Doi, "10.1007/s00146-021-01382-y"),
        (codes.Celex, "32024R1689"),
        (codes.Celex, "02016R0679-20160504"),
        (codes.Celex, "52021PC0206"),
        (codes.FederalRegister, "2023-24283"),
        (codes.FederalRegister, "E9-12345"),
        (codes.Lei, "529900T8BM49AURSDO55"),
        (codes.Isni, "0000000121707484"),
        (codes.Isni, "000000012146438X"),
        (codes.Orcid, "0000-0002-1825-0097"),
        (codes.Orcid, "0000-0002-1694-233X"),
        (codes.Bill, "PL 2338/2023"),
        (codes.Country, "EU"),
        (codes.Country, "XK"),
        (codes.CountryPastOrPresent, "SU"),
        (codes.Jurisdiction, "international"),
        (codes.Jurisdiction, "US-CA"),
        (codes.Jurisdiction, "EU"),
        (codes.Language, "pt-BR"),
        (codes.Language, "zh-Hant-TW"),
    ],
)
def test_codes_of_a_register_are_accepted(kind, text):
    assert is_accepted(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (codes.Wikidata, "42944"),
        (codes.Wikidata, "Q042944"),
        (codes.Ror, "01ggx4158"),  # check digits
        (codes.Ror, "https://ror.org/01ggx4157"),
        (codes.Doi, "doi:10.1000/182"),
        (codes.Doi, "10.1000/"),
        (codes.Celex, "2024/1689"),
        (codes.FederalRegister, "88 FR 75191"),
        (codes.Lei, "529900T8BM49AURSDO56"),  # check digits
        (codes.Isni, "0000 0001 2170 7484"),
        (codes.Isni, "0000000121707485"),  # check digit
        (codes.Orcid, "0000-0002-1825-0096"),  # check digit
        (codes.Orcid, "0000000218250097"),
        (codes.Country, "UK"),
        (codes.Country, "ch"),
        (codes.Country, "SU"),
        (codes.Jurisdiction, "California"),
        (codes.Jurisdiction, "US-"),
        (codes.Jurisdiction, "US-CALI"),
        (codes.Jurisdiction, "SU-MO"),
        (codes.Language, "English"),
        (codes.Language, "EN"),
        (codes.Wikidata, "Q42944\n"),
        (codes.Wikidata, "Q４２９４４"),
    ],
)
def test_other_texts_are_refused(kind, text):
    assert not is_accepted(kind, text)


@pytest.mark.parametrize("place", range(16))
@pytest.mark.parametrize("digit", "0123456789")
def test_one_wrong_digit_of_a_name_identifier_is_always_found(place, digit):
    right = "0000000121707484"
    written = right[:place] + digit + right[place + 1 :]

    assert is_accepted(codes.Isni, written) is (written == right)
