"""Units that are alike are told once to who asks several organisations: as many of a kind as a household can use.

As `ihala_units_in_turn` (migration 0008) it runs with the caller's rights, in each organisation's own name in turn.
"""

from django.db import migrations

KINDS = """
CREATE FUNCTION ihala_kinds_in_turn(organisations bigint[], start timestamptz, until timestamptz, most int)
RETURNS TABLE (organisation bigint, kinds jsonb) VOLATILE SECURITY INVOKER LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE
  o bigint;
  before_org text := current_setting('ihala.organisation', true);
  before_user text := current_setting('ihala.user', true);
BEGIN
  PERFORM set_config('ihala.user', '0', true);
  FOREACH o IN ARRAY organisations LOOP
    PERFORM set_config('ihala.organisation', o::text, true);
    organisation := o;
    WITH taken AS (
      SELECT t.bed_id FROM shelter_claimedbed t
      WHERE t.organisation_id = o AND t.ends_at > start AND t.starts_at < until
    ), beds AS (
      SELECT b.unit_id,
        count(*) FILTER (WHERE b.kind = 'bed' AND free) AS beds,
        count(*) FILTER (WHERE b.kind = 'cot' AND free) AS cots,
        count(*) FILTER (WHERE b.kind = 'bed') AS every_bed, count(*) FILTER (WHERE b.kind = 'cot') AS every_cot
      FROM shelter_bed b, LATERAL (SELECT b.id NOT IN (SELECT bed_id FROM taken) AS free) f
      WHERE b.organisation_id = o GROUP BY b.unit_id
    ), families AS (
      SELECT DISTINCT c.unit_id, c.family FROM shelter_claim c
      WHERE c.organisation_id = o AND c.ends_at > start AND c.starts_at < until AND c.kind <> 'void'
    ), lodgers AS (
      SELECT f.unit_id, jsonb_agg(coalesce(m.people, '[]') ORDER BY m.people) AS families
      FROM families f LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(p.sex, p.age_band) ORDER BY p.id) AS people FROM cases_person p
        WHERE p.case_id = f.family AND p.role <> 'person_of_concern'
      ) m ON true GROUP BY f.unit_id
    ), alike AS (
      SELECT jsonb_build_array(
        (array_agg(u.id ORDER BY u.id))[1:most], u.house_id, u.shared, u.wheelchair, u.ground_floor, u.sexes,
        u.ages_from, u.ages_to, u.boys_until, b.beds, b.cots, b.every_bed, b.every_cot, l.families) AS kind
      FROM beds b JOIN shelter_unit u ON u.id = b.unit_id LEFT JOIN lodgers l ON l.unit_id = u.id
      GROUP BY u.house_id, u.shared, u.wheelchair, u.ground_floor, u.sexes, u.ages_from, u.ages_to, u.boys_until,
        b.beds, b.cots, b.every_bed, b.every_cot, l.families
    )
    SELECT jsonb_agg(kind) INTO kinds FROM alike;
    RETURN NEXT;
  END LOOP;
  PERFORM set_config('ihala.organisation', before_org, true), set_config('ihala.user', before_user, true);
END $$;
"""
NAME = "ihala_kinds_in_turn(bigint[], timestamptz, timestamptz, int)"


class Migration(migrations.Migration):
    dependencies = [("shelter", "0009_one_index_for_slots")]
    operations = [
        migrations.RunSQL(
            f"SET LOCAL lock_timeout = '5s'; {KINDS}"
            f"REVOKE ALL ON FUNCTION {NAME} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {NAME} TO ihala_app;",
            f"DROP FUNCTION {NAME}",
        ),
    ]
