"""Rotation: the key agent records new public keys, retires old ones, and wraps rows again in place."""

from django.db import migrations

from ihala.core.rls import AGENT_ROLE

UPDATES = {
    "vault_grant": "key_version, wrapped_secret",
    "vault_deposit": "key_version, wrapped_secret",
    "vault_organisationkey": "retired_at",
}
INSERT = f"""
SET LOCAL lock_timeout = '5s';
CREATE POLICY vault_organisationkey_agent_insert ON vault_organisationkey FOR INSERT TO {AGENT_ROLE} WITH CHECK (true);
GRANT INSERT ON vault_organisationkey TO {AGENT_ROLE};
"""
NO_INSERT = f"""
DROP POLICY vault_organisationkey_agent_insert ON vault_organisationkey;
REVOKE INSERT ON vault_organisationkey FROM {AGENT_ROLE};
"""
UPDATE = """
CREATE POLICY {table}_agent_update ON {table} FOR UPDATE TO {role} USING (true) WITH CHECK (true);
GRANT UPDATE ({columns}) ON {table} TO {role};
"""
NO_UPDATE = """
DROP POLICY {table}_agent_update ON {table};
REVOKE UPDATE ({columns}) ON {table} FROM {role};
"""


def _all(statements: str) -> str:
    return "".join(
        statements.format(table=table, columns=columns, role=AGENT_ROLE) for table, columns in UPDATES.items()
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0010_hold_beds")]
    operations = [migrations.RunSQL(INSERT + _all(UPDATE), NO_INSERT + _all(NO_UPDATE))]
