"""The product's settings with two more addresses to compare with, and without a limit on sign-ins per minute."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import *  # noqa: F403
from config.settings import DEMO

if not DEMO:
    raise ImproperlyConfigured(
        "These settings lift the limit on sign-ins: only the benchmark's demo may use them."
    )

ROOT_URLCONF = "config.bench.urls"
ACCOUNT_RATE_LIMITS = {"login_failed": "100000/m/ip", "login": "100000/m/ip"}
