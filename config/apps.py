"""The composition of the product as a Django app: its system checks."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the checks of `config.checks`."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Import the checks so that Django knows them."""
        from . import checks  # noqa: F401
