from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "ihala.vault"
    label = "vault"
