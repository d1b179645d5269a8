"""The last refusal of an organisation's witness is found at once, however long the log is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0005_tree_walls"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("name", "log.refused")),
                fields=["organisation_id", "-at"],
                name="log_refusals",
            ),
        ),
    ]
