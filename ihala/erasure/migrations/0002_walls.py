"""Row-level security of erasures, and the door the key agent asks before it destroys salts.

A target is written once, for what is the organisation's own: its case; of a referral that has ended, the package it
sent, the exchange if the other side never took the case over, and what its own side kept. So the other organisation
cannot erase, whatever it claims. The door answers only for targets of a confirmed erasure.
"""

from django.db import migrations

from ihala.core.rls import MINE, RUNTIME_ROLE, protect

ME = "(SELECT ihala_organisation())"
CASE = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id)"
TARGET = f"""{MINE} AND EXISTS (SELECT 1 FROM erasure_erasure e WHERE e.id = erasure_id) AND (
  (of_case AND EXISTS (SELECT 1 FROM cases_case c WHERE c.id = root))
  OR (NOT of_case AND parts IS NOT NULL AND EXISTS (SELECT 1 FROM referrals_referral r
    WHERE r.id = root AND r.ended_at IS NOT NULL AND (
      (r.receiver_id = {ME} AND parts <@ ARRAY[('side.' || {ME})::varchar])
      OR (r.sender_id = {ME} AND NOT ('side.' || r.receiver_id)::varchar = ANY (parts)
        AND (r.arrived_at IS NULL OR NOT 'thread'::varchar = ANY (parts)))))))
"""  # noqa: S608

DOOR = f"""
SET LOCAL lock_timeout = '5s';
DROP FUNCTION ihala_may_erase(uuid, text[]);
CREATE FUNCTION ihala_may_erase(root_ uuid, parts_ text[], prints_ text[]) RETURNS boolean STABLE LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM erasure_target t JOIN erasure_erasure e ON e.id = t.erasure_id
    WHERE t.root = root_ AND e.confirmed_at IS NOT NULL
      AND ((t.parts IS NULL AND parts_ IS NULL) OR (parts_ <@ t.parts::text[] AND prints_ <@ t.prints::text[])))
$$;
REVOKE ALL ON FUNCTION ihala_may_erase(uuid, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ihala_may_erase(uuid, text[], text[]) TO {RUNTIME_ROLE};
"""  # noqa: S608
BACK = f"""
DROP FUNCTION ihala_may_erase(uuid, text[], text[]);
CREATE FUNCTION ihala_may_erase(root uuid, prints text[]) RETURNS boolean STABLE LANGUAGE sql
SET search_path = pg_catalog AS $$ SELECT false $$;
GRANT EXECUTE ON FUNCTION ihala_may_erase(uuid, text[]) TO {RUNTIME_ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0001_erasure"), ("cases", "0002_row_level_security"), ("referrals", "0003_moves"),
        ("vault", "0003_erasure_door"),
    ]  # fmt: skip
    operations = [
        protect("erasure_erasure", insert=f"{MINE} AND {CASE}", update=MINE),
        protect("erasure_target", insert=TARGET),
        protect("erasure_legalhold", insert=f"{MINE} AND {CASE}", update=MINE),
        protect("erasure_retentionrule", update=MINE, delete=MINE),
        migrations.RunSQL(DOOR, BACK),
    ]
