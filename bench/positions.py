"""As many positions as a grown knowledge base has, beside those that documents hold.

A document with thousands of positions is no likeness of a real one, while the tables of positions
are what analyses read. So these stand in the table alone: every other row of the database is what
the import made. Who says what of what follows from a number alone, and is the same each time.
"""

from django.db import connection

WANTED = 1_000_000
ACTORS, PROPOSALS = 1.7, 1.5  # skew: a few actors speak on much, a few proposals are much spoken of
FIRST_YEAR, YEARS = 2015, 11

# Half of the hash of a number is a number between 0 and 1, and the other half is another one.
_GROW = """
INSERT INTO governance_position (statement, ordinal, json, certain, possible, stance, is_current,
                                 dated_earliest, dated_latest, actor_id, entry_id)
SELECT 'p-bench' || n, n,
       convert_to(jsonb_build_object('id', 'p-bench' || n, 'proposal', p.shown, 'actor', a.shown,
                                     'stance', stance, 'date', day, 'cites', '[]'::jsonb)::text,
                  'UTF8'),
       daterange(day, NULL), daterange(day, NULL), stance, true, day, day, a.entry_id, p.entry_id
  FROM (SELECT DISTINCT ON (actor, proposal) n, actor, proposal,
               make_date(({first} + n %% {years})::int, (1 + n %% 12)::int,
                         (1 + n %% 28)::int) AS day,
               (ARRAY['supports', 'supports', 'supports', 'supports-with-conditions', 'mixed',
                      'opposes', 'opposes-as-framed'])[1 + (n %% 7)] AS stance
          FROM (SELECT n,
                       floor(power((h & 4294967295) / 4294967296.0, {actors})
                             * (SELECT count(*) FROM bench_actor))::bigint AS actor,
                       floor(power((h >> 32 & 4294967295) / 4294967296.0, {proposals})
                             * (SELECT count(*) FROM bench_proposal))::bigint AS proposal
                  FROM (SELECT n, hashint8extended(n, 1) AS h
                          FROM generate_series(1, %s::bigint) n) hashed) drawn
         ORDER BY actor, proposal, n) chosen
  JOIN bench_actor a ON a.place = actor
  JOIN bench_proposal p ON p.place = proposal
"""
_NUMBERED = """
CREATE TEMPORARY TABLE bench_{kind} AS
SELECT row_number() OVER (ORDER BY {order}) - 1 AS place, p.entry_id, l.shown
  FROM kb_published p JOIN kb_label l USING (entry_id) WHERE p.kind = '{kind}'
"""


def grow(wanted: int = WANTED) -> int:
    """Add `wanted` positions, but for pairs that are drawn twice. Gives how many there are then."""
    with connection.cursor() as cursor:
        for kind in ("actor", "proposal"):
            cursor.execute(_NUMBERED.format(kind=kind, order="md5(p.key)"))
        drawn = {"first": FIRST_YEAR, "years": YEARS, "actors": ACTORS, "proposals": PROPOSALS}
        cursor.execute(_GROW.format(**drawn), [wanted])
        cursor.execute("DROP TABLE bench_actor, bench_proposal")
        cursor.execute("VACUUM (ANALYZE) governance_position")
        cursor.execute("SELECT count(*) FROM governance_position")
        (found,) = cursor.fetchone()
    return int(found)
