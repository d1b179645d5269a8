"""The emergency's notice goes to the officer too, whose case it is not: its words name nobody's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0007_kind_emergency_access"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
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
                    ("look_at_log", "Something in the log needs your attention."),
                    ("colleague", "There is a question or an answer from a colleague."),
                    ("emergency_access", "A case was opened in an emergency."),
                    ("given_to_you", "Something was given to you."),
                ],
                max_length=24,
            ),
        ),
    ]
