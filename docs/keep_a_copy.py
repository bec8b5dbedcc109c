"""Keep a copy of everything published, byte for byte what a release holds.

    python keep_a_copy.py https://example.org copy.json

The first run begins with the latest release, the others ask only for what changed since. Run it as
often as you like: killed half-way, it goes on from where it was.
"""

import gzip
import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def asking(site):
    """What asks for a path of the API: status and body."""
    opener = urllib.request.build_opener(NoRedirects)

    def ask(path):
        while True:
            try:
                with opener.open(f"{site}/api/v1{path}", timeout=60) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as answer:
                if answer.code in (308, 410):  # merged, retracted: the body says so
                    return answer.code, answer.read()
                if answer.code != 429:
                    sys.exit(f"{path}: {answer.code} {answer.read().decode()}")
                time.sleep(int(answer.headers["Retry-After"]))  # we asked too often

    return ask


def from_release(ask):
    """The latest release; an empty copy where there is none."""
    release = json.loads(ask("/status")[1])["release"]
    if release is None:
        return {"head": 0, "entries": {}}
    _status, packed = ask(f"/releases/{release['name']}/entries.jsonl.gz")
    lines = gzip.decompress(packed).decode().splitlines()
    return {"head": release["head"], "entries": {json.loads(line)["key"]: line for line in lines}}


def update(copy, ask):
    """Bring a copy up to date: what changed, and all that shows something of what changed."""
    entries, changed, head = copy["entries"], set(), copy["head"]
    while page := json.loads(ask(f"/changes?page_size=200&after={head}")[1])["items"]:
        changed |= {row["entry"]["key"] for row in page}
        head = page[-1]["sequence"]
    named = set(changed)
    for merged in changed:  # what named a merged entry shows the one that it was merged into
        key = merged
        while key in entries and (into := json.loads(entries[key]).get("into")):
            key = into["key"]
            named.add(key)
    marks = [f'"key":"{key}"' for key in named]
    shown = {key for key, line in entries.items() if any(mark in line for mark in marks)}
    for key in changed | shown:
        status, body = ask(f"/entries/{key}")
        if status == 410:
            tombstone = json.loads(body)["tombstone"]
            body = json.dumps(tombstone, ensure_ascii=False, separators=(",", ":")).encode()
        entries[key] = body.decode()
    copy["head"] = head


if __name__ == "__main__":
    ask, path = asking(sys.argv[1].rstrip("/")), Path(sys.argv[2])
    copy = json.loads(path.read_bytes()) if path.exists() else from_release(ask)
    update(copy, ask)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(copy))
    new.replace(path)
    print(f"{len(copy['entries']):,} entries, up to change {copy['head']:,}.")
