"""The tree of the log: places and numbers of events, hashes, checkpoints, and the keys that sign them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_salts_and_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "checkpoint",
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("start", models.BigIntegerField(primary_key=True, serialize=False)),
                ("hashes", models.BinaryField()),
            ],
            options={
                "verbose_name": "chunk of the log",
            },
        ),
        migrations.CreateModel(
            name="LogKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=64)),
                ("public_key", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "key of the log",
            },
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("organisation_id", models.BigIntegerField()),
                ("line", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "cosignature",
                "constraints": [
                    models.UniqueConstraint(fields=("size", "organisation_id"), name="cosigned_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.UUIDField(unique=True)),
                ("organisation_id", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
                ("concerns_organisation_id", models.BigIntegerField(null=True)),
                ("concerns_number", models.BigIntegerField(null=True)),
                ("open", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "leaf",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation_id", "number"), name="log_numbered_once"),
                    models.UniqueConstraint(
                        fields=("concerns_organisation_id", "concerns_number"), name="log_concerns_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
                ("root", models.BinaryField()),
            ],
            options={
                "verbose_name": "tile of the log",
                "constraints": [
                    models.UniqueConstraint(fields=("level", "index"), name="one_tile_per_place")
                ],
            },
        ),
    ]
