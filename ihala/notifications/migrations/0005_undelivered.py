"""What has not been mailed yet, found quickly; and which organisations have such, by their keys alone.

The worker asks this every minute, and then works as each organisation's own system.
"""

from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION ihala_undelivered(since timestamptz, until timestamptz) RETURNS SETOF bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT organisation_id FROM notifications_notification
  WHERE delivered_at IS NULL AND created_at > since AND created_at <= until
$$;
REVOKE ALL ON FUNCTION ihala_undelivered(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_undelivered(timestamptz, timestamptz) TO ihala_app;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_look_at_the_log")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                fields=["created_at"],
                name="notification_undelivered",
                condition=models.Q(delivered_at=None),
            ),
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION ihala_undelivered(timestamptz, timestamptz)"),
    ]
