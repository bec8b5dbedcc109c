import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0002_dates"),
        ("kb", "0010_revisions_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="Voices",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="kb.entry",
                    ),
                ),
                ("stretches", models.BinaryField()),
            ],
            options={"abstract": False},
        ),
        # Compressed they would be half as large, and take five times as long to read.
        migrations.RunSQL(
            "ALTER TABLE governance_voices ALTER COLUMN stretches SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
