"""The question the agent asks before it destroys salts: is this erasure committed and confirmed? Nobody is, so far."""

from django.db import migrations

from ihala.core.rls import RUNTIME_ROLE

DOOR = f"""
SET LOCAL lock_timeout = '5s';
CREATE FUNCTION ihala_may_erase(root uuid, prints text[]) RETURNS boolean STABLE LANGUAGE sql
SET search_path = pg_catalog AS $$ SELECT false $$;
REVOKE ALL ON FUNCTION ihala_may_erase(uuid, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_may_erase(uuid, text[]) TO {RUNTIME_ROLE};
"""  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_walls")]
    operations = [migrations.RunSQL(DOOR, "DROP FUNCTION ihala_may_erase(uuid, text[])")]
