"""A proposed version of the terms stays as it was proposed; only the other party countersigns, and only once."""

from django.db import migrations

GUARD = """
CREATE FUNCTION organisations_terms_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.agreement_id, NEW.version, NEW.data, NEW.proposed_by_id, NEW.proposer_id, NEW.proposer_ar, NEW.proposer_en,
      NEW.proposed_at)
     IS DISTINCT FROM
     (OLD.agreement_id, OLD.version, OLD.data, OLD.proposed_by_id, OLD.proposer_id, OLD.proposer_ar, OLD.proposer_en,
      OLD.proposed_at) THEN
    RAISE EXCEPTION 'proposed terms are never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'ended terms are never changed' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.countersigned_by_id, NEW.countersigner_id, NEW.countersigner_ar, NEW.countersigner_en, NEW.active_from)
     IS DISTINCT FROM
     (OLD.countersigned_by_id, OLD.countersigner_id, OLD.countersigner_ar, OLD.countersigner_en, OLD.active_from)
     AND (OLD.active_from IS NOT NULL OR NEW.countersigned_by_id IS DISTINCT FROM ihala_organisation()) THEN
    RAISE EXCEPTION 'terms are countersigned once, by the other party' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER organisations_terms_guard BEFORE UPDATE ON organisations_terms
  FOR EACH ROW EXECUTE FUNCTION organisations_terms_guard();
"""
NO_GUARD = """
DROP TRIGGER organisations_terms_guard ON organisations_terms; DROP FUNCTION organisations_terms_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_row_level_security")]
    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
