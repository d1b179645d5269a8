"""The log."""

from django.db import migrations, models

import ihala.audit.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0001_who_acts")]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.UUIDField(default=ihala.audit.models.event_id, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField()),
                ("organisation_id", models.BigIntegerField(null=True)),
                ("concerns_organisation_id", models.BigIntegerField(null=True)),
                ("user_id", models.BigIntegerField()),
                ("membership_id", models.BigIntegerField(null=True)),
                ("name", models.CharField(max_length=64)),
                ("subject_kind", models.CharField(blank=True, max_length=32)),
                ("subject_id", models.UUIDField(null=True)),
                ("case_id", models.UUIDField(null=True)),
                ("referral_id", models.UUIDField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=64)),
                ("detail", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "event",
                "indexes": [
                    models.Index(fields=["organisation_id", "-at", "-id"], name="log_of_organisation"),
                    models.Index(fields=["concerns_organisation_id", "-at", "-id"], name="log_that_concerns"),
                    models.Index(fields=["case_id", "-at"], name="log_of_case"),
                    models.Index(fields=["referral_id", "-at"], name="log_of_referral"),
                ],
            },
        ),
    ]
