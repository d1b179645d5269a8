"""The walls around "is she known there?": both see a question, each keeps its case and its word to itself.

A trigger lets a side write its own word alone and the result only as it follows from both words, so that neither
answers for the other. The key agent asks `ihala_known_terms`, `ihala_may_ask_known` and `ihala_people_of`: terms in
force, her consent, and who stands in an organisation's cases, sealed. Anybody else gets their own rows alone.
"""

from django.db import migrations

from ihala.core.rls import AGENT_ROLE, RUNTIME_ROLE, protect

ME = "(SELECT ihala_organisation())"
QUESTION, SIDE = "matching_knownquestion", "matching_knownside"
ONE_OF_BOTH = f'EXISTS (SELECT 1 FROM {QUESTION} q WHERE q.id = "{SIDE}".question_id)'  # noqa: S608 its policy answers

FORWARD = f"""
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION ihala_known_terms(one bigint, other bigint) RETURNS text STABLE SECURITY DEFINER LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.data -> 'known' ->> other::text FROM organisations_terms t
  JOIN organisations_agreement a ON a.id = t.agreement_id
  WHERE a.a_id = least(one, other) AND a.b_id = greatest(one, other)
    AND t.active_from IS NOT NULL AND t.ended_at IS NULL
    AND CASE WHEN session_user = '{AGENT_ROLE}' THEN true ELSE ihala_organisation() IN (one, other) END
$$;
CREATE FUNCTION ihala_may_ask_known(one bigint, other bigint, about uuid, day date) RETURNS boolean STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM consent_consent c JOIN cases_case k ON k.id = c.case_id
    WHERE c.case_id = about AND k.organisation_id = one AND k.state IN ('open', 'closed')
      AND c.organisation_id = one AND c.recipient_id = other AND c.until >= day
      AND 'known' = ANY (c.purposes) AND 'identity' = ANY (c.classes)
      AND NOT EXISTS (SELECT 1 FROM consent_withdrawal w WHERE w.consent_id = c.id))
    AND CASE WHEN session_user = '{AGENT_ROLE}' THEN true ELSE ihala_organisation() = one END
$$;
CREATE FUNCTION ihala_people_of(organisation bigint, wanted uuid[])
RETURNS TABLE (case_id uuid, person_id uuid, role varchar, identity bytea, triage bytea) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id, p.id, p.role, p.identity, p.triage FROM cases_case c JOIN cases_person p ON p.case_id = c.id
  WHERE c.organisation_id = organisation AND (wanted IS NULL OR c.id = ANY (wanted))
    AND c.state IN ('open', 'closed') AND p.role IN ('survivor', 'companion')
    AND CASE WHEN session_user = '{AGENT_ROLE}' THEN true ELSE organisation = ihala_organisation() END
  ORDER BY c.id, p.role, p.position
$$;
REVOKE ALL ON FUNCTION ihala_known_terms(bigint, bigint), ihala_may_ask_known(bigint, bigint, uuid, date),
  ihala_people_of(bigint, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_known_terms(bigint, bigint), ihala_may_ask_known(bigint, bigint, uuid, date),
  ihala_people_of(bigint, uuid[]) TO {AGENT_ROLE}, {RUNTIME_ROLE};
CREATE FUNCTION ihala_known_word() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE me bigint := ihala_organisation(); follows varchar;
BEGIN
  IF OLD.result <> 'closer' OR (OLD.asking_says <> NEW.asking_says AND (me <> OLD.asking_id OR OLD.asking_says <> ''))
     OR (OLD.asked_says <> NEW.asked_says AND (me <> OLD.asked_id OR OLD.asked_says <> '')) THEN
    RAISE EXCEPTION 'a word once said stands, and each side says its own' USING ERRCODE = 'insufficient_privilege';
  END IF;
  follows := CASE WHEN 'no' IN (NEW.asking_says, NEW.asked_says) THEN 'no'
    WHEN '' IN (NEW.asking_says, NEW.asked_says) THEN 'closer'
    WHEN NEW.asking_says = 'yes' AND NEW.asked_says = 'yes' THEN 'yes' ELSE 'unclear' END;
  IF NEW.result <> follows THEN
    RAISE EXCEPTION 'the result follows from both words' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER known_word BEFORE UPDATE ON {QUESTION} FOR EACH ROW EXECUTE FUNCTION ihala_known_word();
REVOKE UPDATE ON {QUESTION} FROM {RUNTIME_ROLE};
GRANT UPDATE (result, asking_says, asked_says, settled_at) ON {QUESTION} TO {RUNTIME_ROLE};
REVOKE UPDATE ON {SIDE} FROM {RUNTIME_ROLE};
GRANT UPDATE (said_by_id, said_at) ON {SIDE} TO {RUNTIME_ROLE};
"""  # noqa: S608
BACK = f"""
SET LOCAL lock_timeout = '5s';
DROP TRIGGER known_word ON {QUESTION}; DROP FUNCTION ihala_known_word();
DROP FUNCTION ihala_people_of(bigint, uuid[]); DROP FUNCTION ihala_may_ask_known(bigint, bigint, uuid, date);
DROP FUNCTION ihala_known_terms(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0004_known"),
        ("core", "0001_who_acts"),
        ("consent", "0003_purpose_known"),
        ("cases", "0003_erased_state"),
    ]
    operations = [
        protect(
            QUESTION,
            select=f"asking_id = {ME} OR asked_id = {ME}",
            insert=f"asking_id = {ME}",
            update=f"asking_id = {ME} OR asked_id = {ME}",
        ),
        protect(
            SIDE,
            insert=f"organisation_id = {ME} AND {ONE_OF_BOTH}",
            update=f"organisation_id = {ME}",
            delete=f"organisation_id = {ME}",
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
