"""Counting SQL statements, and asking PostgreSQL how it finds what a list shows; inside the product's own process.

Requests go through Django's test client, so all the middleware takes part. Every statement Django sends is counted by a
wrapper around its execution; `SAVEPOINT` and its release are left out, and BEGIN and COMMIT are not statements to it.
So are those of the key agent, which in the product asks the database from a process of its own.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client

from ihala.core.acting import acting
from ihala.core.vocabulary import Kind, Urgency
from ihala.demo.acts import ACTS
from ihala.demo.people import HELEN
from ihala.demo.scenes import Scene, play
from ihala.referrals.models import Referral
from ihala.vault import link

from . import places, rows

Statement = tuple[str, Any]
BEDS = re.compile(r'value="(beds:[0-9,]+)"')
FAMILY = {
    "people__female__4": 1, "people__female__2": 1, "category": "domestic_violence", "urgency": "urgent",
    "services": ["shelter"],
}  # fmt: skip


def count(actors: dict[str, Any]) -> dict[str, Any]:
    """Statements per row of the table; and between which transactions one referral was sent, for the raw rows."""
    sender, receiver = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    counted = {
        rows.NOTHING: _number(lambda: receiver.get("/bench/nothing/")),
        rows.ONE_ROW: _number(lambda: receiver.get("/bench/row/")),
        rows.FOUR_ROWS: _number(lambda: receiver.get("/bench/four/")),
        rows.SIGN_IN: _number(lambda: _enter(sender, f"{rows.SENDERS}0")),
    }
    _enter(receiver, f"{rows.RECEIVERS}0")
    receiver.get("/inbox/")
    _send(sender, _drafted(actors).subject)  # the first of a process also reads what is kept
    scene = _drafted(actors)
    counted[rows.SEND] = _number(lambda: _send(sender, scene.subject))
    play(scene, "ack conflict", ACTS)
    page, asked = f"/referrals/{scene.subject.reference}/", {"version": scene.subject.version, "text": ""}
    asked["place"] = BEDS.findall(receiver.get(f"{page}step/accept/").content.decode())[0]
    counted[rows.ACCEPT] = _number(lambda: receiver.post(f"{page}step/accept/", asked))
    counted[places.FIT] = _number(lambda: sender.post("/fit/", FAMILY))
    counted[rows.OPEN] = _number(lambda: receiver.get(page))
    counted[rows.INBOX] = _number(lambda: receiver.get("/inbox/"))
    tag = receiver.get("/rows/inbox/")["ETag"]
    counted[rows.UNCHANGED] = _number(lambda: receiver.get("/rows/inbox/", HTTP_IF_NONE_MATCH=tag))
    another = _drafted(actors).subject
    first = _next_transaction()
    _send(sender, another)
    return {"counted": counted, "sent": {"first": first, "last": _next_transaction()}}


def _enter(client: Client, username: str) -> Any:
    return client.post("/sign-in/", {"login": username, "password": rows.PASSWORD})


def _drafted(actors: dict[str, Any]) -> Scene:
    """A mother and two children, ready to be sent."""
    scene = Scene(actors, HELEN, "aman", "dfwac", Urgency.EMERGENCY, Kind.TRANSFER)
    play(scene, "case consent draft", ACTS)
    return scene


def _send(client: Client, draft: Referral) -> Any:
    asked = {"version": draft.version, "step": "send_at_once", "key": str(uuid4())}
    return client.post(f"/referrals/{draft.reference}/review/", asked)


def _next_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _number(request: Callable[[], Any]) -> int:
    with _watched() as statements:
        answer = request()
    if answer.status_code >= 400:
        raise RuntimeError(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
    return len(statements)


@contextmanager
def _watched() -> Iterator[list[Statement]]:
    """The statements sent inside the block."""
    seen: list[Statement] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        control = sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"))
        if not control and not link.answering():
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def plans(username: str, path: str) -> list[str]:
    """Lines of the plans of a page's queries in which all referrals are read from beginning to end; none is good."""
    client = Client(SERVER_NAME="localhost")
    _enter(client, username)
    with _watched() as statements:
        client.get(path)
    from .seed import actors_of

    found: list[str] = []
    with acting(actors_of(0)[username]), connection.cursor() as cursor:
        for sql, params in statements:
            if sql.startswith(("SELECT", "(SELECT")) and "referrals_referral" in sql:
                cursor.execute("EXPLAIN " + sql, params)
                found += [line for (line,) in cursor.fetchall() if "Seq Scan on referrals_referral" in line]
    return found
