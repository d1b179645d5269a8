"""What the tree of the log needs of an event: a salt, so that a leaf's hash tells nothing, and the transaction it was
written in, so that the sequencer can be sure to have seen everything older (`ihala.audit.sequencer`).

The column `tx` belongs to the database alone; nothing in the product writes or shows it.
"""

from django.db import migrations, models

import ihala.audit.models

SALT = """
SET LOCAL lock_timeout = '5s';
ALTER TABLE audit_event
  ADD COLUMN salt bytea NOT NULL
    DEFAULT substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FROM 1 FOR 16),
  ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE audit_event ALTER COLUMN salt DROP DEFAULT;
CREATE INDEX log_by_transaction ON audit_event (tx);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_walls")]
    operations = [
        migrations.RunSQL(
            SALT,
            "DROP INDEX log_by_transaction; ALTER TABLE audit_event DROP COLUMN tx, DROP COLUMN salt",
            state_operations=[
                migrations.AddField(
                    "Event", "salt", models.BinaryField(default=ihala.audit.models.new_salt, max_length=16)
                )
            ],
        )
    ]
