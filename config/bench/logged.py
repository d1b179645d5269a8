"""What the log costs: an event with what its leaf needs, numbering, a proof in a long tree, and checking an export."""

import base64
import hashlib
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import sql

from config.databases import DATABASE
from config.postgres import Cluster

ROW = """
INSERT INTO {} (id, at, organisation_id, user_id, name, subject_kind, refusal, detail{})
VALUES (gen_random_uuid(), now(), 1, 5, 'sealed.opened', 'case', '', '{{"purpose": "work"}}'{})
"""
PROOFS = 200
FULL_ONE_IN = 10


@dataclass(frozen=True)
class LogCost:
    """Microseconds of an INSERT with and without, leaves a second, and the figures of a tree of `leaves`."""

    with_us: float
    without_us: float
    per_second: float
    leaves: int
    inclusion_ms: float
    consistency_ms: float
    verify_s: float


def inserts(cluster: Cluster, count: int, rounds: int = 5) -> tuple[float, float]:
    """Microseconds of one INSERT into the log's table, and into one without salt, transaction and their index."""
    took: dict[str, list[float]] = {"bench_with": [], "bench_without": []}
    with cluster.connect(DATABASE) as connection:
        for table in took:
            connection.execute(f"CREATE TABLE {table} (LIKE audit_event INCLUDING ALL)")
        connection.execute("ALTER TABLE bench_without DROP COLUMN salt, DROP COLUMN tx")
        for _round in range(rounds):
            for table, times in took.items():
                salted = table == "bench_with"
                more = (sql.SQL(", salt"), sql.SQL(", '0123456789abcdef'")) if salted else (sql.SQL(""),) * 2
                statement = sql.SQL(ROW).format(sql.Identifier(table), *more)
                with connection.transaction():
                    began = time.perf_counter()
                    for _number in range(count):
                        connection.execute(statement)
                    times.append((time.perf_counter() - began) / count)
        for table in took:
            connection.execute(f"DROP TABLE {table}")
    return tuple(1e6 * statistics.median(times) for times in took.values())  # type: ignore[return-value]


def inside(events: int, leaves: int) -> dict[str, float]:
    """Numbering, proofs and checking, measured in a process of the product."""
    return {"per_second": _numbered(events), **_proofs(leaves), "verify_s": _verified(leaves)}


def _numbered(count: int) -> float:
    from ihala.audit.actions import prepared
    from ihala.audit.models import Event
    from ihala.audit.sequencer import Sequencer
    from ihala.core.acting import acting
    from ihala.organisations.models import Actor, Organisation

    sequencer = Sequencer()
    sequencer.all()
    system = Actor.system_of(Organisation.objects.get(code="aman").pk)
    with acting(system):
        events = [
            prepared(system, "case.noted", detail={"purpose": "work", "number": number})
            for number in range(count)
        ]
        Event.objects.bulk_create(events, batch_size=1_000)
    began = time.perf_counter()
    numbered = sequencer.all()
    return numbered / (time.perf_counter() - began)


def _proofs(leaves: int) -> dict[str, float]:
    """In a transaction that is rolled back: these leaves belong to no event."""
    from django.db import transaction

    from ihala.audit import hashes
    from ihala.core.acting import at_the_log

    dice = random.Random(1)  # noqa: S311  places to ask for, no secret
    with at_the_log():
        start = hashes.size()
        for first in range(start, leaves, 65_536):
            last = min(first + 65_536, leaves)
            hashes.append(
                first, [hashlib.sha256(number.to_bytes(8)).digest() for number in range(first, last)]
            )
        inclusion = _median(lambda: hashes.inclusion(dice.randrange(leaves), leaves))
        consistency = _median(lambda: hashes.consistency(dice.randrange(1, leaves), leaves))
        transaction.set_rollback(True)
    return {"inclusion_ms": inclusion, "consistency_ms": consistency}


def _median(ask: Callable[[], Any]) -> float:
    took = []
    for _time in range(PROOFS):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return 1000 * statistics.median(took)


def _verified(leaves: int) -> float:
    """Seconds to check an export of so many leaves, every tenth of them an event in full."""
    from ihala.audit.verify import examine

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        with path.open("wb") as file:
            for line in _export(leaves):
                file.write(json.dumps(line).encode() + b"\n")
        began = time.perf_counter()
        found = examine(path)
        took = time.perf_counter() - began
    if [one.attack for one in found.findings] != ["unproved"] or found.tree.size != leaves:
        raise RuntimeError("the export made for the measurement is not sound")
    return took


def _export(leaves: int) -> Iterator[dict[str, Any]]:
    from ihala.audit.verify import FORMAT, canonical, leaf_hash

    yield {"kind": "export", "format": FORMAT, "origin": "bench", "organisation": 1, "size": leaves}
    salt, key = bytes(16), "0" * 8 + "-0000-7000-8000-" + "0" * 12
    others = base64.b64encode(b"\1" * 32 * (FULL_ONE_IN - 1)).decode()
    for index in range(0, leaves, FULL_ONE_IN):
        event = {
            "id": key, "at": "2026-03-05T12:00:00.000000+00:00", "organisation": 1, "concerns": None, "user": 5,
            "membership": 7, "name": "sealed.opened", "subject_kind": "case", "subject": key, "case": key,
            "referral": None, "refusal": "", "detail": {"classes": ["identity", "safety"], "purpose": "work"},
            "numbers": {"1": index // FULL_ONE_IN + 1},
        }  # fmt: skip
        hashed = base64.b64encode(leaf_hash(salt + canonical(event))).decode()
        yield {
            "kind": "leaf", "index": index, "hash": hashed, "salt": base64.b64encode(salt).decode(), "event": event,
        }  # fmt: skip
        if index + 1 < leaves:
            yield {"kind": "hashes", "index": index + 1, "hashes": others}
