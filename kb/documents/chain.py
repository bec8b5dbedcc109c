"""The hash chain of revisions, as anyone can recompute it.

    document_hash = SHA-256(salt ‖ canonical JSON of the document)
    hash          = SHA-256(previous hash ‖ document_hash ‖ canonical JSON of the metadata)

Hashes and salt enter as raw bytes, JSON as UTF-8. The first revision follows on 32 zero bytes.
Source: spec of the editorial workflow; RFC 8785 for canonical JSON; FIPS 180-4 for SHA-256.
"""

import secrets
from hashlib import sha256

BEGINNING = bytes(32).hex()
SALT_BYTES = 16


def new_salt() -> str:
    """A fresh salt, hexadecimal: without it nobody can guess a redacted document from its hash."""
    return secrets.token_hex(SALT_BYTES)


def document_hash(salt: str, canonical_document: str) -> str:
    """SHA-256 (hexadecimal) of salt and document."""
    return sha256(bytes.fromhex(salt) + canonical_document.encode()).hexdigest()


def revision_hash(previous: str, hashed_document: str, canonical_metadata: str) -> str:
    """SHA-256 (hexadecimal) that binds a revision to the one before it."""
    parts = bytes.fromhex(previous) + bytes.fromhex(hashed_document) + canonical_metadata.encode()
    return sha256(parts).hexdigest()
