"""The walls around pairs of cases: an organisation's own rows about its own cases; what was found is not rewritten."""

from django.db import migrations

from ihala.core.rls import MINE, RUNTIME_ROLE, protect

OWN = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = {} AND c.organisation_id = matching_pair.organisation_id)"
OWN_CASES = f"{OWN.format('one_id')} AND {OWN.format('other_id')}"


def only(table: str, columns: str) -> migrations.RunSQL:
    """Replace the right to change a row by the right to change some columns of it."""
    return migrations.RunSQL(
        f"REVOKE UPDATE ON {table} FROM {RUNTIME_ROLE}; GRANT UPDATE ({columns}) ON {table} TO {RUNTIME_ROLE}",
        f"GRANT UPDATE ON {table} TO {RUNTIME_ROLE}",
    )


class Migration(migrations.Migration):
    dependencies = [("matching", "0006_pairs"), ("core", "0001_who_acts")]
    operations = [
        protect("matching_pair", insert=f"{MINE} AND {OWN_CASES}", update=MINE, delete=MINE),
        only("matching_pair", "decision, primary_id, decided_by_id, decided_at"),
        protect("matching_pairslook", update=MINE),
        only("matching_pairslook", "until"),
    ]
