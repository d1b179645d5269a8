"""The index of 0008 is the beginning of the one that `asking_slot_once` brings: one less to be written."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shelter", "0008_several_asked_together")]
    operations = [
        migrations.RunSQL(
            "SET LOCAL lock_timeout = '5s'; DROP INDEX asking_by_asker_and_day",
            "CREATE INDEX asking_by_asker_and_day ON shelter_asking (asked_id, asking_id, day)",
        ),
    ]
