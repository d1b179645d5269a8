"""The product's addresses, and three that show what the server costs without the product."""

from uuid import uuid4

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls
from config.urls import handler400, handler403, handler404, handler500
from ihala.accounts.rules import public_view

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@public_view
def nothing(request: HttpRequest) -> HttpResponse:
    """All the middleware, and then nothing."""
    return HttpResponse("nothing")


@public_view
def one_row(request: HttpRequest) -> HttpResponse:
    """The same with one row by its key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM django_migrations WHERE id = %s", [1])
        return HttpResponse(cursor.fetchone()[0])


@public_view
def four_rows(request: HttpRequest) -> HttpResponse:
    """The same with four rows written in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        for _each in range(4):
            cursor.execute("INSERT INTO bench_row (id, words) VALUES (%s, %s)", [uuid4(), "some words"])
    return HttpResponse("four")


urlpatterns = [
    *urls.urlpatterns,
    path("bench/nothing/", nothing),
    path("bench/row/", one_row),
    path("bench/four/", four_rows),
]
