"""Make rows of a spreadsheet, saved as CSV, into one changeset that people review.

    CG_TOKEN=cg_… python3 import_spreadsheet.py http://127.0.0.1:8000 source table.csv [--submit]

The first row names fields of the kind (see /api/v1/schemas/{kind}.json), `key` among them. `a.b` is
the field b within a; in `a[]` a bar stands between the items of a list. Empty cells say nothing. Of
an entry that there is already, a row changes only what it has. --submit hands the changeset to the
board, once nothing is wrong; --seen says that you have seen the warnings and let them stand. Run it
again after mending the table: it goes on with the same changeset for a day.
"""

import csv
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path


def call(method, path, body=None, **headers):
    """The JSON that the API answers, None for what there is not. Ends with what it refuses."""
    data = None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    # S310: the address is the one that whoever runs this has given.
    request = urllib.request.Request(f"{API}{path}", data, named, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return json.load(response)
    except urllib.error.HTTPError as error:
        if error.code == 429:  # we asked too often
            time.sleep(int(error.headers["Retry-After"]))
            return call(method, path, body, **headers)
        problem = json.load(error)
        if (method, error.code) == ("GET", 404):
            return None
        places = [f"\n  {each['pointer']}: {each['detail']}" for each in problem.get("errors", [])]
        sys.exit(f"{method} {path}: {problem['detail']}{''.join(places)}")


def document(kind, row):
    """(document, number of the revision that it was written from, 0 for none) of a row."""
    key, number, found = row["key"], 0, {"kind": kind}
    if published := call("GET", f"/entries/{key}"):
        number = published["meta"]["revision"]
        found = call("GET", f"/entries/{key}/revisions/{number}")["document"]
    for name, cell in row.items():
        if cell and cell.strip():
            *outer, last = name.removesuffix("[]").split(".")
            place = found
            for step in outer:
                place = place.setdefault(step, {})
            items = [item.strip() for item in cell.split("|")]
            place[last] = items if name.endswith("[]") else cell.strip()
    return found, number


def main(kind, file, *options):
    """Write the changeset, and tell what was found in it."""
    rows = list(csv.DictReader(Path(file).read_text("utf-8-sig").splitlines()))
    again = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {file}"))
    title = {"title": f"Rows of {Path(file).name}"}
    begun = call("POST", "/changesets", title, Idempotency_Key=again)
    here = f"/changesets/{begun['id']}"
    changeset = call("GET", here)
    for row in rows:
        there = changeset["documents"].get(row["key"])
        condition = {"If_Match": there["etag"]} if there else {"If_None_Match": "*"}
        content, base = document(kind, row)
        changeset = call("PUT", f"{here}/documents/{row['key']}?base={base}", content, **condition)
    seen = []
    for key, its in changeset["documents"].items():
        for word in ("error", "warning"):
            for each in its[f"{word}s"]:
                print(f"{word}: {key}{each['pointer']}: {each['detail']}")
        seen += [each["id"] for each in its["warnings"] if "--seen" in options]
    if "--submit" in options:
        changeset = call("POST", f"{here}/submit", {"acknowledge": seen})
    print(f"{len(rows)} rows, {changeset['status']}: {changeset['url']}")


if __name__ == "__main__":
    API, TOKEN = f"{sys.argv[1].rstrip('/')}/api/v1", os.environ["CG_TOKEN"]
    main(*sys.argv[2:])
