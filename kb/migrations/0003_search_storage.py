"""Long texts and vectors beside the rows of the search index, uncompressed.

Counting matches reads the rows alone, which stay short (measured: three to seven times as fast as
with vectors in the rows), and ranking unpacks a vector for each candidate. No statistics of them:
they cost an ANALYZE minutes and would tempt the planner to read a table in which half of all rows
match from end to end, unpacking every vector.
"""

from django.db import migrations

FORWARDS = """
ALTER TABLE kb_searchentry
    ALTER names SET STORAGE EXTERNAL,
    ALTER summary SET STORAGE EXTERNAL,
    ALTER body SET STORAGE EXTERNAL,
    ALTER vector SET STORAGE EXTERNAL,
    ALTER names SET STATISTICS 0,
    ALTER summary SET STATISTICS 0,
    ALTER body SET STATISTICS 0,
    ALTER vector SET STATISTICS 0,
    SET (toast_tuple_target = 256);
ALTER TABLE kb_nameentry ALTER vector SET STATISTICS 0;
"""

BACKWARDS = """
ALTER TABLE kb_searchentry
    ALTER names SET STORAGE EXTENDED,
    ALTER summary SET STORAGE EXTENDED,
    ALTER body SET STORAGE EXTENDED,
    ALTER vector SET STORAGE EXTENDED,
    ALTER names SET STATISTICS -1,
    ALTER summary SET STATISTICS -1,
    ALTER body SET STATISTICS -1,
    ALTER vector SET STATISTICS -1,
    RESET (toast_tuple_target);
ALTER TABLE kb_nameentry ALTER vector SET STATISTICS -1;
"""


class Migration(migrations.Migration):
    dependencies = [("kb", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
