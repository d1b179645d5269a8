"""An emergency lasts four hours at the most, and nothing else ends by itself: said by the database too."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, Q

LASTS = timedelta(hours=4)


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_emergency_access_walls")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RemoveConstraint("access", "access_until_emergency"),
        migrations.AddConstraint(
            "access",
            models.CheckConstraint(
                condition=Q(reason="emergency", until__isnull=False, membership__isnull=False)
                | (~Q(reason="emergency") & Q(until__isnull=True)),
                name="access_until_emergency",
            ),
        ),
        migrations.AddConstraint(
            "access",
            models.CheckConstraint(
                condition=Q(until__lte=F("opened_at") + LASTS), name="access_ends_in_time"
            ),
        ),
        migrations.AddConstraint(
            "emergencyaccess",
            models.CheckConstraint(
                condition=Q(until__lte=F("opened_at") + LASTS), name="emergency_ends_in_time"
            ),
        ),
    ]
