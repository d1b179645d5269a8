"""The functions by which row-level security asks who acts."""

from django.db import migrations

from ihala.core.rls import DROP_FUNCTIONS, FUNCTIONS


class Migration(migrations.Migration):
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS)]
