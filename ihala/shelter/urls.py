"""Addresses of the shelter: opaque keys and references, never a name or a place."""

from django.urls import path

from .views import beds, families, places

app_name = "shelter"
urlpatterns = [
    path("", beds.today, name="today"),
    path("board/", beds.board, name="board"),
    path("houses/", places.houses, name="houses"),
    path("houses/new/", places.new_house, name="new_house"),
    path("houses/<uuid:key>/", places.house, name="house"),
    path("houses/<uuid:key>/edit/", places.change_house, name="change_house"),
    path("houses/<uuid:key>/new/", places.new_unit, name="new_unit"),
    path("units/<uuid:key>/", places.unit, name="unit"),
    path("units/<uuid:key>/edit/", places.change_unit, name="change_unit"),
    path("units/<uuid:key>/do/<slug:act>/", places.act_on_unit, name="act_on_unit"),
    path("voids/<uuid:key>/end/", places.bring_back, name="bring_back"),
    path("repairs/<uuid:key>/done/", places.repaired, name="repaired"),
    path("families/<slug:reference>/", families.family, name="family"),
    path("families/<slug:reference>/do/<slug:act>/", families.act_on_family, name="act_on_family"),
    path("families/<slug:reference>/receipt/", families.receipt, name="receipt"),
    path("families/<slug:reference>/back/<uuid:key>/", families.back, name="back"),
    path("apart/<uuid:key>/", families.apart, name="apart"),
    path("apart/<uuid:key>/lift/", families.lift, name="lift"),
]
