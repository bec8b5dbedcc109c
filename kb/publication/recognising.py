"""Which published entries are meant by names, numbers and what else is known of them.

However many questions, it takes a handful of queries: names, keys and numbers as they stand; names
that are spelt alike, once or twice; what is known of the entries that were found.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson
from rapidfuzz import fuzz, process

from kb.documents.fields import KEY
from kb.publication import evidence, reading
from kb.publication.evidence import Candidate, Facts, Found, NameOf, Question
from kb.publication.like_names import AskedName, LikeName, Shares, known_shares, names_like
from kb.publication.search_text import fold, plain
from kb.publication.trigrams import LONGEST, Leading

READ = 1_000  # characters of a name that are read
NAMESAKES = 50  # entries of one name that are compared
COMPARED = 8  # names, of those spelt alike, that are compared word by word, twice at most
CLOSE = 86.0  # likeness from which on no more names are looked for
WEIGHED = 12  # entries, the most alike, of which more than the name is compared
DESCRIBED = 160  # characters of a description


def question_of(
    name: str = "",
    kinds: Sequence[str] = (),
    identifiers: Mapping[str, Sequence[str]] | None = None,
    values: Mapping[str, Sequence[str]] | None = None,
) -> Question:
    """A question with its name folded; any text may be a name."""
    folded = fold(name[:READ])[:LONGEST].strip()
    return Question(name.strip(), folded, tuple(kinds), identifiers or {}, values or {})


def ways_to_write(number: str) -> list[str]:
    """A number in a register, and what of it may be meant where it is written as an address.

    Without what no number has, a NUL. Empty for a blank one.
    """
    text = number.replace("\0", "").strip()[:500]
    path = re.sub(r"^https?://[^/]*/", "", text)
    found = (text, path, path.rstrip("/").rpartition("/")[2], re.sub(r"^[a-z]+:\s*", "", text))
    return [w for w in dict.fromkeys(w for f in found for w in (f, f.upper(), f.lower())) if w]


def recognise(questions: Sequence[Question]) -> list[list[Candidate]]:
    """For each question the entries that may be meant, the likeliest first."""
    found = _names_found(questions)
    entries = {entry_id for its in found for entry_id in its}
    facts = facts_of(entries)
    return [
        evidence.in_order(_candidates(question, its, facts))
        for question, its in zip(questions, found, strict=True)
    ]


def _candidates(
    question: Question, found: Mapping[int, NameOf | None], facts: Mapping[int, Facts]
) -> Iterator[Candidate]:
    for entry_id, named in found.items():
        known = facts.get(entry_id)
        if known is None or (question.kinds and known.kind not in question.kinds):
            continue
        candidate = evidence.candidate_of(question, named, known)
        if candidate is not None:
            yield candidate


# --- the names by which entries are found ----------------------------------------------------


def _names_found(questions: Sequence[Question]) -> list[dict[int, NameOf | None]]:
    """For each question: entry → its name that is most alike, None where a number led to it.

    At first few names are compared, and more for the questions to which none of them comes close.
    """
    shares = known_shares()
    as_written = _as_written(questions)
    alike = _spelt_alike(dict(enumerate(questions)), shares.quick, shares)
    found = [
        _most_alike(question, as_written[number], alike[number])
        for number, question in enumerate(questions)
    ]
    open_ones = {
        number: question
        for number, question in enumerate(questions)
        if not _is_close(question, found[number])
    }
    for number, names in _spelt_alike(open_ones, shares.thorough, shares).items():
        found[number] = _most_alike(questions[number], as_written[number], names)
    return found


def _is_close(question: Question, found: Mapping[int, NameOf | None]) -> bool:
    """Whether a name was found that is close to that of the question."""
    return any(
        named is not None
        and (
            named.found is Found.KEY or evidence.name_score(question.folded, named.folded) >= CLOSE
        )
        for named in found.values()
    )


def _most_alike(
    question: Question, as_written: Mapping[int, NameOf | None], alike: Sequence[LikeName]
) -> dict[int, NameOf | None]:
    """Those found as written, and the best of those spelt alike."""
    found = dict(as_written)
    scored = sorted(_compared(question, alike), key=lambda each: -each[0])
    for score, name in scored:
        if len(found) >= max(WEIGHED, len(as_written) + 5) or score < evidence.PLAUSIBLE:
            break
        if found.get(name.entry_id) is None:
            which = Found.NAME if name.is_name else Found.ALIAS
            found[name.entry_id] = NameOf(name.text, name.folded, which)
    return found


def _compared(question: Question, alike: Sequence[LikeName]) -> Iterator[tuple[float, LikeName]]:
    """The names that share most with the question's, compared word by word."""
    choices = dict(enumerate(name.folded for name in alike))
    nearest: dict[int, None] = {}
    for scorer in (fuzz.token_sort_ratio, fuzz.token_set_ratio):
        ranked = process.extract(
            question.folded, choices, scorer=scorer, limit=COMPARED, processor=None
        )
        nearest.update(dict.fromkeys(number for _text, _score, number in ranked))
    for number in nearest:
        yield evidence.name_score(question.folded, alike[number].folded), alike[number]


