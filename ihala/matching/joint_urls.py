"""Addresses of joint counts."""

from django.urls import path

from . import joint_views

app_name = "joint"
urlpatterns = [
    path("", joint_views.counts, name="list"),
    path("<uuid:key>/", joint_views.answer, name="answer"),
]
