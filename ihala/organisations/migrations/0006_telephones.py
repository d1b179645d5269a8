"""The lines of an organisation."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0005_second_factor_resets_walls")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Telephones",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="telephones",
                        serialize=False,
                        to="organisations.organisation",
                    ),
                ),
                ("duty", models.CharField(blank=True, max_length=16, verbose_name="Duty line")),
                ("supervisor", models.CharField(blank=True, max_length=16, verbose_name="Supervisor's line")),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("duty__regex", "^(\\+[1-9][0-9]{6,14}|800[0-9]{2,9})?$"),
                            ("supervisor__regex", "^(\\+[1-9][0-9]{6,14}|800[0-9]{2,9})?$"),
                        ),
                        name="telephones_as_dialled",
                        violation_error_message="This is not a telephone number in use.",
                    )
                ],
            },
        ),
    ]
