"""The walls around joint counts: both see them, the other side agrees, and what was counted stands.

`ihala_joint_ready` tells the key agent whether both agreed to a count and it was not made; `ihala_served_in` which
cases of an organisation were open in a year. Whoever else asks hears of their own organisation alone.
"""

from django.db import migrations

from ihala.core.rls import AGENT_ROLE, RUNTIME_ROLE, protect

ME = "(SELECT ihala_organisation())"
COUNT = "matching_jointcount"
BOTH = f"{ME} IN (a_id, b_id)"

FORWARD = f"""
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION ihala_joint_ready(wanted uuid, one bigint) RETURNS TABLE (partner bigint, year integer) STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN j.a_id = one THEN j.b_id ELSE j.a_id END, j.year::integer FROM {COUNT} j
  JOIN organisations_agreement g ON g.a_id = j.a_id AND g.b_id = j.b_id
  JOIN organisations_terms t ON t.agreement_id = g.id AND t.active_from IS NOT NULL AND t.ended_at IS NULL
  WHERE j.id = wanted AND one IN (j.a_id, j.b_id) AND j.agreed_at IS NOT NULL AND j.counted_at IS NULL
    AND (t.data ->> 'joint_count')::boolean AND extract(year FROM j.proposed_at AT TIME ZONE 'Asia/Dubai') > j.year
    AND CASE WHEN session_user = '{AGENT_ROLE}' THEN true ELSE one = ihala_organisation() END
$$;
CREATE FUNCTION ihala_served_in(organisation bigint, wanted integer) RETURNS TABLE (case_id uuid) STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id FROM cases_case c
  WHERE c.organisation_id = organisation AND c.state IN ('open', 'closed')
    AND c.opened_at < make_timestamptz(wanted + 1, 1, 1, 0, 0, 0, 'Asia/Dubai')
    AND (c.closed_at IS NULL OR c.closed_at >= make_timestamptz(wanted, 1, 1, 0, 0, 0, 'Asia/Dubai'))
    AND CASE WHEN session_user = '{AGENT_ROLE}' THEN true ELSE organisation = ihala_organisation() END
$$;
REVOKE ALL ON FUNCTION ihala_joint_ready(uuid, bigint), ihala_served_in(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_joint_ready(uuid, bigint), ihala_served_in(bigint, integer)
  TO {AGENT_ROLE}, {RUNTIME_ROLE};
CREATE FUNCTION ihala_joint_word() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.counted_at IS NOT NULL OR OLD.refused_at IS NOT NULL THEN
    RAISE EXCEPTION 'a count that was made or refused stands' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF (OLD.agreed_at IS DISTINCT FROM NEW.agreed_at OR OLD.refused_at IS DISTINCT FROM NEW.refused_at)
     AND (ihala_organisation() = OLD.proposed_by_id OR OLD.agreed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the other side answers, once' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER joint_word BEFORE UPDATE ON {COUNT} FOR EACH ROW EXECUTE FUNCTION ihala_joint_word();
REVOKE UPDATE ON {COUNT} FROM {RUNTIME_ROLE};
GRANT UPDATE (answerer_id, agreed_at, refused_at, counted_at, told) ON {COUNT} TO {RUNTIME_ROLE};
"""  # noqa: S608
BACK = f"""
SET LOCAL lock_timeout = '5s';
DROP TRIGGER joint_word ON {COUNT}; DROP FUNCTION ihala_joint_word();
DROP FUNCTION ihala_served_in(bigint, integer); DROP FUNCTION ihala_joint_ready(uuid, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0009_joint"), ("core", "0001_who_acts")]
    operations = [
        protect(
            COUNT,
            select=BOTH,
            insert=f"proposed_by_id = {ME} AND {BOTH} AND agreed_at IS NULL AND counted_at IS NULL",
            update=BOTH,
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
