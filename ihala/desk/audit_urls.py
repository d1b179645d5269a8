"""The addresses of the log."""

from django.urls import path

from . import audit_views, witness_views

app_name = "audit"
urlpatterns = [
    path("", audit_views.log, name="log"),
    path("witness/<str:name>/<path:what>", witness_views.witness, name="witness"),
]
