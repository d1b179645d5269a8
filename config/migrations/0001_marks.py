"""Things that were done once in this database, by the owner: the demo story, for example."""

from django.db import migrations


class Migration(migrations.Migration):
    """A name and a moment; the runtime role has no part in it."""

    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(
            "CREATE TABLE ihala_mark (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())",
            "DROP TABLE ihala_mark",
        )
    ]
