"""The embedded PostgreSQL and its two roles."""

import pytest
from django.db import ProgrammingError, connection


@pytest.mark.django_db
def test_tests_run_as_the_runtime_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('statement_timeout'), version()")
        row = cursor.fetchone()
    assert row[:2] == ("ihala_app", "15s")
    assert row[2].startswith("PostgreSQL 18")


@pytest.mark.django_db
def test_the_runtime_role_makes_no_tables():
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE anything (id int)")
