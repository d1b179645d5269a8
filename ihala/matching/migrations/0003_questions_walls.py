"""Questions and the rule stay inside their organisation; who asks about what, and when, is never rewritten."""

from django.db import migrations

from ihala.core.rls import MINE, RUNTIME_ROLE, protect

CASE = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id)"
ANSWER = f"""
REVOKE UPDATE ON matching_question FROM {RUNTIME_ROLE};
GRANT UPDATE (answer, answered_by_id, answered_at) ON matching_question TO {RUNTIME_ROLE};
"""
WHOLE = f"GRANT UPDATE ON matching_question TO {RUNTIME_ROLE}"


class Migration(migrations.Migration):
    dependencies = [("matching", "0002_questions"), ("core", "0001_who_acts")]
    operations = [
        protect("matching_searchrule", update=MINE),
        protect("matching_question", insert=f"{MINE} AND {CASE}", update=MINE),
        migrations.RunSQL(ANSWER, WHOLE),
    ]
