"""The first wall around consent, and the one opening in it: either party may take a consent back.

A consent is its holder's row alone; the recipient learns its kind from the referral and nothing else. So that the
recipient's staff can record a withdrawal all the same, a function of the owner answers one question: who holds this
consent, if the one who acts is a party to it?
"""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from ihala.core.rls import MINE, RUNTIME_ROLE, protect

HOLDER = f"""
CREATE FUNCTION ihala_consent_holder(consent uuid) RETURNS bigint STABLE SECURITY DEFINER LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.organisation_id FROM consent_consent c
  WHERE c.id = consent AND ihala_organisation() IN (c.organisation_id, c.recipient_id)
$$;
REVOKE ALL ON FUNCTION ihala_consent_holder(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_consent_holder(uuid) TO {RUNTIME_ROLE};
"""  # noqa: S608
RECORDED_BY_ME = "recorded_by_organisation_id = (SELECT ihala_organisation())"
OF_MY_CASE = f"{MINE} AND EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id)"  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_consent"), ("core", "0001_who_acts")]
    operations = [
        RunSQL(HOLDER, "DROP FUNCTION ihala_consent_holder(uuid)"),
        protect("consent_consent", insert=OF_MY_CASE),
        protect("consent_legalbasisrecord", insert=OF_MY_CASE, update=MINE),
        protect(
            "consent_withdrawal",
            select=f"{MINE} OR {RECORDED_BY_ME}",
            insert=f"{RECORDED_BY_ME} AND organisation_id = ihala_consent_holder(consent_id)",
        ),
    ]
