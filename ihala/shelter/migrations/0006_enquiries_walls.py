"""The walls around enquiries: the asker's own question, and each asking seen by both, written by the one asked.

What was asked and the slot it took are never rewritten, so that the limit counts. `ihala_hold_of` tells the two sides
of a referral until when beds are held for it, and nothing else about them.
"""

from django.db import migrations

from ihala.core.rls import may_change_only, protect

ME = "(SELECT ihala_organisation())"


HOLD_OF = """
CREATE FUNCTION ihala_hold_of(referral uuid, OUT until timestamptz, OUT ended_how varchar) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = pg_catalog, public AS $$
  SELECT h.until, h.ended_how FROM shelter_hold h
  WHERE h.backs = referral AND ihala_organisation() IN (h.organisation_id, h.tells_id)
  ORDER BY h.made_at DESC, h.id LIMIT 1
$$;
REVOKE ALL ON FUNCTION ihala_hold_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_hold_of(uuid) TO ihala_app;
CREATE INDEX hold_of_referral ON shelter_hold (backs, made_at) WHERE backs IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("shelter", "0005_enquiries"), ("core", "0001_who_acts")]
    operations = [
        protect("shelter_enquiry", update="organisation_id = " + ME),
        may_change_only("shelter_enquiry", "case_id"),
        protect(
            "shelter_asking",
            select=f"asked_id = {ME} OR asking_id = {ME}",
            insert=f"asked_id = {ME}",
            update=f"asked_id = {ME}",
        ),
        may_change_only("shelter_asking", "verdict, clauses, answered_at, answered_by_id"),
        migrations.RunSQL(HOLD_OF, "DROP INDEX hold_of_referral; DROP FUNCTION ihala_hold_of(uuid)"),
    ]
