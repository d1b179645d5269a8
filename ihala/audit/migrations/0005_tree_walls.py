"""Who reads the tree and who adds to it. Nothing of it is ever changed, and leaves stand without a gap.

One exception from "never": an event can be forgotten by the tables' owner (`ihala.audit.forgetting`), when the law asks
for it. Its leaf stays, so every root and every proof stays true.
"""

from django.db import migrations

from ihala.core.rls import MINE, protect

ME = "(SELECT ihala_organisation())"
OPEN_NAMES = "name IN ('key.created', 'key.rotated', 'log.key_registered')"
READS_EVENT = f"({MINE} OR concerns_organisation_id = {ME} OR {OPEN_NAMES} OR (SELECT ihala_at_the_log()))"
READS_LEAF = f"({MINE} OR concerns_organisation_id = {ME} OR open OR (SELECT ihala_at_the_log()))"
AT_THE_LOG = "(SELECT ihala_at_the_log())"

DOOR = """
CREATE FUNCTION ihala_at_the_log() RETURNS boolean STABLE LANGUAGE sql SET search_path = pg_catalog AS
$$ SELECT coalesce(current_setting('ihala.door', true), '') = 'log' $$;
"""

STAYS = """
SET LOCAL lock_timeout = '5s';
CREATE OR REPLACE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF TG_TABLE_NAME = 'audit_event' AND TG_OP = 'DELETE' AND coalesce(current_setting('ihala.forget', true), '') = 'on'
  THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the log is never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'the log is never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
"""

DENSE = """
CREATE FUNCTION audit_leaf_dense() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE first bigint; last bigint; many bigint;
BEGIN
  SELECT min(index), max(index), count(*) INTO first, last, many FROM added;
  IF last - first + 1 <> many OR (first > 0 AND NOT EXISTS (SELECT 1 FROM audit_leaf WHERE index = first - 1)) THEN
    RAISE EXCEPTION 'leaves stand without a gap' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audit_leaf_dense AFTER INSERT ON audit_leaf REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION audit_leaf_dense();
"""

KEYS_ON_RECORD = """
INSERT INTO audit_event (id, at, organisation_id, user_id, name, subject_kind, refusal, detail, salt)
SELECT gen_random_uuid(), k.created_at, k.organisation_id, 0, 'key.created', '', '',
  jsonb_build_object('version', k.version, 'fingerprint', 'sha256:' ||
    rtrim(translate(encode(sha256(k.public_key), 'base64'), '+/' || chr(10), '-_'), '=')),
  substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FROM 1 FOR 16)
FROM vault_organisationkey k WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.name = 'key.created'
  AND e.organisation_id = k.organisation_id AND e.detail->>'version' = k.version::text)
"""
"""Keys made before the log spoke of keys."""

TABLES = ["leaf", "chunk", "tile", "checkpoint", "cosignature", "logkey"]
STAY = "\n".join(
    f"CREATE TRIGGER audit_{table}_stays BEFORE UPDATE OR DELETE ON audit_{table} "
    f"FOR EACH ROW EXECUTE FUNCTION audit_event_stays();"
    for table in TABLES
)
UNSTAY = "\n".join(f"DROP TRIGGER audit_{table}_stays ON audit_{table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_tree"), ("vault", "0001_initial")]
    operations = [
        migrations.RunSQL(DOOR, "DROP FUNCTION ihala_at_the_log()"),
        migrations.RunSQL(
            f"ALTER POLICY audit_event_select ON audit_event USING ({READS_EVENT})",
            f"ALTER POLICY audit_event_select ON audit_event USING ({MINE} OR concerns_organisation_id = {ME})",
        ),
        protect("audit_leaf", select=READS_LEAF, insert=AT_THE_LOG),
        protect("audit_chunk", select="true", insert=AT_THE_LOG),
        protect("audit_tile", select="true", insert=AT_THE_LOG),
        protect("audit_checkpoint", select="true", insert=AT_THE_LOG),
        protect("audit_cosignature", select="true"),
        protect("audit_logkey", select="true"),
        migrations.RunSQL(KEYS_ON_RECORD, migrations.RunSQL.noop),
        migrations.RunSQL(STAYS, BEFORE),
        migrations.RunSQL(STAY, UNSTAY),
        migrations.RunSQL(
            DENSE, "DROP TRIGGER audit_leaf_dense ON audit_leaf; DROP FUNCTION audit_leaf_dense()"
        ),
    ]
