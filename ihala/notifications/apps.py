from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "ihala.notifications"
    label = "notifications"
