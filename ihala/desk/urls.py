"""Pages that join apps."""

from django.urls import include, path

from . import second_factor

urlpatterns = [
    path("", include("ihala.desk.work_urls")),
    path("audit/", include("ihala.desk.audit_urls")),
    path("organisations/staff/<int:pk>/second-factor/", second_factor.ask, name="reset_ask"),
    path("organisations/resets/<uuid:key>/", second_factor.carry_out, name="reset_carry_out"),
]
