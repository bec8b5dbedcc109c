"""Published documents as files, the same that an import reads."""

from pathlib import Path

import orjson

from kb.documents.reading import write_yaml
from kb.documents.schema import in_order
from kb.kinds import kind_named
from kb.models import Published


def export_documents(folder: Path) -> int:
    """Write `<plural>/<key>.yaml` for every active entry. Returns how many were written."""
    rows = Published.objects.order_by("key").values_list("kind", "key", "revision__document")
    written = 0
    for kind_name, key, document in rows.iterator(500):
        kind = kind_named(kind_name)
        file = folder / kind.plural / f"{key}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        ordered = in_order(kind.schema, orjson.loads(document or "{}"))
        file.write_text(write_yaml(ordered), encoding="utf-8")
        written += 1
    return written
