"""Pages that join apps."""

from django.urls import include, path

urlpatterns = [path("audit/", include("ihala.desk.audit_urls"))]
