"""Files of a case, in sealed pieces."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import ihala.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_drafts_have_a_salt"),
        ("organisations", "0003_terms_are_never_changed"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="files",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("about", ihala.core.models.SealedField(null=True)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="cases.case",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AttachmentPiece",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("body", ihala.core.models.SealedField(null=True)),
                (
                    "attachment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="cases.attachment",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="attachment_number_once"),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about__isnull", True), ("removed_at__isnull", False)),
                    models.Q(
                        ("about__isnull", False), ("removed_at__isnull", True), ("removed_by__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="attachment_removed_is_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachmentpiece",
            constraint=models.UniqueConstraint(fields=("attachment", "number"), name="attachment_piece_once"),
        ),
        migrations.AddConstraint(
            model_name="attachmentpiece",
            constraint=models.CheckConstraint(
                condition=models.Q(("body__isnull", False)), name="attachment_piece_has_body"
            ),
        ),
    ]
