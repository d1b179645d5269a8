"""One more thing a person can be told: that their sign-in was reset."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_row_level_security"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("something_waits", "Something waits for an answer."),
                    ("something_changed", "Something has changed."),
                    ("deadline_near", "A deadline is near."),
                    ("deadline_passed", "A deadline has passed."),
                    ("sign_in_changed", "Your sign-in was reset. If you did not ask for it, call at once."),
                    ("given_to_you", "Something was given to you."),
                ],
                max_length=24,
            ),
        ),
    ]
