from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "ihala.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Before the first connection is opened."""
        from .moments import read_quickly

        read_quickly()
