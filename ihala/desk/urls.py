"""Pages that join apps."""

from django.urls import include, path

urlpatterns = [path("", include("ihala.desk.work_urls")), path("audit/", include("ihala.desk.audit_urls"))]
