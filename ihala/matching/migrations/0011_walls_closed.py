"""What rested on the server alone rests on the database too.

A question comes without words, and settled only with an answer; a side names a case of its own; a count is made after
both agreed, in fives, for a year that is over on the agent's own clock, and one that broke off makes room for another.
Sex stands in clear beside the sealed values and is handed out with them, since it speaks when two cases are compared.
"""

from django.db import migrations, models
from django.db.models import Q

from ihala.core.rls import AGENT_ROLE, RUNTIME_ROLE

ME = "(SELECT ihala_organisation())"
ROLES = f"{AGENT_ROLE}, {RUNTIME_ROLE}"

READY = """
CREATE FUNCTION ihala_joint_ready(wanted uuid, one bigint{day}) RETURNS TABLE (partner bigint, year integer) STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN j.a_id = one THEN j.b_id ELSE j.a_id END, j.year::integer FROM matching_jointcount j
  JOIN organisations_agreement g ON g.a_id = j.a_id AND g.b_id = j.b_id
  JOIN organisations_terms t ON t.agreement_id = g.id AND t.active_from IS NOT NULL AND t.ended_at IS NULL
  WHERE j.id = wanted AND one IN (j.a_id, j.b_id) AND j.agreed_at IS NOT NULL AND j.counted_at IS NULL
    AND (t.data ->> 'joint_count')::boolean AND {over}
    AND CASE WHEN session_user = '{agent}' THEN true ELSE one = ihala_organisation() END
$$;
REVOKE ALL ON FUNCTION ihala_joint_ready(uuid, bigint{kind}) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_joint_ready(uuid, bigint{kind}) TO {roles};
"""
PEOPLE = """
DROP FUNCTION ihala_people_of(bigint, uuid[]);
CREATE FUNCTION ihala_people_of(organisation bigint, wanted uuid[])
RETURNS TABLE (case_id uuid, person_id uuid, role varchar, {sex}identity bytea, triage bytea) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id, p.id, p.role, {of_person}p.identity, p.triage
  FROM cases_case c JOIN cases_person p ON p.case_id = c.id
  WHERE c.organisation_id = organisation AND (wanted IS NULL OR c.id = ANY (wanted))
    AND c.state IN ('open', 'closed') AND p.role IN ('survivor', 'companion')
    AND CASE WHEN session_user = '{agent}' THEN true ELSE organisation = ihala_organisation() END
  ORDER BY c.id, p.role, p.position
$$;
REVOKE ALL ON FUNCTION ihala_people_of(bigint, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_people_of(bigint, uuid[]) TO {roles};
"""
WORD = """
CREATE OR REPLACE FUNCTION ihala_joint_word() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.counted_at IS NOT NULL OR OLD.refused_at IS NOT NULL{broken} THEN
    RAISE EXCEPTION 'a count that was made or refused stands' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF (OLD.agreed_at IS DISTINCT FROM NEW.agreed_at OR OLD.refused_at IS DISTINCT FROM NEW.refused_at{answerer})
     AND (ihala_organisation() = OLD.proposed_by_id OR OLD.agreed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the other side answers, once' USING ERRCODE = 'insufficient_privilege';
  END IF;
  {counted}
  RETURN NEW;
END $$;
"""
COUNTED = """
  IF OLD.agreed_at IS NULL AND (NEW.counted_at IS NOT NULL OR NEW.told IS NOT NULL OR NEW.broke_off_at IS NOT NULL) THEN
    RAISE EXCEPTION 'counted is what both have agreed to' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NEW.told % 5 <> 0 THEN
    RAISE EXCEPTION 'counts are told in fives' USING ERRCODE = 'insufficient_privilege';
  END IF;
"""
GRANT = f"GRANT UPDATE (broke_off_at) ON matching_jointcount TO {RUNTIME_ROLE};"
POLICIES = f"""
SET LOCAL lock_timeout = '5s';
ALTER POLICY matching_knownquestion_insert ON matching_knownquestion WITH CHECK (asking_id = {ME}{{no_words}});
ALTER POLICY matching_knownside_insert ON matching_knownside WITH CHECK (organisation_id = {ME}
  AND EXISTS (SELECT 1 FROM matching_knownquestion q WHERE q.id = question_id){{own_case}});
ALTER POLICY matching_jointcount_insert ON matching_jointcount WITH CHECK (proposed_by_id = {ME}
  AND {ME} IN (a_id, b_id) AND agreed_at IS NULL AND counted_at IS NULL{{new}});
"""  # noqa: S608
# One year more than may be proposed: agreeing may take its time.
FORWARD = "".join((
    POLICIES.format(
        no_words=" AND asking_says = '' AND asked_says = ''",
        own_case=" AND EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id)",
        new=" AND answerer_id IS NULL AND refused_at IS NULL AND broke_off_at IS NULL",
    ),
    GRANT,
    "DROP FUNCTION ihala_joint_ready(uuid, bigint);",
    READY.format(
        day=", day date", kind=", date", agent=AGENT_ROLE, roles=ROLES,
        over="j.broke_off_at IS NULL AND extract(year FROM day) - j.year BETWEEN 1 AND 4",
    ),
    WORD.format(
        broken=" OR OLD.broke_off_at IS NOT NULL",
        answerer="\n      OR OLD.answerer_id IS DISTINCT FROM NEW.answerer_id", counted=COUNTED,
    ),
    PEOPLE.format(sex="sex varchar, ", of_person="p.sex, ", agent=AGENT_ROLE, roles=ROLES)
))  # fmt: skip
BACK = "".join((
    POLICIES.format(no_words="", own_case="", new=""),
    "DROP FUNCTION ihala_joint_ready(uuid, bigint, date);",
    READY.format(
        day="", kind="", agent=AGENT_ROLE, roles=ROLES,
        over="extract(year FROM j.proposed_at AT TIME ZONE 'Asia/Dubai') > j.year",
    ),
    WORD.format(broken="", answerer="", counted=""),
    PEOPLE.format(sex="", of_person="", agent=AGENT_ROLE, roles=ROLES)
))  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("matching", "0010_joint_walls")]
    operations = [
        migrations.AddField("jointcount", "broke_off_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("jointcount", "joint_once_a_year"),
        migrations.AddConstraint(
            "jointcount",
            models.UniqueConstraint(
                fields=["a", "b", "year"],
                condition=Q(refused_at=None, broke_off_at=None),
                name="joint_once_a_year",
            ),
        ),
        migrations.AddConstraint(
            "jointcount",
            models.CheckConstraint(condition=Q(told=None) | Q(told__gte=5), name="joint_not_told_when_small"),
        ),
        migrations.AddConstraint(
            "knownquestion",
            models.CheckConstraint(
                condition=Q(result="closer", settled_at=None)
                | (~Q(result="closer") & Q(settled_at__isnull=False)),
                name="known_settled_with_a_result",
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