def _spelt_alike(
    questions: Mapping[int, Question], how: Leading, shares: Shares
) -> Mapping[int, list[LikeName]]:
    """Number of a question → names of entries that share rare trigrams with its own."""
    asked = [
        (number, AskedName(question.folded, kind))
        for number, question in questions.items()
        if question.folded
        for kind in (question.kinds or (None,))
    ]
    found: dict[int, list[LikeName]] = defaultdict(list)
    for name in names_like([name for _number, name in asked], how, shares):
        found[asked[name.asked][0]].append(name)
    return found


# --- names, keys and numbers as they stand ---------------------------------------------------

_AS_WRITTEN = f"""
SELECT n.asked, t.entry_id, t.text, t.folded,
       CASE WHEN t.is_key THEN 'key' WHEN t.is_name THEN 'name' ELSE 'alias' END
  FROM unnest(%s::int[], %s::text[], %s::text[]) AS n(asked, folded, kinds)
 CROSS JOIN LATERAL (
       SELECT entry_id, text, folded, is_key, is_name FROM kb_nameentry e
        WHERE e.folded = n.folded AND (n.kinds = '' OR kind = ANY(string_to_array(n.kinds, ',')))
        ORDER BY is_name DESC LIMIT {NAMESAKES}) t
UNION ALL
SELECT k.asked, l.survivor_id, l.key, '', 'key'
  FROM unnest(%s::int[], %s::text[]) AS k(asked, key) JOIN kb_label l ON l.key = k.key
UNION ALL
SELECT i.asked, r.entry_id, NULL, NULL, NULL
  FROM unnest(%s::int[], %s::text[], %s::text[]) AS i(asked, register, number)
  JOIN kb_identifier r ON r.number = i.number AND r.register = i.register
"""


def _as_written(questions: Sequence[Question]) -> Mapping[int, dict[int, NameOf | None]]:
    """Number of a question → entries with that very name, key or number."""
    names = [
        (number, written, ",".join(question.kinds))
        for number, question in enumerate(questions)
        for written in dict.fromkeys((question.folded, question.folded.replace(" ", "")))
        if written
    ]
    keys = [(n, q.name) for n, q in enumerate(questions) if re.match(KEY, q.name)]
    numbers = [
        (number, register, each)
        for number, question in enumerate(questions)
        for register, written in question.identifiers.items()
        for each in written
    ]
    columns = (*_columns(names, 3), *_columns(keys, 2), *_columns(numbers, 3))
    found: dict[int, dict[int, NameOf | None]] = defaultdict(dict)
    for number, entry_id, text, folded, how in reading.fetch_all(_AS_WRITTEN, columns):
        its = found[number]
        if its.get(entry_id) is None:
            its[entry_id] = NameOf(text, folded, Found(how)) if how else None
    return found


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


# --- what is known of entries ----------------------------------------------------------------

_FACTS = """
SELECT p.entry_id, p.key, p.kind, p.name, coalesce(s.prominence, 0), p.summary, p.terms,
       (SELECT json_object_agg(register, number) FROM kb_identifier i
         WHERE i.entry_id = p.entry_id)
  FROM kb_published p LEFT JOIN kb_searchentry s USING (entry_id)
 WHERE p.entry_id = ANY(%s::bigint[])
"""


def facts_of(entry_ids: Iterable[int]) -> dict[int, Facts]:
    """Entry id → what is known of it, for those that are in view."""
    rows = reading.fetch_all(_FACTS, (list(entry_ids),))
    return {
        entry_id: Facts(
            entry_id=entry_id,
            key=key,
            kind=kind,
            name=name,
            prominence=prominence,
            description=_description(summary),
            terms=terms,
            identifiers=numbers or {},
        )
        for entry_id, key, kind, name, prominence, summary, terms, numbers in rows
    }


def _description(summary: bytes) -> str:
    """The beginning of the summary in a row of a list, in plain words."""
    text = orjson.loads(summary).get("summary")
    words = plain(text) if isinstance(text, str) else ""
    return words if len(words) <= DESCRIBED else words[:DESCRIBED].rsplit(" ", 1)[0] + " …"


def described(keys: Sequence[str]) -> dict[str, str]:
    """Key → the beginning of its summary, of active entries."""
    sql = "SELECT key, summary FROM kb_published WHERE key = ANY(%s::text[])"
    return {key: _description(row) for key, row in reading.fetch_all(sql, (list(keys),))}


# --- numbers and addresses alone -------------------------------------------------------------


def holders(register: str, number: str) -> list[int]:
    """Entries that have this number in a register, however it is written."""
    rows = reading.fetch_all(
        "SELECT DISTINCT entry_id FROM kb_identifier WHERE number = ANY(%s::text[])"
        " AND register = %s ORDER BY entry_id",
        (ways_to_write(number), register),
    )
    return [row[0] for row in rows]


def found_at(address: str) -> list[int]:
    """Entries that are found at an address in its bare form (see `addresses.bare`)."""
    rows = reading.fetch_all(
        "SELECT DISTINCT entry_id FROM kb_address WHERE address = %s ORDER BY entry_id", (address,)
    )
    return [row[0] for row in rows]
