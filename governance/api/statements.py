"""What the subject's lists of statements have in common."""

from typing import Any

from kb.api import shapes
from kb.api.statements import StatementsEndpoint


class SubjectStatements(StatementsEndpoint):
    """`statement`: the component of the OpenAPI file that a row follows; `owner_name`: the field
    in which a row says whose statement it is."""

    statement: str = ""
    owner_name: str = ""

    def row_schema(self) -> dict[str, Any]:
        whole = super().row_schema()
        properties = {**whole["properties"], self.owner_name: shapes.ENTRY}
        return {
            "description": f"{self.statement} with its {self.owner_name}.",
            "type": "object",
            "required": ["id", self.owner_name],
            "properties": {**properties, **fields_of(self.statement)},
            "additionalProperties": False,
        }


def fields_of(statement: str) -> dict[str, Any]:
    """The fields of a statement as the API shows them."""
    from kb.api.openapi import document_components

    fields: dict[str, Any] = document_components()[statement]["properties"]
    return fields
