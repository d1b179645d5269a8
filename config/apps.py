"""The composition of the product as a Django app: its system checks, and how its connections prepare statements."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ConfigConfig(AppConfig):
    """Registers the checks of `config.checks`."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Import the checks so that Django knows them."""
        from . import checks, databases  # noqa: F401

        connection_created.connect(databases.remember_statements)
