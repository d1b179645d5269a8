"""The search reads sex from where it stands, in clear beside what is sealed."""

from django.db import migrations

from ihala.core.rls import AGENT_ROLE, RUNTIME_ROLE

ROWS = """
SET LOCAL lock_timeout = '5s';
DROP FUNCTION ihala_search_rows(bigint, uuid[]);
CREATE FUNCTION ihala_search_rows(organisation bigint, wanted uuid[])
RETURNS TABLE (case_id uuid, stamp bigint, person_id uuid, {sex}identity bytea, triage bytea) STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id, (extract(epoch FROM c.changed_at) * 1000000)::bigint * 256 + c.version % 256, p.id, {of_person}
    p.identity, p.triage
  FROM cases_case c LEFT JOIN cases_person p ON p.case_id = c.id AND p.role IN ('survivor', 'companion')
  WHERE c.id = ANY (wanted) AND c.organisation_id = organisation AND ihala_may_search(organisation)
    AND c.state IN ('open', 'closed')
  ORDER BY c.id, p.role, p.position
$$;
REVOKE ALL ON FUNCTION ihala_search_rows(bigint, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_search_rows(bigint, uuid[]) TO {agent}, {runtime};
"""
ROLES = {"agent": AGENT_ROLE, "runtime": RUNTIME_ROLE}
FORWARD = ROWS.format(sex="sex varchar, ", of_person="p.sex,", **ROLES)
BACK = ROWS.format(sex="", of_person="", **ROLES)


class Migration(migrations.Migration):
    dependencies = [("matching", "0007_pairs_walls")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
