from itertools import groupby

from django.db import migrations

from governance.projections.rows import voices


def fill(apps, _schema_editor):
    """What a rebuild would put there, from the rows that are published."""
    table = apps.get_model("governance", "Voices")
    for name in ("Position", "Participation"):
        rows = apps.get_model("governance", name).objects.order_by("entry_id", "ordinal")
        every = rows.defer("json").iterator(chunk_size=2_000)
        for _entry, its in groupby(every, key=lambda row: row.entry_id):
            for row in voices(its):
                table.objects.create(entry_id=row.entry_id, stretches=row.stretches)


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0003_voices"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
