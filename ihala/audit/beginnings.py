"""What begins is committed first, whatever becomes of it.

A comparison and a load read much under one event. Whoever can make one fail on purpose (rows or arguments nobody can
read, a connection that is cut) must not take that event away with it. So in the key agent it is written in a
transaction of its own, which is over before anything is opened; if it cannot be committed, nothing is.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context

from django.db import connection

from ihala.core.acting import acting
from ihala.core.writing import insert
from ihala.vault.wire import Who

from .models import Event

_apart: ContextVar[bool] = ContextVar("ihala_beginnings_apart", default=False)
_pen = threading.Lock()
"""One at a time: never more than one connection beyond those of the agent's threads. Whoever has it waits for no other
lock of ours: the transaction that asks keeps its locks meanwhile, and no event needs one of them."""


@contextmanager
def committed_first() -> Iterator[None]:
    """What begins in here is committed at once, apart from the transaction around it."""
    token = _apart.set(True)
    try:
        yield
    finally:
        _apart.reset(token)


def begin(events: Sequence[Event]) -> None:
    """Put a beginning on record, all of it by one who acts. Raises what kept it from being committed."""
    if not _apart.get():
        insert(events)
        return
    failed: list[BaseException] = []
    with _pen:
        writer = threading.Thread(target=copy_context().run, args=[_write, events, failed])
        writer.start()
        writer.join()
    if failed:
        raise failed[0]


def _write(events: Sequence[Event], failed: list[BaseException]) -> None:
    """In a thread of its own, which has a connection of its own."""
    try:
        with acting(Who(events[0].organisation_id or 0, events[0].user_id, 0)):
            insert(events)
    except BaseException as error:
        failed.append(error)
    finally:
        connection.close()
