from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "ihala.erasure"
    label = "erasure"
