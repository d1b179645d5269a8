"""Of what was opened in an emergency only the review is written afterwards, once."""

from django.db import migrations

from ihala.core.rls import may_change_only

TABLE = "cases_emergencyaccess"
THROUGH_CASE = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_emergency_ends")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        may_change_only(TABLE, "reviewed_at, reviewed_by_id, finding"),
        migrations.RunSQL(
            f"ALTER POLICY {TABLE}_update ON {TABLE} "
            f"USING ({THROUGH_CASE} AND reviewed_at IS NULL) WITH CHECK ({THROUGH_CASE})",
            f"ALTER POLICY {TABLE}_update ON {TABLE} USING ({THROUGH_CASE}) WITH CHECK ({THROUGH_CASE})",
        ),
    ]
