"""The first wall around the shelter: an organisation's own rows, and of the history only its end may be written."""

from django.db import migrations

from ihala.core.rls import MINE, may_change_only, protect

WRITTEN_ONCE = {
    "shelter_claim": "ends_at",
    "shelter_claimedbed": "person",
    "shelter_house": "name, address, turnaround_hours",
    "shelter_bed": "kind",
}
"""Tables of which only these columns may be changed: who had which bed from when on is never rewritten."""


MY_BED = (
    f"{MINE} AND EXISTS (SELECT 1 FROM shelter_bed b "  # noqa: S608
    "WHERE b.id = shelter_claimedbed.bed_id AND b.unit_id = shelter_claimedbed.unit_id)"
)
MY_UNIT = f"{MINE} AND EXISTS (SELECT 1 FROM shelter_unit u WHERE u.id = shelter_claim.unit_id)"  # noqa: S608
"""Asked before any constraint, so that trying another organisation's bed does not even tell whether it is taken."""


class Migration(migrations.Migration):
    dependencies = [("shelter", "0001_houses_claims_stays"), ("core", "0001_who_acts")]
    operations = [
        *(
            protect(f"shelter_{table}", update=MINE)
            for table in (
                "house", "unit", "bed", "maintenance", "hold", "stay", "void", "absence", "keepapart",
            )
        ),
        protect("shelter_claim", insert=MY_UNIT, update=MINE),
        protect("shelter_claimedbed", insert=MY_BED, update=MINE),
        protect("shelter_extension"),
        protect("shelter_arrivalcheck"),
        *(may_change_only(table, columns) for table, columns in WRITTEN_ONCE.items()),
    ]  # fmt: skip
