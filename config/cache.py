"""The cache in PostgreSQL, one statement for each thing that is asked of it.

Only sign-in uses it: allauth counts attempts in it, under a lock that it takes and gives back here. Django's own
backend counts the whole table before each write, looks whether the row is there and then writes it in a savepoint of
its own: 24 of the 45 statements of a sign-in.
"""

import base64
import pickle
from datetime import UTC, datetime
from random import randrange
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone

SET = """
INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
ADD = SET + "WHERE {table}.expires < %s"
CULLS = 100


class Cache(DatabaseCache):
    """Django's table, key by key; one write in a hundred looks whether the table has grown too large."""

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        if mode == "touch" or not randrange(CULLS):  # noqa: S311  chance, not secrecy
            return bool(super()._base_set(mode, key, value, timeout))  # type: ignore[misc]
        until = self.get_backend_timeout(timeout)
        expires = datetime.max.replace(tzinfo=UTC) if until is None else datetime.fromtimestamp(until, tz=UTC)
        packed = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("ascii")
        values: list[Any] = [key, packed, expires.replace(microsecond=0)]
        table = connection.ops.quote_name(self._table)  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            if mode == "set":
                cursor.execute(SET.format(table=table), values)
            else:
                cursor.execute(ADD.format(table=table), [*values, timezone.now().replace(microsecond=0)])
            return cursor.rowcount == 1
