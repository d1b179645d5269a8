"""Addresses of asking for a place: keys and opaque references only."""

from django.urls import path

from . import fit_views

app_name = "fit"
urlpatterns = [
    path("", fit_views.ask, name="ask"),
    path("case/<str:case_reference>/", fit_views.ask, name="ask_for_case"),
    path("asked/", fit_views.askings, name="asked"),
    path("asked/<uuid:key>/", fit_views.answer, name="answer"),
    path("<uuid:key>/", fit_views.answers, name="answers"),
]
