"""What an organisation, and with it a court, is given: the export of its log, and the proof of one event.

The export is made as the organisation: row-level security decides which events stand in it in full, all others are
their hashes. Its form is described in docs/log.md and read by `verify.py`, which lies beside it in the archive.
"""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ihala.core.clock import now
from ihala.vault.models import OrganisationKey

from . import hashes, signing
from .leaves import body, hash_of
from .models import Checkpoint, Event, Leaf, Tile
from .verify import FORMAT

BLOCK = 16 * hashes.WIDTH
CHECKPOINTS = 1000
"""How many of the newest checkpoints are shown; each vouches for everything before it."""

VERIFIER = Path(__file__).with_name("verify.py")
READ_ME = """\
إثبات سجل «إحالة» دون اتصال: python3 verify.py log.jsonl (يلزم Python 3.11 ومكتبة cryptography).
مقارنة المفاتيح المطبوعة بما هو محفوظ على الورق، أو تمريرها: --trust المفتاح.

To check the log of Ihala offline: python3 verify.py log.jsonl (Python 3.11 and the library cryptography).
Compare the keys it prints with those kept on paper, or name them: --trust KEY.
"""


def lines(organisation_id: int) -> Iterator[dict[str, Any]]:
    """The export of the acting organisation, line by line: keys and checkpoints first, then every leaf in order."""
    size, origin = hashes.size(), signing.in_force().get(signing.INSTALLATION)
    yield {
        "kind": "export", "format": FORMAT, "origin": origin.name if origin else "", "organisation": organisation_id,
        "size": size, "made_at": now().isoformat(timespec="seconds"),
    }  # fmt: skip
    yield from _keys()
    newest = list(Checkpoint.objects.filter(size__lte=size).order_by("-size")[:CHECKPOINTS])
    for note in signing.notes(newest[::-1]):
        yield {"kind": "checkpoint", "note": note}
    for start in range(0, size, BLOCK):
        yield from _block(start, min(start + BLOCK, size))


def _keys() -> Iterator[dict[str, Any]]:
    for owner, key in signing.in_force().items():
        role = "witness" if owner else "operator"
        yield {"kind": "key", "role": role, "organisation": owner, "key": str(key)}
    for row in OrganisationKey.objects.order_by("organisation_id", "version"):
        yield {
            "kind": "key", "role": "content", "organisation": row.organisation_id, "version": row.version,
            "fingerprint": row.fingerprint,
        }  # fmt: skip


def _block(start: int, end: int) -> Iterator[dict[str, Any]]:
    """Leaves `start` to `end - 1`: those that may be read in full, the others as runs of hashes."""
    row = kept(start, end)
    readable = list(Leaf.objects.filter(index__gte=start, index__lt=end).order_by("index"))
    events = Event.objects.in_bulk([leaf.event_id for leaf in readable])
    at = start
    for leaf in readable:
        yield from _run(at, row[at - start : leaf.index - start])
        yield {
            "kind": "leaf",
            "index": leaf.index,
            **_whole(leaf, events.get(leaf.event_id), row[leaf.index - start]),
        }
        at = leaf.index + 1
    yield from _run(at, row[at - start :])


def kept(start: int, end: int) -> list[bytes]:
    """The hashes of leaves `start` to `end - 1`; `start` is a multiple of 256."""
    tiles = Tile.objects.filter(level=0, index__gte=start // hashes.WIDTH, index__lt=end // hashes.WIDTH)
    found = [one for tile in tiles.order_by("index") for one in hashes.split(tile.hashes)]
    found += hashes.unfinished(0, end // hashes.WIDTH)
    return found[: end - start]


def _run(start: int, run: list[bytes]) -> Iterator[dict[str, Any]]:
    if run:
        yield {"kind": "hashes", "index": start, "hashes": _text(b"".join(run))}


def _whole(leaf: Leaf, event: Event | None, hashed: bytes) -> dict[str, Any]:
    """An event with its salt; one that was forgotten is its hash alone."""
    if event is None:
        return {"hash": _text(hashed)}
    return {"hash": _text(hashed), "salt": _text(bytes(event.salt)), "event": body(event, leaf.numbers)}


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def archive(organisation_id: int) -> bytes:
    """The export as a file to take away, with the verifier beside it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        with packed.open("log.jsonl", "w", force_zip64=True) as file:
            for line in lines(organisation_id):
                file.write(as_line(line))
        packed.writestr("verify.py", VERIFIER.read_text(encoding="utf-8"))
        packed.writestr("README.txt", READ_ME)
    return out.getvalue()


def as_line(line: dict[str, Any]) -> bytes:
    """One line of the file."""
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def proof_of(event: Event) -> dict[str, Any] | None:
    """That the event stands in the newest checkpoint that holds it; None until there is one. Eight queries at most."""
    leaf = Leaf.objects.filter(event_id=event.pk).first()
    newest = Checkpoint.objects.order_by("-size").first()
    if leaf is None or newest is None or newest.size <= leaf.index:
        return None
    parties = (event.organisation_id, event.concerns_organisation_id)
    standing = signing.standing([party for party in parties if party is not None])
    complete = standing.complete
    checkpoint = complete if complete is not None and complete.size > leaf.index else newest
    (note,) = signing.notes([checkpoint])
    path = hashes.inclusion(leaf.index, checkpoint.size)
    whole = body(event, leaf.numbers)
    return {
        "index": leaf.index, "size": checkpoint.size, "note": note, "salt": _text(bytes(event.salt)), "event": whole,
        "leaf": hash_of(event, leaf.numbers), "path": path, "root": bytes(checkpoint.root),
        "complete": checkpoint is complete, "numbers": leaf.numbers,
    }  # fmt: skip
