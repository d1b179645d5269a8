"""Addresses of erasure, legal holds and retention."""

from django.urls import path

from . import views

app_name = "erasure"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("holds/", views.holds, name="holds"),
    path("holds/<uuid:pk>/lift/", views.lift, name="lift"),
    path("retention/", views.retention, name="retention"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/certificate.pdf", views.certificate, name="certificate"),
    path("<uuid:pk>/confirm/", views.confirm, name="confirm"),
    path("<uuid:pk>/cancel/", views.cancel, name="cancel"),
]
