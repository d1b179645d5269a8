"""Moments read from PostgreSQL in one call. A page reads a hundred, which Django and psycopg take apart in Python."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader, get_adapters_template
from psycopg.adapt import Loader


class Moments(Loader):
    """A moment as PostgreSQL writes it in a session of UTC; whatever else stands there is read as Django does."""

    timezone = UTC
    """Django asks for it, and leaves the reader of the connection where it is."""

    def load(self, data: Any) -> Any:
        """Aware, in UTC."""
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return _AsDjango(self.oid, self.connection).load(data)


class _AsDjango(BaseTzLoader):
    timezone = UTC


def read_quickly() -> None:
    """From now on, new connections read moments so."""
    get_adapters_template(True, UTC).register_loader("timestamptz", Moments)
