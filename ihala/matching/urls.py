"""Addresses of the search beside its page; what is searched for stands in none."""

from django.urls import path

from . import views

app_name = "matching"
urlpatterns = [
    path("known/", views.known, name="known"),
    path("ask/", views.ask, name="ask"),
    path("questions/", views.questions, name="questions"),
    path("questions/<uuid:key>/", views.answer, name="answer"),
    path("rule/", views.rule, name="rule"),
]
