"""What is free is read by one plan for all organisations asked, not by one made anew for each.

Every reading is by organisation and end of claim, for which there are indexes: a plan for any values is the right one.
PostgreSQL thought plans for the very values cheaper and made a hundred for one asking: 110 to 150 ms where 55 to 85 do;
and where its statistics were of before many rows came, 350 ms in place of 180.
"""

from django.db import migrations

NAMES = (
    "ihala_kinds_in_turn(bigint[], timestamptz, timestamptz, int)",
    "ihala_units_in_turn(bigint[], timestamptz, timestamptz)",
)


class Migration(migrations.Migration):
    dependencies = [("shelter", "0010_alike_units_counted_once")]
    operations = [
        migrations.RunSQL(
            f"SET LOCAL lock_timeout = '5s'; ALTER FUNCTION {name} SET plan_cache_mode = force_generic_plan",
            f"ALTER FUNCTION {name} RESET plan_cache_mode",
        )
        for name in NAMES
    ]
