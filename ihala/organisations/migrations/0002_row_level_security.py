"""Memberships and rotas belong to one organisation, agreements and terms to two; calendars are read by partners too."""

from django.db import migrations

from ihala.core.rls import MINE, RUNTIME_ROLE, protect

ME = "(SELECT ihala_organisation())"
MYSELF = "(SELECT CASE WHEN ihala_at_the_door() THEN NULL ELSE ihala_user() END)"
# One's own membership is read before the organisation is known, so this one answers null and does not raise.
ME_IF_KNOWN = "(SELECT nullif(current_setting('ihala.organisation', true), '')::bigint)"
INSTALLING = "(SELECT coalesce(current_setting('ihala.door', true), '') = 'installation')"
PARTY = f"a_id = {ME} OR b_id = {ME}"
PARTNERS_TOO = (
    f"{MINE} OR EXISTS (SELECT 1 FROM organisations_agreement g "  # noqa: S608
    "WHERE organisation_id IN (g.a_id, g.b_id))"  # the agreement's own policy leaves only mine
)
OURS = "EXISTS (SELECT 1 FROM organisations_agreement g WHERE g.id = agreement_id)"

COLLEAGUE = (
    "EXISTS (SELECT 1 FROM organisations_membership m "  # noqa: S608
    f"WHERE m.user_id = accounts_user.id AND m.active AND m.organisation_id = {ME_IF_KNOWN})"
)
COLLEAGUES = f"""
CREATE POLICY accounts_user_colleague_select ON accounts_user FOR SELECT TO {RUNTIME_ROLE} USING ({COLLEAGUE});
CREATE POLICY accounts_user_colleague_update ON accounts_user FOR UPDATE TO {RUNTIME_ROLE}
  USING ({COLLEAGUE}) WITH CHECK ({COLLEAGUE});
"""
NO_COLLEAGUES = """
DROP POLICY accounts_user_colleague_update ON accounts_user;
DROP POLICY accounts_user_colleague_select ON accounts_user;
"""


def of_organisation(table: str, *, select: str = MINE) -> migrations.RunSQL:
    """All verbs on one's own organisation's rows."""
    return protect(table, select=select, update=MINE, delete=MINE)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_who_acts"),
        ("accounts", "0002_row_level_security"),
        ("organisations", "0001_organisations"),
    ]
    operations = [
        protect("organisations_organisation", select="true", insert=INSTALLING),
        protect(
            "organisations_membership",
            select=f"user_id = {MYSELF} OR organisation_id = {ME_IF_KNOWN}",
            update=MINE,
        ),
        migrations.RunSQL(COLLEAGUES, NO_COLLEAGUES),
        protect("organisations_agreement", select=PARTY, insert=PARTY),
        protect(
            "organisations_terms",
            select=OURS,
            insert=f"{OURS} AND proposed_by_id = {ME} AND active_from IS NULL AND ended_at IS NULL",
            update=OURS,
        ),
        of_organisation("organisations_calendar", select=PARTNERS_TOO),
        of_organisation("organisations_holiday", select=PARTNERS_TOO),
        of_organisation("organisations_dutyshift"),
    ]
