"""System checks that stop a dangerous start."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def no_demo_in_production(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """The demo's sign-in page lets anyone in: it must not exist in production or under a public address."""
    if settings.DEMO and (settings.PRODUCTION or settings.ORIGIN or not _only_local(settings.ALLOWED_HOSTS)):
        return [Error("The demo cannot run with production settings.", id="ihala.E001")]
    return []


@register
def no_debug(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Django's debug pages show local variables, so they show survivors."""
    if settings.DEBUG:
        return [
            Error("DEBUG shows local variables and with them people's data; it stays off.", id="ihala.E002")
        ]
    return []


def _only_local(hosts: Sequence[str]) -> bool:
    return set(hosts) <= {"localhost", "127.0.0.1", "[::1]", "testserver"}
