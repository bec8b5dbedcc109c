"""A network in the formats of programs that draw networks: GraphML and GEXF.

Source: http://graphml.graphdrawing.org/; https://gexf.net/
"""

import re
from collections.abc import Mapping
from typing import Any

from governance.analyses.network import Network
from governance.analyses.ties import DETAILS, LABELS

JSON = Mapping[str, Any]

MEDIA_TYPES: Mapping[str, str] = {
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
}

_META = re.compile(r"\s*<meta\b.*?</meta>", re.S)


def written(found: Network, shown: Mapping[str, JSON], form: str) -> str:
    """The network as `form`, "graphml" or "gexf". `shown`: key → label, with name and kind."""
    import networkx as nx  # type: ignore[import-untyped]  # it has no types

    graph = _graph(nx.MultiDiGraph(), found, shown)
    if form == "graphml":
        return _lines(nx.generate_graphml(graph, named_key_ids=True, edge_id_from_attribute="id"))
    # Without who wrote it and when: the same network is the same bytes on any day.
    return _META.sub("", _lines(nx.generate_gexf(graph)))


def _lines(lines: Any) -> str:
    text = "\n".join(lines) + "\n"
    declared = text.startswith("<?xml")
    return text if declared else f'<?xml version="1.0" encoding="utf-8"?>\n{text}'


def _graph(graph: Any, found: Network, shown: Mapping[str, JSON]) -> Any:
    for key, step in sorted(found.steps.items()):
        label = shown[key]
        graph.add_node(key, label=label["name"], kind=label["kind"], steps=step)
    for number, tie in enumerate(found.ties, 1):
        graph.add_edge(
            tie.source,
            tie.target,
            id=str(number),
            statement=tie.statement,
            relation=tie.relation,
            label=LABELS[tie.relation],
            detail=DETAILS.get(tie.detail, tie.detail),
            when=tie.when,
            certainty=tie.certainty,
        )
    return graph
