"""Every address of the product; each app brings its own."""

from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from ihala.accounts.rules import public_view
from ihala.organisations.views.demo import demo_sign_in

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", public_view(set_language), name="set_language"),
    *(
        path(prefix, include(f"ihala.{app}.urls"))
        for app, prefix in (
            ("desk", ""),
            ("accounts", ""),
            ("demo", ""),
            ("audit", "audit/"),
            ("organisations", "organisations/"),
            ("notifications", "notifications/"),
            ("cases", "cases/"),
            ("consent", "consent/"),
            ("referrals", "referrals/"),
            ("reporting", "reporting/"),
        )
        if apps.is_installed(f"ihala.{app}") and find_spec(f"ihala.{app}.urls")
    ),
    *([path("demo/", demo_sign_in, name="demo_sign_in")] if settings.DEMO else []),
    *(
        path(prefix, include(f"ihala.referrals.{module}"))
        for module, prefix in (("intake_urls", "intake/"), ("consent_urls", "consent/"))
        if apps.is_installed("ihala.referrals")
    ),
]
