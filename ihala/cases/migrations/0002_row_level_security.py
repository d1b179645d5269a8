"""The first wall around cases: the organisation's own rows; a child row only through its case."""

from django.db import migrations

from ihala.core.rls import MINE, protect

THROUGH_CASE = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id)"
THROUGH_EXPECTED_CASE = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id AND c.state = 'expected')"
MINE_ALONE = f"{MINE} AND user_id = (SELECT ihala_user())"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_cases"), ("core", "0001_who_acts")]
    operations = [
        protect("cases_case", update=MINE, delete=f"{MINE} AND state = 'expected'"),
        protect(
            "cases_person", select=THROUGH_CASE, insert=THROUGH_CASE, update=THROUGH_CASE, delete=THROUGH_CASE
        ),
        protect(
            "cases_access",
            select=THROUGH_CASE,
            insert=THROUGH_CASE,
            update=THROUGH_CASE,
            delete=THROUGH_EXPECTED_CASE,
        ),
        protect("cases_casenote", select=THROUGH_CASE, insert=THROUGH_CASE, delete=THROUGH_EXPECTED_CASE),
        protect(
            "cases_formdraft", select=MINE_ALONE, insert=MINE_ALONE, update=MINE_ALONE, delete=MINE_ALONE
        ),
    ]
