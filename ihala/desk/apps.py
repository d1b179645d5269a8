from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "ihala.desk"
    label = "desk"
