"""The corpus as a file, written once for a size, a seed and a dataset."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from bench.corpus import Corpus
from bench.skeletons import JSON
from bench.words import WordCount
from kb.documents.reading import UnreadableFile, read_documents
from kb.documents.schema import validate
from kb.documents.statements import with_ids
from kb.kinds import kind_named

VERSION = 2  # one more whenever the generator makes other entries than before


@dataclass(frozen=True)
class CorpusFile:
    """A file of documents, one a line, the real ones first; and what is known of it.

    `searches`: class → what to search for; `shares`: word → share of the entries it stands in.
    """

    path: str
    fingerprint: str
    entries: int
    size: int
    searches: dict[str, Sequence[str]]
    shares: dict[str, float]


def real_documents(folder: Path) -> list[JSON]:
    """The documents of the dataset, normal and with ids. Raises ValueError for a wrong one."""
    documents = []
    for found in read_documents(folder):
        if isinstance(found, UnreadableFile):
            raise ValueError(str(found))
        schema = kind_named(found.data["kind"]).schema
        documents.append(with_ids(schema, validate(schema, found.data)))
    return documents


def corpus_file(dataset: Path, folder: Path, size: int, seed: int) -> CorpusFile:
    """The corpus of `size` entries beside the real ones, made unless it is in `folder` already."""
    folder.mkdir(parents=True, exist_ok=True)
    real = real_documents(dataset)
    fingerprint = _fingerprint(real, size, seed)
    path, about = folder / f"{size}.jsonl", folder / f"{size}.about.json"
    if path.exists() and about.exists():
        known = CorpusFile(**orjson.loads(about.read_bytes()))
        if known.fingerprint == fingerprint:
            return known
    about.unlink(missing_ok=True)
    words = _write(path, real, Corpus(real, size, seed))
    searches = words.searches()
    made = CorpusFile(
        path=str(path),
        fingerprint=fingerprint,
        entries=len(real) + size,
        size=path.stat().st_size,
        searches=searches,
        shares={
            word: words.share(word)
            for text in {each for texts in searches.values() for each in texts}
            for word in text.strip('"').split()
        },
    )
    about.write_bytes(orjson.dumps(asdict(made), option=orjson.OPT_INDENT_2))
    return made


def _write(path: Path, real: Sequence[JSON], corpus: Corpus) -> WordCount:
    words = WordCount()
    with path.open("wb") as file:
        for document in real:
            file.write(orjson.dumps(document) + b"\n")
        for document, drawn in corpus:
            file.write(orjson.dumps(document) + b"\n")
            words.add(document, drawn)
    return words


def _fingerprint(real: Sequence[JSON], size: int, seed: int) -> str:
    total = hashlib.sha256(orjson.dumps([VERSION, size, seed]))
    for document in real:
        total.update(orjson.dumps(document))
    return total.hexdigest()[:16]
