"""Addresses of documents made from what is stored; opaque references only."""

from django.urls import path

from . import views

app_name = "reporting"
urlpatterns = [
    path("pictures/", views.pictures, name="pictures"),
    path("<str:reference>/letter.pdf", views.letter, name="letter"),
]
