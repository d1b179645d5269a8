"""Row-level security, written once for all migrations.

Every table with an organisation's data calls `protect()` in the migration that makes it. The policies are the first
wall (design, "Four walls"): with every filter of the ORM removed, the other organisation's rows can be neither read
nor written. A settings variable that a pooled connection once had answers '' and not null, hence the `nullif`.
"""

from django.db.migrations.operations import RunSQL

RUNTIME_ROLE = "ihala_app"
AGENT_ROLE = "ihala_agent"
"""The key agent's: it reads the keys and grants of all organisations, and nothing of anybody else's."""

MINE = "organisation_id = (SELECT ihala_organisation())"

FUNCTIONS = """
CREATE FUNCTION ihala_organisation() RETURNS bigint STABLE LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE acting text := nullif(current_setting('ihala.organisation', true), '');
BEGIN
  IF acting IS NULL THEN
    RAISE EXCEPTION 'query outside acting(): no organisation is set' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN acting::bigint;
END $$;
CREATE FUNCTION ihala_user() RETURNS bigint STABLE LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE acting text := nullif(current_setting('ihala.user', true), '');
BEGIN
  IF acting IS NULL THEN
    RAISE EXCEPTION 'query outside acting(): no user is set' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN acting::bigint;
END $$;
CREATE FUNCTION ihala_at_the_door() RETURNS boolean STABLE LANGUAGE sql SET search_path = pg_catalog AS
$$ SELECT coalesce(current_setting('ihala.door', true), '') = 'sign-in' $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION ihala_at_the_door(); DROP FUNCTION ihala_user(); DROP FUNCTION ihala_organisation();
"""


def protect(
    table: str,
    *,
    select: str = MINE,
    insert: str | None = MINE,
    update: str | None = None,
    update_check: str | None = None,
    delete: str | None = None,
) -> RunSQL:
    """Turn row security on for `table` and grant the runtime role just what has a policy.

    `select`, `insert`, `update`, `delete` are SQL conditions; `update_check` is the condition on the row after an
    update (the same as `update` if left out). An operation without a condition is not granted at all.
    """
    conditions = {
        "SELECT": f"USING ({select})",
        "INSERT": insert and f"WITH CHECK ({insert})",
        "UPDATE": update and f"USING ({update}) WITH CHECK ({update_check or update})",
        "DELETE": delete and f"USING ({delete})",
    }
    granted = {verb: condition for verb, condition in conditions.items() if condition}
    forward = [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        *(
            f'CREATE POLICY {table}_{verb.lower()} ON "{table}" FOR {verb} TO {RUNTIME_ROLE} {condition}'
            for verb, condition in granted.items()
        ),
        f'REVOKE ALL ON "{table}" FROM {RUNTIME_ROLE}, PUBLIC',
        f'GRANT {", ".join(granted)} ON "{table}" TO {RUNTIME_ROLE}',
    ]
    back = [f'DROP POLICY {table}_{verb.lower()} ON "{table}"' for verb in granted]
    back.append(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    return RunSQL(";\n".join(forward), ";\n".join(back))


def share(table: str, *, verbs: str = "SELECT, INSERT, UPDATE, DELETE") -> RunSQL:
    """Grant `verbs` on a table without an organisation's data (sessions, jobs, the cache) to the runtime role."""
    return RunSQL(
        f'REVOKE ALL ON "{table}" FROM {RUNTIME_ROLE}, PUBLIC; GRANT {verbs} ON "{table}" TO {RUNTIME_ROLE}',
        f'REVOKE ALL ON "{table}" FROM {RUNTIME_ROLE}',
    )


def agent_may(table: str, *verbs: str) -> RunSQL:
    """Grant the key agent `verbs` on every row of `table`; SELECT, INSERT, UPDATE or DELETE."""
    conditions = {"INSERT": "WITH CHECK (true)", "UPDATE": "USING (true) WITH CHECK (true)"}
    name = f"{table}_agent"
    forward = [
        *(
            f'CREATE POLICY {name}_{verb.lower()} ON "{table}" FOR {verb} TO {AGENT_ROLE} '
            + conditions.get(verb, "USING (true)")
            for verb in verbs
        ),
        f'GRANT {", ".join(verbs)} ON "{table}" TO {AGENT_ROLE}',
    ]
    back = [
        *(f'DROP POLICY {name}_{verb.lower()} ON "{table}"' for verb in verbs),
        f'REVOKE ALL ON "{table}" FROM {AGENT_ROLE}',
    ]
    return RunSQL(";\n".join(forward), ";\n".join(back))


def may_change_only(table: str, columns: str) -> RunSQL:
    """Replace the right to change a row by the right to change some columns of it."""
    return RunSQL(
        f"REVOKE UPDATE ON {table} FROM {RUNTIME_ROLE}; GRANT UPDATE ({columns}) ON {table} TO {RUNTIME_ROLE}",
        f"GRANT UPDATE ON {table} TO {RUNTIME_ROLE}",
    )
