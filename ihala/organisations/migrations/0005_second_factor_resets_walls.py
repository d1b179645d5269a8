"""Resets of second factors belong to one organisation and are never deleted."""

from django.db import migrations

from ihala.core.rls import MINE, protect


class Migration(migrations.Migration):
    dependencies = [("organisations", "0004_second_factor_resets"), ("core", "0001_who_acts")]
    operations = [protect("organisations_secondfactorreset", update=MINE)]
