"""Addresses of the queue of pairs: keys only."""

from django.urls import path

from . import pairs_views

app_name = "pairs"
urlpatterns = [
    path("", pairs_views.queue, name="queue"),
    path("<uuid:key>/", pairs_views.review, name="review"),
    path("<uuid:key>/undo/", pairs_views.undo, name="undo"),
    path("<uuid:key>/assign/", pairs_views.assign, name="assign"),
]
