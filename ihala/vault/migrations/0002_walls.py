"""Row-level security of keys, grants and deposits. Public keys are for all; nothing here is ever changed in place."""

from django.db import migrations

from ihala.core.rls import MINE, protect

ME = "(SELECT ihala_organisation())"
AUTHOR = f"author_organisation_id = {ME}"
HOLDER_OR_AUTHOR = f"({MINE} OR {AUTHOR})"
RECEIVER_OR_AUTHOR = f"(receiver_id = {ME} OR {AUTHOR})"


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]
    operations = [
        protect("vault_organisationkey", select="true"),
        protect("vault_grant", select=HOLDER_OR_AUTHOR, insert=HOLDER_OR_AUTHOR, delete=HOLDER_OR_AUTHOR),
        protect("vault_deposit", select=RECEIVER_OR_AUTHOR, insert=AUTHOR, delete=RECEIVER_OR_AUTHOR),
    ]
