from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "ihala.audit"
    label = "audit"
