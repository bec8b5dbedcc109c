"""Arguments in the Argument Interchange Format, as the AIF database writes it in JSON.

What is said is an I-node; that one claim speaks for another an RA-node between them, against it a
CA-node; who said so an L-node, tied to the claim by a YA-node ("Asserting").

Source: Chesñevar et al., Towards an Argument Interchange Format (2006); http://www.aifdb.org/
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from governance.analyses.argument_trees import Row, Tree, trees_of, walked

JSON = dict[str, Any]

SCHEMES = {True: ("RA", "Default Inference"), False: ("CA", "Default Conflict")}


class _Graph:
    def __init__(self, timestamp: str) -> None:
        self.timestamp = timestamp
        self.nodes: list[JSON] = []
        self.edges: list[JSON] = []
        self.locutions: list[JSON] = []

    def add(self, node_id: str, text: str, kind: str) -> str:
        self.nodes.append(
            {"nodeID": node_id, "text": text, "type": kind, "timestamp": self.timestamp}
        )
        return node_id

    def tie(self, first: str, last: str) -> None:
        number = str(len(self.edges) + 1)
        self.edges.append({"edgeID": number, "fromID": first, "toID": last, "formEdgeID": None})


def aif(proposal: Mapping[str, str], rows: Sequence[Row], *, timestamp: str) -> JSON:
    """The arguments about a proposal (`key`, `name`), public rows, as a graph.

    Ids are those of the proposal and of the statements, so that they are found again.
    """
    graph = _Graph(timestamp)
    root = graph.add(proposal["key"], proposal["name"], "I")
    makers: dict[str, str] = {}
    for tree, target in _with_targets(trees_of(rows), root, proposal["key"]):
        node = graph.add(_id(proposal["key"], tree.row), tree.row["claim"], "I")
        kind, text = SCHEMES[tree.supports]
        scheme = graph.add(f"{node}/{kind}", text, kind)
        graph.tie(node, scheme)
        graph.tie(scheme, target)
        for maker in tree.row.get("made_by", ()):
            makers[maker["key"]] = maker["name"]
            _assert(graph, node, tree.row["claim"], maker)
    return {
        "nodes": graph.nodes,
        "edges": graph.edges,
        "locutions": graph.locutions,
        "participants": [
            {"participantID": key, "firstname": "", "surname": name}
            for key, name in sorted(makers.items())
        ],
    }


def _with_targets(trees: Sequence[Tree], root: str, key: str) -> Iterator[tuple[Tree, str]]:
    """(argument, node of what it answers), the proposal for those that answer no argument."""
    above: list[str] = [root]
    for depth, tree in walked(trees):
        del above[depth + 1 :]
        yield tree, above[depth]
        above.append(_id(key, tree.row))


def _id(key: str, row: Row) -> str:
    return f"{key}#{row['id']}"


def _assert(graph: _Graph, node: str, claim: str, maker: Mapping[str, str]) -> None:
    locution = graph.add(f"{node}/L/{maker['key']}", f"{maker['name']}: {claim}", "L")
    asserting = graph.add(f"{node}/YA/{maker['key']}", "Asserting", "YA")
    graph.tie(locution, asserting)
    graph.tie(asserting, node)
    graph.locutions.append(
        {
            "nodeID": locution,
            "personID": maker["key"],
            "timestamp": graph.timestamp,
            "start": None,
            "end": None,
            "source": None,
        }
    )
