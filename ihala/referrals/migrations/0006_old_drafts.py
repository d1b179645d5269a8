"""What the worker asks for all organisations: which of them have a draft that nobody has changed for long.

It answers with keys of organisations only; each is then worked on as that organisation's own system.
"""

from django.db import migrations

FORWARD = """
CREATE INDEX ref_draft_age ON referrals_referral (changed_at) WHERE state = 'draft';
CREATE FUNCTION ihala_drafts_unchanged_since(moment timestamptz) RETURNS SETOF bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT sender_id FROM referrals_referral WHERE state = 'draft' AND changed_at <= moment
$$;
REVOKE ALL ON FUNCTION ihala_drafts_unchanged_since(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_drafts_unchanged_since(timestamptz) TO ihala_app;
"""
BACK = "DROP FUNCTION ihala_drafts_unchanged_since(timestamptz); DROP INDEX ref_draft_age"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0005_package_files_walls")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
