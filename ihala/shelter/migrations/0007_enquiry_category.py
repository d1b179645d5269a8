"""The category of an enquiry: terms say for which categories an organisation may be asked. Only the asker reads it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shelter", "0006_enquiries_walls")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="enquiry",
            name="category",
            field=models.CharField(
                choices=[
                    ("human_trafficking", "Human trafficking"),
                    ("domestic_violence", "Domestic violence"),
                    ("child_abuse", "Child abuse"),
                ],
                default="",
                max_length=32,
            ),
        ),
    ]
