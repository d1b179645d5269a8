"""Lines are read by their own organisation and by whoever has or had terms in force with it; they are never deleted."""

from django.db import migrations

from ihala.core.rls import MINE, protect

ME = "(SELECT ihala_organisation())"
# Both tables' own policies leave only what is mine; the pair in its order is one look into an index.
PARTNERS_TOO = (
    f"{MINE} OR EXISTS (SELECT 1 FROM organisations_agreement g "  # noqa: S608
    "JOIN organisations_terms t ON t.agreement_id = g.id AND t.active_from IS NOT NULL "
    f"WHERE g.a_id = least(organisation_id, {ME}) AND g.b_id = greatest(organisation_id, {ME}))"
)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0006_telephones"), ("core", "0001_who_acts")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        protect("organisations_telephones", select=PARTNERS_TOO, update=MINE),
    ]
