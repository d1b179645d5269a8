"""Addresses of My work, the lists, the counts and the search."""

from django.urls import path, register_converter

from . import views
from .enums import List


class ListConverter:
    """The code of a list."""

    regex = "|".join(List.values)

    def to_python(self, value: str) -> str:
        """As it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands in the address."""
        return str(value)


register_converter(ListConverter, "list")

app_name = "desk"
urlpatterns = [
    path("", views.work, name="work"),
    *(
        path(f"{kind}/", views.listing, {"kind": kind}, name=kind)
        for kind in List.values
        if kind != List.WORK
    ),
    path("rows/<list:kind>/", views.rows, name="rows"),
    path("search/", views.search, name="search"),
    path("counts/", views.counts, name="counts"),
]
