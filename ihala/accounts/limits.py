"""How often somebody may try, counted in one statement for each limit: allauth's limits, without its lock.

allauth counts in the cache between taking a lock and giving it back, waits a second for it at most and then says "too
many" to whoever came. On a busy machine that turned a duty officer away who had the right password. Here PostgreSQL
counts: one INSERT that adds to the row of that limit and address, unless as many stand there already. The limits are
those of the settings, for each address or person and never for everybody (security, "Sign-in").
"""

from dataclasses import dataclass
from random import randrange
from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db import connection

from ihala.core.clock import now

HITS = "unnest({table}.value::float8[]) AS hit WHERE hit > %(since)s"
ADD = f"""
INSERT INTO {{table}} (cache_key, value, expires)
VALUES (%(key)s, ARRAY[%(hit)s::float8]::text, to_timestamp(%(until)s))
ON CONFLICT (cache_key) DO UPDATE SET expires = excluded.expires,
value = (ARRAY(SELECT hit FROM {HITS} ORDER BY hit DESC LIMIT %(amount)s) || %(hit)s::float8)::text
WHERE (SELECT count(*) FROM {HITS}) < %(amount)s
"""  # noqa: S608  the table's name
TAKE_BACK = "UPDATE {table} SET value = array_remove(value::float8[], %s::float8)::text WHERE cache_key = %s"
COUNT = """
SELECT count(*) FROM unnest((SELECT value FROM {table} WHERE cache_key = %(key)s)::float8[]) AS hit
WHERE hit > %(since)s
"""
FORGET = "DELETE FROM {table} WHERE cache_key = %s"
SWEEP = "DELETE FROM {table} WHERE expires < %s"
SWEPT = 100
"""One in so many looks for rows that are over."""


@dataclass
class Hit:
    """One attempt that counts until it is taken back."""

    cache_key: str
    at: float

    def rollback(self) -> None:
        """It was no failed attempt."""
        _do(TAKE_BACK, [self.at, self.cache_key])


def consume(
    request: Any, *, app: str, action: str, rate: Any, key: Any = None, user: Any = None,
    dry_run: bool = False, raise_exception: bool = False,
) -> Hit | None:  # fmt: skip
    """Count an attempt; None (or `RateLimited`) if there were as many as the rate allows."""
    place, present = key_of(request, app=app, action=action, rate=rate, key=key, user=user), now().timestamp()
    values = {
        "key": place, "hit": present, "since": present - rate.duration, "until": present + rate.duration,
        "amount": rate.amount,
    }  # fmt: skip
    if dry_run:
        counted = _count(values) < rate.amount
    else:
        counted = rate.amount > 0 and _do(ADD, values) == 1
    if counted:
        return Hit(place, present)
    if raise_exception:
        raise RateLimited
    return None


def clear(
    request: Any, *, app: str, action: str, config: Any = None, key: Any = None, user: Any = None
) -> None:
    """Forget the attempts."""
    for rate in ratelimit.get_rates(app=app, action=action, config=config):
        _do(FORGET, [key_of(request, app=app, action=action, rate=rate, key=key, user=user)])


def key_of(request: Any, **what: Any) -> str:
    """Under what it is counted; the cache's own rows are written in another way."""
    return f"limit:{ratelimit.get_cache_key(request, **what)}"


def install() -> None:
    """From now on allauth counts here."""
    for name, ours in (("_consume_single_rate", consume), ("clear", clear)):
        if not hasattr(ratelimit, name):
            raise AttributeError(f"allauth counts attempts in another way than by {name}")
        setattr(ratelimit, name, ours)


def _do(statement: str, values: Any) -> int:
    with connection.cursor() as cursor:
        if not randrange(SWEPT):  # noqa: S311  chance, not secrecy
            cursor.execute(SWEEP.format(table=_table()), [now()])
        cursor.execute(statement.format(table=_table()), values)
        return int(cursor.rowcount)


def _count(values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(table=_table()), values)
        return int(cursor.fetchone()[0])


def _table() -> str:
    return connection.ops.quote_name(cache._table)  # type: ignore[attr-defined]
