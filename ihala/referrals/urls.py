"""Addresses of referrals. They carry opaque references only, since a page stays in the browser's history."""

from django.urls import path

from . import views, views_drafting, views_steps

app_name = "referrals"
urlpatterns = [
    path("new/<str:case_reference>/", views_drafting.new, name="new"),
    path("key/<uuid:key>/", views.by_key, name="by_key"),
    path("<str:reference>/need/", views_drafting.need, name="need"),
    path("<str:reference>/disclosure/", views_drafting.disclosure, name="disclosure"),
    path("<str:reference>/review/", views_drafting.review, name="review"),
    path("<str:reference>/", views.detail, name="detail"),
    path("<str:reference>/step/<slug:step>/", views_steps.step, name="step"),
    path("<str:reference>/note/", views.note, name="note"),
    path("<str:reference>/attest/", views.attest, name="attest"),
    path("<str:reference>/files/<int:version>/<int:number>/", views.file, name="file"),
    path("<str:reference>/receipts/", views.receipts, name="receipts"),
]
