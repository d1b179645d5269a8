"""A file of the package is reached through its part, and written by the side whose package it is."""

from django.db import migrations

from ihala.core.rls import protect

ME = "(SELECT ihala_organisation())"
THROUGH_PART = "EXISTS (SELECT 1 FROM referrals_packagepart p WHERE p.id = part_id)"
OF_MY_PART = (
    f"EXISTS (SELECT 1 FROM referrals_packagepart p WHERE p.id = part_id AND p.organisation_id = {ME})"  # noqa: S608
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0004_package_files"), ("core", "0001_who_acts")]
    operations = [
        protect("referrals_packagefile", select=THROUGH_PART, insert=OF_MY_PART, delete=OF_MY_PART),
    ]
