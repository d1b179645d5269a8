from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "ihala.reporting"
    label = "reporting"
