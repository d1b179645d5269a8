"""What the search reads of an organisation's cases, and how it hears of changes: ids and sealed bytes, nothing else.

The key agent's role asks two questions: which cases there are, each with a stamp of its last write, and who stands in
some of them. For the runtime role they answer for the acting organisation alone, which reads these rows anyway. A
trigger names each case whose content changed, as its write commits; who listens reads it then.
"""

from django.db import migrations

from ihala.core.rls import AGENT_ROLE, RUNTIME_ROLE

FORWARD = f"""
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION ihala_may_search(organisation bigint) RETURNS boolean STABLE LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN session_user = '{AGENT_ROLE}' THEN true ELSE organisation = ihala_organisation() END
$$;
CREATE FUNCTION ihala_search_stamps(organisation bigint) RETURNS TABLE (case_id uuid, stamp bigint) STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id, (extract(epoch FROM c.changed_at) * 1000000)::bigint * 256 + c.version % 256
  FROM cases_case c
  WHERE c.organisation_id = organisation AND ihala_may_search(organisation) AND c.state IN ('open', 'closed')
$$;
CREATE FUNCTION ihala_search_rows(organisation bigint, wanted uuid[])
RETURNS TABLE (case_id uuid, stamp bigint, person_id uuid, identity bytea, triage bytea) STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id, (extract(epoch FROM c.changed_at) * 1000000)::bigint * 256 + c.version % 256, p.id, p.identity, p.triage
  FROM cases_case c LEFT JOIN cases_person p ON p.case_id = c.id AND p.role IN ('survivor', 'companion')
  WHERE c.id = ANY (wanted) AND c.organisation_id = organisation AND ihala_may_search(organisation)
    AND c.state IN ('open', 'closed')
  ORDER BY c.id, p.role, p.position
$$;
REVOKE ALL ON FUNCTION ihala_may_search(bigint), ihala_search_stamps(bigint), ihala_search_rows(bigint, uuid[])
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_search_stamps(bigint), ihala_search_rows(bigint, uuid[])
  TO {AGENT_ROLE}, {RUNTIME_ROLE};
CREATE FUNCTION ihala_people_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM pg_notify('ihala_people', OLD.organisation_id || ' ' || OLD.id);
  ELSE
    PERFORM pg_notify('ihala_people', NEW.organisation_id || ' ' || NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER case_people_changed AFTER UPDATE ON cases_case FOR EACH ROW
  WHEN (OLD.version <> NEW.version OR OLD.state <> NEW.state) EXECUTE FUNCTION ihala_people_changed();
CREATE TRIGGER case_people_gone AFTER DELETE ON cases_case FOR EACH ROW EXECUTE FUNCTION ihala_people_changed();
"""  # noqa: S608
BACK = """
SET LOCAL lock_timeout = '5s';
DROP TRIGGER case_people_gone ON cases_case; DROP TRIGGER case_people_changed ON cases_case;
DROP FUNCTION ihala_people_changed(); DROP FUNCTION ihala_search_rows(bigint, uuid[]);
DROP FUNCTION ihala_search_stamps(bigint); DROP FUNCTION ihala_may_search(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_attachments_walls"), ("core", "0001_who_acts")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
