"""Every address of the product; each app brings its own."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from ihala.accounts.rules import public_view
from ihala.core.gallery import gallery
from ihala.organisations.views.demo import demo_sign_in

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler429 = "config.errors.too_many"  # allauth asks for it: a password tried again and again
handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ihala.desk.urls")),
    path("", include("ihala.accounts.urls")),
    path("language/", public_view(set_language), name="set_language"),
    path("organisations/", include("ihala.organisations.urls")),
    path("shelter/", include("ihala.shelter.urls")),
    path("known/", include("ihala.matching.known_urls")),
    path("pairs/", include("ihala.matching.pairs_urls")),
    path("joint/", include("ihala.matching.joint_urls")),
    path("notifications/", include("ihala.notifications.urls")),
    path("cases/", include("ihala.cases.urls")),
    path("search/", include("ihala.matching.urls")),
    path("consent/", include("ihala.consent.urls")),
    path("consent/", include("ihala.referrals.consent_urls")),
    path("intake/", include("ihala.referrals.intake_urls")),
    path("erasure/", include("ihala.erasure.urls")),
    path("referrals/", include("ihala.referrals.urls")),
    path("fit/", include("ihala.shelter.fit_urls")),
    path("reporting/", include("ihala.reporting.urls")),
]
if settings.DEMO:  # neither the demo's door nor the gallery of components exists anywhere else
    urlpatterns += [
        path("demo/", demo_sign_in, name="demo_sign_in"),
        path("gallery/", public_view(gallery), name="gallery"),
    ]
