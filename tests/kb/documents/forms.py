"""What a browser would post of a form, worked out from its fields."""

from kb.documents.form_fields import ENTRY_NAME, RAW, FormNode


def posted(form: FormNode) -> dict[str, list[str]]:
    """Name → values, in the order of the page, line breaks as browsers send them."""
    data: dict[str, list[str]] = {}
    for name, value in _pairs(form):
        data.setdefault(name, []).append(value.replace("\n", "\r\n"))
    return data


def _pairs(node: FormNode):
    match node.widget:
        case "raw" if node.spec.widget == "raw":  # a field that the schema does not know
            yield node.name.rpartition(".")[0], node.entry
            yield node.name, node.value
        case "raw":
            yield node.name + RAW, node.value
        case "terms":
            yield from ((node.name, value) for value in node.values)
        case "rows" | "map":
            for row in node.children:
                yield node.name, row.name.rpartition(".")[2]
                if node.widget == "map":
                    yield row.name + ENTRY_NAME, row.entry
                yield from _pairs(row)
        case "group" | "values":
            for child in node.children:
                yield from _pairs(child)
        case _:
            yield node.name, node.value
