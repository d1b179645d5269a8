"""A hundred organisations are asked in three statements: each in its own name, one after the other, on the server.

`ihala_in_turn` functions run with the caller's rights: for each organisation they do what `acting(Actor.system_of(…))`
does, ask or write, and set back who acts. What a policy does not show to that organisation, they do not see; they can
nothing that the caller could not do in as many round trips.
"""

from django.db import migrations

BEGIN = """
  before_org text := current_setting('ihala.organisation', true);
  before_user text := current_setting('ihala.user', true);
BEGIN
  PERFORM set_config('ihala.user', '0', true);
"""
END = """
  PERFORM set_config('ihala.organisation', before_org, true), set_config('ihala.user', before_user, true);
END $$;
"""
UNITS = """
CREATE FUNCTION ihala_units_in_turn(organisations bigint[], start timestamptz, until timestamptz)
RETURNS TABLE (organisation bigint, units jsonb) VOLATILE SECURITY INVOKER LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE o bigint;
-- begins
  FOREACH o IN ARRAY organisations LOOP
    PERFORM set_config('ihala.organisation', o::text, true);
    organisation := o;
    WITH taken AS (
      SELECT t.bed_id FROM shelter_claimedbed t
      WHERE t.organisation_id = o AND t.ends_at > start AND t.starts_at < until
    ), beds AS (
      SELECT b.unit_id,
        coalesce(jsonb_agg(b.id ORDER BY b.id) FILTER (WHERE b.kind = 'bed' AND free), '[]') AS beds,
        coalesce(jsonb_agg(b.id ORDER BY b.id) FILTER (WHERE b.kind = 'cot' AND free), '[]') AS cots,
        count(*) FILTER (WHERE b.kind = 'bed') AS every_bed, count(*) FILTER (WHERE b.kind = 'cot') AS every_cot
      FROM shelter_bed b, LATERAL (SELECT b.id NOT IN (SELECT bed_id FROM taken) AS free) f
      WHERE b.organisation_id = o GROUP BY b.unit_id
    ), families AS (
      SELECT DISTINCT c.unit_id, c.family FROM shelter_claim c
      WHERE c.organisation_id = o AND c.ends_at > start AND c.starts_at < until AND c.kind <> 'void'
    ), lodgers AS (
      SELECT f.unit_id, jsonb_agg(jsonb_build_array(f.family, coalesce(m.people, '[]')) ORDER BY f.family) AS families
      FROM families f LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(p.sex, p.age_band) ORDER BY p.id) AS people FROM cases_person p
        WHERE p.case_id = f.family AND p.role <> 'person_of_concern'
      ) m ON true GROUP BY f.unit_id
    )
    SELECT jsonb_agg(jsonb_build_array(
      u.id, h.id, h.code || ' · ' || u.code, u.shared, u.wheelchair, u.ground_floor, u.sexes, u.ages_from, u.ages_to,
      u.boys_until, b.beds, b.cots, b.every_bed, b.every_cot, coalesce(l.families, '[]')) ORDER BY u.house_id, u.id)
    INTO units
    FROM beds b JOIN shelter_unit u ON u.id = b.unit_id JOIN shelter_house h ON h.id = u.house_id
    LEFT JOIN lodgers l ON l.unit_id = u.id;
    RETURN NEXT;
  END LOOP;
-- ends
"""
ANSWERED = """
CREATE FUNCTION ihala_answered_in_turn(organisations bigint[], same_shape varchar, same_window timestamptz)
RETURNS TABLE (organisation bigint, verdict varchar, clauses varchar[]) VOLATILE SECURITY INVOKER LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE o bigint;
-- begins
  FOREACH o IN ARRAY organisations LOOP
    PERFORM set_config('ihala.organisation', o::text, true);
    SELECT a.verdict, a.clauses INTO verdict, clauses FROM shelter_asking a
    WHERE a.asked_id = o AND a.shape = same_shape AND a."window" = same_window AND a.verdict <> ''
    ORDER BY a.at, a.id LIMIT 1;
    IF FOUND THEN
      organisation := o;
      RETURN NEXT;
    END IF;
  END LOOP;
-- ends
"""
WRITTEN = """
CREATE FUNCTION ihala_asked_in_turn(rows jsonb, most int)
RETURNS TABLE (organisation bigint, made uuid, place smallint) VOLATILE SECURITY INVOKER LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE r shelter_asking;
-- begins
  FOR r IN SELECT * FROM jsonb_populate_recordset(NULL::shelter_asking, rows) LOOP
    PERFORM set_config('ihala.organisation', r.asked_id::text, true);
    SELECT count(*) + 1 INTO r.slot FROM shelter_asking a
    WHERE a.asked_id = r.asked_id AND a.asking_id = r.asking_id AND a.day = r.day;
    IF r.slot <= most THEN
      INSERT INTO shelter_asking SELECT r.* ON CONFLICT DO NOTHING;
      IF FOUND THEN
        organisation := r.asked_id; made := r.id; place := r.slot;
        RETURN NEXT;
      END IF;
    END IF;
  END LOOP;
-- ends
"""
NAMES = (
    "ihala_units_in_turn(bigint[], timestamptz, timestamptz)",
    "ihala_answered_in_turn(bigint[], varchar, timestamptz)",
    "ihala_asked_in_turn(jsonb, int)",
)
RIGHTS = "".join(
    f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO ihala_app;"
    for name in NAMES
)


def whole(function: str) -> str:
    """With what all of them do before and after."""
    return function.replace("-- begins", BEGIN).replace("-- ends", END)


class Migration(migrations.Migration):
    dependencies = [("shelter", "0007_enquiry_category"), ("cases", "0002_row_level_security")]
    operations = [
        migrations.RunSQL(
            "SET LOCAL lock_timeout = '5s';" + "".join(map(whole, (UNITS, ANSWERED, WRITTEN))) + RIGHTS,
            ";".join(f"DROP FUNCTION {name}" for name in NAMES),
        ),
        migrations.RunSQL(
            "CREATE INDEX asking_by_asker_and_day ON shelter_asking (asked_id, asking_id, day)",
            "DROP INDEX asking_by_asker_and_day",
        ),
    ]
