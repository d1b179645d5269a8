"""Addresses of consent, below the reference of its case. Taking consent back is at `ihala.referrals.consent_urls`,
since it moves referrals."""

from django.urls import path

from . import views

app_name = "consent"
urlpatterns = [
    path("<slug:reference>/", views.consent_list, name="list"),
    path("<slug:reference>/new/", views.new, name="new"),
    path("<slug:reference>/<uuid:consent>/renew/", views.renew, name="renew"),
    path("<slug:reference>/basis/", views.basis, name="basis"),
    path("<slug:reference>/basis/<uuid:basis>/sign/", views.sign, name="sign"),
]
