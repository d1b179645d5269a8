"""The log is added to and read; nobody writes in another's name. At the door nobody is known yet, so an event there
belongs to no organisation."""

from django.db import migrations

from ihala.core.rls import MINE, protect

ME = "(SELECT ihala_organisation())"
READS = f"({MINE} OR concerns_organisation_id = {ME})"
MYSELF = f"{MINE} AND user_id = (SELECT ihala_user())"
ADDS = f"CASE WHEN organisation_id IS NULL THEN (SELECT ihala_at_the_door()) ELSE {MYSELF} END"

NEVER_CHANGED = """
CREATE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'the log is never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_event_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        protect("audit_event", select=READS, insert=ADDS),
        migrations.RunSQL(
            NEVER_CHANGED, "DROP TRIGGER audit_event_stays ON audit_event; DROP FUNCTION audit_event_stays()"
        ),
    ]
