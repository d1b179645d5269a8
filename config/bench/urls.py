"""The product's addresses, and two that show what the server costs without the product."""

from django.db import connection
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


urlpatterns = [*urls.urlpatterns, path("bench/nothing/", nothing), path("bench/row/", one_row)]
