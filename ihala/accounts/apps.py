from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ihala.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Limits are counted by us."""
        from . import limits

        limits.install()
