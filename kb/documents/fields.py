"""The types of fields, for use in `Annotated[str, ...]`, and how far each of them goes.

key: Key
title: Annotated[str, Line(200)]
role: Annotated[str, term(MEMBERSHIP_ROLES)]
actor: Annotated[str, reference("actor", "body")]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kb.documents.vocabulary import Vocabulary

MOST_QUOTED_WORDS = 50
MOST_QUOTED_CHARACTERS = 600

KEY = r"^[a-z0-9-]{2,80}$"
STATEMENT_ID = r"^[a-z0-9][a-z0-9-]{0,39}$"
ONE_LINE = r"^[^\n\t]*$"
URL = r"^https?://[^\s/?#@:\[\]<>\"{}|\\^`]+(:[0-9]{1,5})?([/?#][^\s<>\"{}|\\^`]*)?$"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text that a regular expression decides on; `problems.py` says what each one means."""

    pattern: str
    most: int | None = None
    description: str = ""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.str_schema(pattern=self.pattern, max_length=self.most, strict=True)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = {"description": self.description} if self.description else {}
        return {**handler(schema), **described}


Key = Annotated[str, Pattern(KEY, description="The key of an entry: 2 to 80 of a-z, 0-9 and -.")]
StatementId = Annotated[str, Pattern(STATEMENT_ID, description="Unique in its document.")]
Url = Annotated[str, Pattern(URL, most=2000, description="An address on the web, http or https.")]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, 1 to `most` characters."""

    most: int = 200

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.str_schema(
            min_length=1, max_length=self.most, pattern=ONE_LINE, strict=True
        )


@dataclass(frozen=True, slots=True)
class Markdown:
    """Markdown of 1 to `most` characters. Differences of it are shown by line and word."""

    most: int = 20_000

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.str_schema(min_length=1, max_length=self.most, strict=True)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "contentMediaType": "text/markdown"}


@dataclass(frozen=True, slots=True)
class _Quote:
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core_schema.str_schema(min_length=1, max_length=MOST_QUOTED_CHARACTERS, strict=True)
        return core_schema.no_info_after_validator_function(_short_enough, text)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "description": f"Verbatim, at most {MOST_QUOTED_WORDS} words."}


def _short_enough(text: str) -> str:
    words = len(text.split())
    if words > MOST_QUOTED_WORDS:
        raise PydanticCustomError(
            "quote-too-long",
            "{found}. {remedy}",
            {
                "found": f"a quote of {words} words",
                "remedy": f"Quote at most {MOST_QUOTED_WORDS} words: leave some out with […].",
            },
        )
    return text


Quote = Annotated[str, _Quote()]
quote = _Quote()


@dataclass(frozen=True, slots=True)
class TermOf:
    """A term of a vocabulary. Made by `term`."""

    vocabulary: Vocabulary

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.custom_error_schema(
            core_schema.literal_schema(list(self.vocabulary.values)),
            custom_error_type="unknown-term",
            custom_error_message="not a term of the vocabulary",
            custom_error_context={
                "vocabulary": self.vocabulary.name,
                "terms": list(self.vocabulary.values),
            },
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "string",
            "enum": list(self.vocabulary.values),
            "description": self.vocabulary.definition,
            "x-vocabulary": self.vocabulary.name,
        }


def named_in(*parts: Any) -> Iterator[Any]:
    """Everything named anywhere in a type: `list[Annotated[str, term(TOPICS)]] | None`."""
    for part in parts:
        yield part
        yield from named_in(*getattr(part, "__args__", ()), *getattr(part, "__metadata__", ()))


def term(vocabulary: Vocabulary) -> TermOf:
    """One of the terms of `vocabulary`."""
    return TermOf(vocabulary)


@dataclass(frozen=True, slots=True)
class Reference:
    """The key of another entry, of one of `kinds` (of any kind when empty). Made by `reference`."""

    kinds: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.str_schema(pattern=KEY, strict=True)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        whose = " or ".join(self.kinds) if self.kinds else "entry"
        kinds = {"x-kinds": list(self.kinds)} if self.kinds else {}
        return {**handler(schema), "description": f"The key of another {whose}.", **kinds}


def reference(*kinds: str) -> Reference:
    """The key of another entry; no `kinds` means of any kind."""
    return Reference(kinds)
