"""Rows that belong together are of one organisation, one unit and one period; the database copies and compares them.

A foreign key is not subject to row security: without these, a claim of one organisation could name another's bed and
so take it, or learn that it is taken. `ON UPDATE CASCADE` carries a claim's end to its beds, and a unit's mark
`shared` to its claims.
"""

from django.db import migrations

KEYS = {
    "shelter_house": "id, organisation_id",
    "shelter_unit": "id, organisation_id, shared",
    "shelter_bed": "id, unit_id, organisation_id",
    "shelter_hold": "id, organisation_id, family",
    "shelter_stay": "id, organisation_id, family",
    "shelter_void": "id, organisation_id",
    "shelter_claim": "id, unit_id, organisation_id, starts_at, ends_at",
}
PLAIN_KEYS = ("shelter_unit", "shelter_hold", "shelter_stay")
"""Tables to which some rows point without the third column."""

REFERENCES = (
    ("shelter_unit", "house_id, organisation_id", "shelter_house"),
    ("shelter_bed", "unit_id, organisation_id", "shelter_unit"),
    ("shelter_maintenance", "unit_id, organisation_id", "shelter_unit"),
    ("shelter_stay", "hold_id, organisation_id, family", "shelter_hold"),
    ("shelter_claim", "unit_id, organisation_id, shared", "shelter_unit"),
    ("shelter_claim", "hold_id, organisation_id, family", "shelter_hold"),
    ("shelter_claim", "stay_id, organisation_id, family", "shelter_stay"),
    ("shelter_claim", "void_id, organisation_id", "shelter_void"),
    ("shelter_claimedbed", "claim_id, unit_id, organisation_id, starts_at, ends_at", "shelter_claim"),
    ("shelter_claimedbed", "bed_id, unit_id, organisation_id", "shelter_bed"),
    ("shelter_extension", "hold_id, organisation_id", "shelter_hold"),
    ("shelter_extension", "stay_id, organisation_id", "shelter_stay"),
    ("shelter_arrivalcheck", "stay_id, organisation_id", "shelter_stay"),
    ("shelter_absence", "stay_id, organisation_id", "shelter_stay"),
)


def name(table: str, columns: str) -> str:
    """The constraint's name, such as "shelter_bed_with_unit"."""
    return f"{table}_with_{columns.split('_id', 1)[0]}"


def target(columns: str) -> str:
    """The columns pointed at: the first is the key, the others are called alike."""
    return ", ".join(["id", *columns.split(", ")[1:]])


FORWARD = [
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_whole UNIQUE ({columns})"
        for table, columns in KEYS.items()
    ),
    *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_own UNIQUE (id, organisation_id)" for table in PLAIN_KEYS),
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT {name(table, columns)} FOREIGN KEY ({columns}) "
        f"REFERENCES {other} ({target(columns)}) ON UPDATE CASCADE"
        for table, columns, other in REFERENCES
    ),
]
BACK = [
    *(f"ALTER TABLE {table} DROP CONSTRAINT {name(table, columns)}" for table, columns, _other in REFERENCES),
    *(f"ALTER TABLE {table} DROP CONSTRAINT {table}_own" for table in PLAIN_KEYS),
    *(f"ALTER TABLE {table} DROP CONSTRAINT {table}_whole" for table in KEYS),
]


class Migration(migrations.Migration):
    dependencies = [("shelter", "0002_row_level_security")]
    operations = [migrations.RunSQL(";\n".join(FORWARD), ";\n".join(BACK))]
