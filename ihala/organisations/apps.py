from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "ihala.organisations"
    label = "organisations"
