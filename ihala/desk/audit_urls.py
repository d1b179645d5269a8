"""The addresses of the log."""

from django.urls import path

from . import audit_views, log_views, witness_views

app_name = "audit"
urlpatterns = [
    path("", audit_views.log, name="log"),
    path("unusual/", log_views.unusual_looking, name="unusual"),
    path("checkpoints/", log_views.checkpoints, name="checkpoints"),
    path("checkpoints/key/", log_views.register, name="register"),
    path("export/", log_views.export, name="export"),
    path("event/<uuid:event>/", log_views.proof, name="proof"),
    path("looked/<slug:reference>/", log_views.looked, name="looked"),
    path("witness/<str:name>/<path:what>", witness_views.witness, name="witness"),
]
