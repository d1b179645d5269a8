"""Raw SQL as the runtime role: what a wall lets through, and what it stops."""

from django.db import DatabaseError, connection, transaction


def run(sql: str, values: tuple[object, ...] = ()) -> int:
    """How many rows it read or changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def blocked(sql: str, values: tuple[object, ...] = ()) -> None:
    """Changed nothing: no row was seen, or the database refused."""
    try:
        with transaction.atomic():
            assert run(sql, values) == 0
    except DatabaseError as error:
        assert "row-level security" in str(error) or "permission denied" in str(error), error
