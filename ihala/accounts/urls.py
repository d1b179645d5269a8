"""Signing in and leaving. Of allauth only what the product uses: no sign-up, no e-mail, no reset by e-mail."""

from allauth.account import views as allauth
from django.urls import include, path
from django.views.generic import RedirectView

from . import views

urlpatterns = [
    path("sign-in/", allauth.login, name="account_login"),
    path("sign-in/out/", allauth.logout, name="account_logout"),
    path("sign-in/again/", allauth.reauthenticate, name="account_reauthenticate"),
    path("sign-in/password/", allauth.password_change, name="account_change_password"),
    # allauth sends somebody without a password here to choose a first one; an administrator gives that.
    path(
        "sign-in/password/first/", RedirectView.as_view(pattern_name="mfa_index"), name="account_set_password"
    ),
    path("sign-in/second/", include("allauth.mfa.urls")),
    path("exit/", views.quick_exit, name="quick_exit"),
]
