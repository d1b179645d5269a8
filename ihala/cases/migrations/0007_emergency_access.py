"""Opening in an emergency: an entry of the access list that ends by itself, and what is looked at afterwards."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import ihala.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_attachments_walls"),
        ("organisations", "0005_second_factor_resets_walls"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("danger", "Somebody is in danger now"),
                            ("medical", "A medical emergency"),
                            ("nobody_reached", "Nobody who has the case can be reached"),
                            ("authority", "An authority asks and it cannot wait"),
                        ],
                        max_length=20,
                    ),
                ),
                ("words", ihala.core.models.SealedField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "finding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("right", "It was right"),
                            ("not_right", "It was not right"),
                            ("followed_up", "It is being followed up"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="access",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="access",
            name="reason",
            field=models.CharField(
                choices=[
                    ("author", "Opened the case"),
                    ("works_on_it", "Works on the case"),
                    ("covers", "Covers for a colleague"),
                    ("supervises", "Supervises the case"),
                    ("service", "Gives a service in the case"),
                    ("referral", "A referral asks for it"),
                    ("assigned", "Was given the referral"),
                    ("emergency", "Opened it in an emergency"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True),
                    models.Q(("membership__isnull", False), ("reason", "emergency")),
                    _connector="OR",
                ),
                name="access_until_emergency",
            ),
        ),
        migrations.AddField(
            model_name="emergencyaccess",
            name="access",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="emergency", to="cases.access"
            ),
        ),
        migrations.AddField(
            model_name="emergencyaccess",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="emergencies", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="emergencyaccess",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.membership"
            ),
        ),
        migrations.AddField(
            model_name="emergencyaccess",
            name="reviewed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.membership",
            ),
        ),
        migrations.AddIndex(
            model_name="emergencyaccess",
            index=models.Index(
                condition=models.Q(("reviewed_at__isnull", True)),
                fields=["opened_at"],
                name="emergency_unreviewed",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("opened_at"))), name="emergency_ends"
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finding", ""), ("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                    models.Q(
                        ("reviewed_at__isnull", False),
                        ("reviewed_by__isnull", False),
                        models.Q(("finding", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="emergency_reviewed",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewed_by__isnull", True),
                    models.Q(("reviewed_by", models.F("membership")), _negated=True),
                    _connector="OR",
                ),
                name="emergency_second_person",
            ),
        ),
    ]
