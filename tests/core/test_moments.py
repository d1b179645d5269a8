"""What is read from PostgreSQL in one call is what Django reads."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DataError, connection
from hypothesis import given
from hypothesis.strategies import datetimes

from ihala.core.moments import Moments, _AsDjango

pytestmark = pytest.mark.django_db


@given(datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))
def test_every_moment_is_read_as_django_reads_it(moment):
    as_postgres_writes_it = f"{moment:%Y-%m-%d %H:%M:%S}".rjust(19, "0")
    if moment.microsecond:
        as_postgres_writes_it += f".{moment.microsecond:06}".rstrip("0")
    written = f"{as_postgres_writes_it}+00".encode()
    read = Moments(1184).load(written)
    assert read == moment.replace(tzinfo=UTC) == _AsDjango(1184).load(written)
    assert read.tzinfo is UTC


def test_the_products_connections_read_so():
    with connection.cursor() as cursor:
        cursor.execute("SELECT now(), '2026-11-28 09:22:32.7+00'::timestamptz, NULL::timestamptz")
        now, seventh, nothing = cursor.fetchone()
    assert connection.connection.adapters.get_loader(1184, psycopg.pq.Format.TEXT) is Moments
    assert now.tzinfo is UTC
    assert (seventh, nothing) == (datetime(2026, 11, 28, 9, 22, 32, 700000, UTC), None)


def test_what_is_no_moment_of_ours_is_refused_as_django_refuses_it():
    with connection.cursor() as cursor, pytest.raises(DataError):
        cursor.execute("SELECT 'infinity'::timestamptz")
        cursor.fetchone()
