"""Sign-in tables are read and written at the door, and by everybody for themselves."""

from django.db import migrations

from ihala.core.rls import protect

# Neither side raises at the door, in whatever order the planner asks.
MYSELF = "(SELECT CASE WHEN ihala_at_the_door() THEN NULL ELSE ihala_user() END)"


def own(column: str) -> str:
    """The row is one's own, or somebody is signing in."""
    return f"(SELECT ihala_at_the_door()) OR {column} = {MYSELF}"


def sign_in_table(table: str, column: str) -> migrations.RunSQL:
    """All verbs on one's own rows."""
    mine = own(column)
    return protect(table, select=mine, insert=mine, update=mine, delete=mine)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_who_acts"),
        ("accounts", "0001_users"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        protect("accounts_user", select=own("id"), insert="(SELECT ihala_at_the_door())", update=own("id")),
        sign_in_table("account_emailaddress", "user_id"),
        sign_in_table("mfa_authenticator", "user_id"),
        protect(
            "account_emailconfirmation",
            select="EXISTS (SELECT 1 FROM account_emailaddress a WHERE a.id = email_address_id)",
            insert=None,
        ),
    ]
