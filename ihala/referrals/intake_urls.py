"""The address of the upload of paper forms."""

from django.urls import path

from . import intake_views

app_name = "intake"
urlpatterns = [path("", intake_views.upload, name="upload")]
