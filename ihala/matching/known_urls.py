"""Addresses of asking whether a survivor is known: keys and opaque references only."""

from django.urls import path

from . import known_views

app_name = "known"
urlpatterns = [
    path("", known_views.questions, name="list"),
    path("case/<slug:reference>/", known_views.ask, name="ask"),
    path("<uuid:key>/", known_views.question, name="question"),
]
