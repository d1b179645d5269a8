"""The address at which a consent is taken back, below the addresses of `ihala.consent`."""

from django.urls import path

from . import consent_views

app_name = "consent_withdrawal"
urlpatterns = [path("<slug:reference>/<uuid:consent_id>/withdraw/", consent_views.withdraw, name="confirm")]
