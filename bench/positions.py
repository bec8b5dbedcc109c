"""As many positions as a grown knowledge base has, beside those that documents hold.

A document with thousands of positions is no likeness of a real one, while the tables of positions
are what analyses read. So these stand in those tables alone: every other row of the database is
what the import made. Who says what of what follows from a number alone, and is the same each time.
One pair of actor and proposal in eight has two positions, the second of which is another one.
"""

from collections.abc import Iterator
from itertools import groupby

from django.db import connection

from governance.models import Position, Voices
from governance.projections.rows import voices
from kb.publication.copying import copy_rows

WANTED = 1_000_000
ACTORS, PROPOSALS = 1.7, 1.5  # skew: a few actors speak on much, a few proposals are much spoken of
FIRST_YEAR, YEARS = 2015, 9
ANOTHER_EACH, ANOTHER_AFTER = 8, 900  # pairs with a second position; days after the first
READ_AT_ONCE = 5_000
QUOTE = (
    "We welcome this proposal as a basis for further work, and we will judge it by whether it"
    " leads to binding commitments that can be verified by others."
)

# Half of the hash of a number is a number between 0 and 1, and the other half is another one.
_GROW = """
INSERT INTO governance_position (statement, ordinal, json, certain, possible, stance, is_current,
                                 dated_earliest, dated_latest, actor_id, entry_id)
SELECT 'p-bench' || n || '-' || again, 2 * n + again,
       convert_to(jsonb_build_object('id', 'p-bench' || n || '-' || again, 'proposal', p.shown,
                                     'actor', a.shown, 'stance', stance, 'date', day,
                                     'quote', %(quote)s::text, 'cites', cites)::text, 'UTF8'),
       daterange(day, until), daterange(day, until), stance, until IS NULL, day, day,
       a.entry_id, p.entry_id
  FROM (SELECT n, actor, proposal, again, day + again * {after} AS day,
               CASE WHEN again < {another_of_n} THEN day + {after} END AS until,
               (ARRAY['supports', 'supports', 'supports', 'supports-with-conditions', 'mixed',
                      'opposes', 'opposes-as-framed'])[1 + ((n + 3 * again) %% 7)] AS stance
          FROM (SELECT DISTINCT ON (actor, proposal) n, actor, proposal,
                       make_date(({first} + n %% {years})::int, (1 + n %% 12)::int,
                                 (1 + n %% 28)::int) AS day
                  FROM (SELECT n,
                               floor(power((h & 4294967295) / 4294967296.0, {actors})
                                     * (SELECT count(*) FROM bench_actor))::bigint AS actor,
                               floor(power((h >> 32 & 4294967295) / 4294967296.0, {proposals})
                                     * (SELECT count(*) FROM bench_proposal))::bigint AS proposal
                          FROM (SELECT n, hashint8extended(n, 1) AS h
                                  FROM generate_series(1, %(pairs)s::bigint) n) hashed) drawn
                 ORDER BY actor, proposal, n) chosen
         CROSS JOIN LATERAL generate_series(0, {another_of_n}) AS again) said
  JOIN bench_actor a ON a.place = actor
  JOIN bench_proposal p ON p.place = proposal
  JOIN bench_source s ON s.place = n %% (SELECT count(*) FROM bench_source)
 CROSS JOIN LATERAL jsonb_build_array(jsonb_build_object('source', jsonb_build_object(
       'key', s.shown -> 'key', 'kind', s.shown -> 'kind', 'name', s.shown -> 'name'))) AS cites
"""
_ANOTHER_OF_N = "(n %% {each} = 0)::int"
_NUMBERED = """
CREATE TEMPORARY TABLE bench_{kind} AS
SELECT row_number() OVER (ORDER BY {order}) - 1 AS place, p.entry_id, l.shown
  FROM kb_published p JOIN kb_label l USING (entry_id) WHERE p.kind = '{kind}'
"""


def grow(wanted: int = WANTED) -> int:
    """Add `wanted` positions, but for pairs that are drawn twice. Gives how many there are then."""
    drawn = {
        "first": FIRST_YEAR,
        "years": YEARS,
        "actors": ACTORS,
        "proposals": PROPOSALS,
        "after": ANOTHER_AFTER,
        "another_of_n": _ANOTHER_OF_N.format(each=ANOTHER_EACH),
    }
    pairs = wanted * ANOTHER_EACH // (ANOTHER_EACH + 1)
    with connection.cursor() as cursor:
        for kind in ("actor", "proposal", "source"):
            cursor.execute(_NUMBERED.format(kind=kind, order="md5(p.key)"))
            cursor.execute(f"ANALYZE bench_{kind}")  # else the planner takes them for empty
        cursor.execute(_GROW.format(**drawn), {"pairs": pairs, "quote": QUOTE})
        cursor.execute("DROP TABLE bench_actor, bench_proposal, bench_source")
        _keep_voices()
        cursor.execute("VACUUM (ANALYZE) governance_position, governance_voices")
        cursor.execute("SELECT count(*) FROM governance_position")
        (found,) = cursor.fetchone()
    return int(found)


def _keep_voices() -> None:
    """Put where everybody stands on the proposals now in place of what the import put there."""
    Voices.objects.filter(entry__in=Position.objects.values("entry")).delete()
    copy_rows(_voices())


def _voices() -> Iterator[Voices]:
    every = Position.objects.defer("json").order_by("entry_id").iterator(READ_AT_ONCE)
    for _proposal, its in groupby(every, key=lambda row: row.entry_id):
        yield from voices(its)
