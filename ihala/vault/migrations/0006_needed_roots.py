"""What the sweeper of shred salts asks for all organisations: which of some roots still have a secret.

It answers with ids it was asked about. The index makes the answer quick however many secrets there are.
"""

from django.db import migrations

FORWARD = """
CREATE INDEX vault_grant_root ON vault_grant (root_id);
CREATE FUNCTION ihala_roots_with_secrets(asked uuid[]) RETURNS SETOF uuid STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = pg_catalog, public AS $$
  SELECT a.id FROM unnest(asked) AS a(id)
  WHERE EXISTS (SELECT 1 FROM vault_grant g WHERE g.root_id = a.id)
     OR EXISTS (SELECT 1 FROM vault_deposit d WHERE d.root_id = a.id)
$$;
REVOKE ALL ON FUNCTION ihala_roots_with_secrets(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_roots_with_secrets(uuid[]) TO ihala_app;
"""
BACK = "DROP FUNCTION ihala_roots_with_secrets(uuid[]); DROP INDEX vault_grant_root"


class Migration(migrations.Migration):
    dependencies = [("vault", "0005_draft_kind")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
