"""Addresses of cases: opaque references, nothing that says who or what."""

from django.urls import path

from . import views, views_emergency, views_files

app_name = "cases"
urlpatterns = [
    path("", views.case_list, name="list"),
    path("new/", views.new, name="new"),
    path("autosave/", views.autosave, name="autosave"),
    path("discard/", views.discard, name="discard"),
    path("emergency/", views_emergency.break_glass, name="emergency"),
    path("emergency/reviews/", views_emergency.reviews, name="emergencies"),
    path("emergency/reviews/<uuid:key>/", views_emergency.look, name="emergency_look"),
    path("emergency/reviews/<uuid:key>/close/", views_emergency.review, name="emergency_review"),
    path("<slug:reference>/", views.detail, name="detail"),
    path("<slug:reference>/edit/", views.edit, name="edit"),
    path("<slug:reference>/access/", views.access, name="access"),
    path("<slug:reference>/access/<uuid:entry>/end/", views.end_access, name="end_access"),
    path("<slug:reference>/note/", views.note, name="note"),
    path("<slug:reference>/files/", views_files.files, name="files"),
    path("<slug:reference>/files/<int:number>/", views_files.file, name="file"),
    path("<slug:reference>/files/<int:number>/remove/", views_files.remove, name="remove_file"),
    path("<slug:reference>/close/", views.close, name="close"),
    path("<slug:reference>/reopen/", views.reopen, name="reopen"),
]
