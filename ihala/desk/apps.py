from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "ihala.desk"
    label = "desk"

    def ready(self) -> None:
        """The navigation's counters can be asked together with what a page asks."""
        from ihala.core.kept import EVERY_PAGE

        from .context import counting

        EVERY_PAGE.append(counting)
