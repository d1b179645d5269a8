from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "ihala.consent"
    label = "consent"
