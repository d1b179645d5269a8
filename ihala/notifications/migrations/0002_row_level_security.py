"""A notification is written by its author's organisation and read by the one it is addressed to."""

from django.db import migrations

from ihala.core.rls import MINE, protect

READABLE = "EXISTS (SELECT 1 FROM notifications_notification n WHERE n.id = notification_id)"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_who_acts"), ("notifications", "0001_notifications")]
    operations = [
        protect(
            "notifications_notification", insert="author_id = (SELECT ihala_organisation())", update=MINE
        ),
        protect("notifications_seen", insert=f"{MINE} AND {READABLE}"),
    ]
