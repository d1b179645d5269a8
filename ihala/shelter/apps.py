from django.apps import AppConfig


class ShelterConfig(AppConfig):
    name = "ihala.shelter"
    label = "shelter"
    default_auto_field = "django.db.models.BigAutoField"
