"""The key agent's role: keys, grants and deposits, the log, and three questions; nothing else.

It reads what is committed, writes grants when a deposit is released, and adds to the log in the name of whoever asks.
It stands here because the last question is about referrals.
"""

from django.db import migrations

from ihala.core.rls import AGENT_ROLE, agent_may

QUESTIONS = f"""
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION ihala_standing(membership bigint, the_user bigint, organisation bigint) RETURNS text[] STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN membership = 0 AND the_user = 0 THEN '{{}}'::text[] ELSE (
    SELECT m.roles FROM organisations_membership m JOIN accounts_user u ON u.id = m.user_id
    WHERE m.id = membership AND m.user_id = the_user AND m.organisation_id = organisation AND m.active
      AND u.is_active) END
  FROM organisations_organisation o WHERE o.id = organisation AND o.is_active $$;
CREATE FUNCTION ihala_releasable(present timestamptz) RETURNS TABLE (subject uuid, root uuid, receiver bigint) STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT d.subject_id, d.root_id, d.receiver_id
  FROM vault_deposit d JOIN referrals_referral r ON r.id = d.subject_id AND r.receiver_id = d.receiver_id
  WHERE d.subject_kind = 'referral' AND r.accepted_at IS NOT NULL AND r.ended_at IS NULL AND NOT r.signature_pending
    AND (d.expires_at IS NULL OR d.expires_at > present) LIMIT 200 $$;
REVOKE ALL ON FUNCTION ihala_standing(bigint, bigint, bigint), ihala_releasable(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_standing(bigint, bigint, bigint), ihala_releasable(timestamptz),
  ihala_may_release(uuid, bigint), ihala_may_erase(uuid, text[], text[]),
  ihala_roots_with_secrets(uuid[]) TO {AGENT_ROLE};
ALTER FUNCTION ihala_may_erase(uuid, text[], text[]) SECURITY DEFINER;
"""  # noqa: S608
FORGET = f"""
ALTER FUNCTION ihala_may_erase(uuid, text[], text[]) SECURITY INVOKER;
REVOKE EXECUTE ON FUNCTION ihala_may_release(uuid, bigint), ihala_may_erase(uuid, text[], text[]),
  ihala_roots_with_secrets(uuid[]) FROM {AGENT_ROLE};
DROP FUNCTION ihala_releasable(timestamptz); DROP FUNCTION ihala_standing(bigint, bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0006_old_drafts"),
        ("vault", "0006_needed_roots"),
        ("erasure", "0002_walls"),
        ("audit", "0002_walls"),
        ("organisations", "0002_row_level_security"),
    ]
    operations = [
        agent_may("vault_grant", "SELECT", "INSERT", "DELETE"),
        agent_may("vault_deposit", "SELECT", "INSERT", "DELETE"),
        agent_may("vault_organisationkey", "SELECT"),
        agent_may("audit_event", "SELECT", "INSERT"),
        migrations.RunSQL(QUESTIONS, FORGET),
    ]
