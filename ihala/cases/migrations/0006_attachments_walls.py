"""A file is reached through its case, a piece through its file. Rows of files stay; their content can be taken away."""

from django.db import migrations

from ihala.core.rls import protect

THROUGH_CASE = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id)"
THROUGH_FILE = "EXISTS (SELECT 1 FROM cases_attachment a WHERE a.id = attachment_id)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_attachments"), ("core", "0001_who_acts")]
    operations = [
        protect("cases_attachment", select=THROUGH_CASE, insert=THROUGH_CASE, update=THROUGH_CASE),
        protect("cases_attachmentpiece", select=THROUGH_FILE, insert=THROUGH_FILE, delete=THROUGH_FILE),
    ]
