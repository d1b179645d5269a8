"""Copies of files that travel in a disclosure package."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import ihala.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0003_moves"),
    ]

    operations = [
        migrations.CreateModel(
            name="PackageFile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("attachment", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                ("body", ihala.core.models.SealedField(null=True)),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="referrals.packagepart",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("part", "attachment", "number"), name="one_piece_per_place"
                    )
                ],
            },
        ),
    ]
