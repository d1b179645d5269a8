from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "ihala.cases"
    label = "cases"
