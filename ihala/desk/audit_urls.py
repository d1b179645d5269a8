"""The address of the log."""

from django.urls import path

from . import audit_views

app_name = "audit"
urlpatterns = [path("", audit_views.log, name="log")]
