from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ihala.accounts"
    label = "accounts"
