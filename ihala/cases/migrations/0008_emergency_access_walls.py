"""What was opened in an emergency is reached through its case; and which organisations have one that has run out."""

from django.db import migrations

from ihala.core.rls import protect

THROUGH_CASE = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id)"
FORWARD = """
CREATE FUNCTION ihala_emergencies_due(moment timestamptz) RETURNS SETOF bigint STABLE SECURITY DEFINER LANGUAGE sql
SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT c.organisation_id FROM cases_access a JOIN cases_case c ON c.id = a.case_id
  WHERE a.closed_at IS NULL AND a.until <= moment
$$;
REVOKE ALL ON FUNCTION ihala_emergencies_due(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_emergencies_due(timestamptz) TO ihala_app;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_emergency_access"), ("core", "0001_who_acts")]
    operations = [
        protect("cases_emergencyaccess", select=THROUGH_CASE, insert=THROUGH_CASE, update=THROUGH_CASE),
        migrations.RunSQL(FORWARD, "DROP FUNCTION ihala_emergencies_due(timestamptz)"),
    ]
