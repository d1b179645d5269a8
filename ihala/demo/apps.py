from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "ihala.demo"
    label = "demo"
