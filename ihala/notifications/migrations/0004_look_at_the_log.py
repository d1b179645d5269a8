"""A notice to the data protection officers, which the key agent writes when its alarm rings."""

from django.db import migrations, models

from ihala.core.rls import agent_may


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_kind_sign_in_changed")]
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
                    (
                        "sign_in_changed",
                        "Your sign-in was reset. If you did not ask for it, call at once.",
                    ),
                    ("look_at_log", "Something in the log needs your attention."),
                    ("given_to_you", "Something was given to you."),
                ],
                max_length=24,
            ),
        ),
        agent_may("notifications_notification", "INSERT"),
    ]
