"""The one thing the worker asks for all organisations: which of them have a hold to warn of or to let go.

It answers with keys of organisations only; each is then worked on as that organisation's own system.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ihala_holds_due(moment timestamptz) RETURNS SETOF bigint STABLE SECURITY DEFINER LANGUAGE sql
SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT organisation_id FROM shelter_hold
  WHERE ended_at IS NULL AND (until <= moment OR (warned_at IS NULL AND warn_at <= moment))
$$;
REVOKE ALL ON FUNCTION ihala_holds_due(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_holds_due(timestamptz) TO ihala_app;
"""


class Migration(migrations.Migration):
    dependencies = [("shelter", "0003_rows_of_one_organisation")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION ihala_holds_due(timestamptz)")]
