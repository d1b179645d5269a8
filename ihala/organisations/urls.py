"""Addresses of organisations. Keys only: an address stays in the browser's history."""

from django.urls import path

from .views import agreements, organisation, telephones

app_name = "organisations"
urlpatterns = [
    path("", organisation.organisation, name="organisation"),
    path("agreements/<int:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<int:pk>/end/", agreements.end, name="end"),
    path("propose/<int:pk>/", agreements.propose, name="propose"),
    path("terms/<int:pk>/", agreements.terms, name="terms"),
    path("terms/<int:pk>/changes/", agreements.changes, name="changes"),
    path("terms/<int:pk>/sign/", agreements.sign, name="sign"),
    path("terms/<int:pk>/withdraw/", agreements.withdraw, name="withdraw"),
    path("staff/", organisation.staff, name="staff"),
    path("staff/add/", organisation.add_member, name="add_member"),
    path("staff/<int:pk>/", organisation.member, name="member"),
    path("staff/<int:pk>/access/", organisation.access, name="access"),
    path("calendar/", organisation.calendar, name="calendar"),
    path("calendar/<int:pk>/remove/", organisation.remove_holiday, name="remove_holiday"),
    path("telephones/", telephones.telephones, name="telephones"),
    path("rota/", organisation.rota, name="rota"),
    path("rota/<int:pk>/remove/", organisation.remove_shift, name="remove_shift"),
]
