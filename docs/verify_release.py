"""Recompute the chain of all revisions of a release, from its files alone.

    python verify_release.py FOLDER

FOLDER holds what was downloaded: manifest.json, revisions.jsonl.gz, and what else you took.
"""

import gzip
import json
import sys
from hashlib import sha256
from pathlib import Path

folder = Path(sys.argv[1])
manifest = json.loads((folder / "manifest.json").read_bytes())

for file in manifest["files"]:
    path = folder / file["name"]
    if path.exists() and sha256(path.read_bytes()).hexdigest() != file["sha256"]:
        sys.exit(f"{path.name} is not the file that the manifest names.")

previous, length = bytes(32), 0
for line in gzip.GzipFile(folder / "revisions.jsonl.gz"):
    found = json.loads(line)
    name = f"revision {found['number']} of {found['entry']}"
    document = bytes.fromhex(found["document_hash"])
    if found["document"] is not None:  # else it was redacted: its hash is left
        salted = bytes.fromhex(found["salt"]) + found["document"].encode()
        if sha256(salted).digest() != document:
            sys.exit(f"The document of {name} was changed.")
    if bytes.fromhex(found["previous_hash"]) != previous:
        sys.exit(f"{name} does not follow on the one before it.")
    previous = sha256(previous + document + found["metadata"].encode()).digest()
    if previous.hex() != found["hash"]:
        sys.exit(f"The metadata of {name} were changed.")
    length += 1

if (previous.hex(), length) != (manifest["chain"]["head"], manifest["chain"]["length"]):
    sys.exit("The chain does not end where the manifest says.")
print(f"{length:,} revisions, unbroken. The chain ends in {previous.hex()}.")
