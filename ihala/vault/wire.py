"""What travels between the product and the key agent: length, JSON with tagged values, and the bytes as they are.

A frame is four bytes of length, four bytes of the JSON's length, the JSON, and the byte strings it points to. Only the
types named here can come out of a frame: no code, no classes by name, nothing that runs. A frame that is too long or is
not one of ours is `Malformed`, and whoever sent it is hung up on.
"""

import dataclasses
import json
import socket
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from .enums import SubjectKind
from .models import Deposit, Grant
from .sealing import Basis, Place, SecretName, Subject

LONGEST = 24 * 1024 * 1024
"""Bytes of the longest frame: the largest file in its pieces, with room for what describes them."""
PREFIX = 4


class Malformed(Exception):
    """These bytes are no frame of ours."""


@dataclasses.dataclass(frozen=True)
class Who:
    """An actor, as far as the agent and the log ask."""

    organisation_id: int
    user_id: int
    membership_id: int


def who(actor: Any) -> Who:
    """An actor as it travels: ids alone."""
    return Who(actor.organisation_id, actor.user_id, actor.membership_id or 0)


_CARRIED: dict[str, type] = {
    one.__name__: one for one in (Subject, SecretName, Place, Basis, Who, Grant, Deposit)
}


def carries(kind: type) -> type:
    """Let a dataclass of plain values travel."""
    _CARRIED[kind.__name__] = kind
    return kind


def packed(message: Any) -> bytes:
    """A whole frame. ValueError if it would be too long; TypeError for what must not travel."""
    blobs: list[bytes] = []
    text = json.dumps(_plain(message, blobs), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    header = text.encode()
    body = b"".join([len(header).to_bytes(PREFIX, "big"), header, *blobs])
    if len(body) > LONGEST:
        raise ValueError("too much for one frame")
    return len(body).to_bytes(PREFIX, "big") + body


def _plain(value: Any, blobs: list[bytes]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | memoryview):
        blobs.append(bytes(value))
        return {"b": len(blobs[-1])}
    if isinstance(value, UUID):
        return {"u": value.hex}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, Mapping):
        return _plain_mapping(value, blobs)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one, blobs) for one in value]
    return {"d": type(value).__name__, "v": _plain(_fields(value), blobs)}


def _plain_mapping(value: Mapping[Any, Any], blobs: list[bytes]) -> Any:
    """What people wrote is a JSON value and travels as its text; any other mapping pair by pair."""
    if all(type(key) is str for key in value):
        try:
            return {"w": json.dumps(value, ensure_ascii=False, allow_nan=False)}
        except TypeError:
            pass
    return {"m": [[_plain(key, blobs), _plain(one, blobs)] for key, one in value.items()]}


def _fields(value: Any) -> Any:
    if isinstance(value, Grant | Deposit):
        return {
            f.attname: getattr(value, f.attname) for f in value._meta.concrete_fields if f.attname != "id"
        }
    if type(value) not in _CARRIED.values():
        raise TypeError(f"{type(value).__name__} does not travel")
    return [getattr(value, field.name) for field in dataclasses.fields(value)]


def unpacked(body: bytes) -> Any:
    """What a frame said (without its length). `Malformed` for anything else."""
    size = int.from_bytes(body[:PREFIX], "big")
    header, rest = body[PREFIX : PREFIX + size], body[PREFIX + size :]
    try:
        if len(header) != size:
            raise ValueError("cut off")
        return json.loads(header, object_hook=_Reader(rest).revived)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, StopIteration) as error:
        raise Malformed(type(error).__name__) from None


class _Reader:
    """Takes the byte strings in the order in which the JSON names them: the innermost values are read first."""

    def __init__(self, rest: bytes) -> None:
        self.rest = rest
        self.taken = 0

    def revived(self, tagged: dict[str, Any]) -> Any:
        return self.READS[next(iter(tagged))](self, *tagged.values())

    def _b(self, size: int) -> bytes:
        start, self.taken = self.taken, self.taken + size
        if size < 0 or self.taken > len(self.rest):
            raise ValueError("cut off")
        return self.rest[start : self.taken]

    def _u(self, text: str) -> UUID:
        return UUID(hex=text)

    def _t(self, text: str) -> datetime:
        return datetime.fromisoformat(text)

    def _w(self, text: str) -> Any:
        return json.loads(text)

    def _m(self, pairs: list[list[Any]]) -> dict[Any, Any]:
        return {key: one for key, one in pairs}  # noqa: C416  a pair has two

    def _d(self, name: str, values: Any) -> Any:
        kind = _CARRIED[name]
        if kind is Subject:
            return Subject(SubjectKind(values[0]), *values[1:])
        return kind(**values) if kind in (Grant, Deposit) else kind(*values)

    READS: dict[str, Any] = {"b": _b, "u": _u, "t": _t, "w": _w, "m": _m, "d": _d}


def send(peer: socket.socket, frame: bytes) -> None:
    """The whole frame."""
    peer.sendall(frame)


def receive(peer: socket.socket) -> bytes | None:
    """The next frame's body; None when the other side has hung up. `Malformed` if it announces too much."""
    prefix = _exactly(peer, PREFIX)
    if prefix is None:
        return None
    size = int.from_bytes(prefix, "big")
    if not PREFIX <= size <= LONGEST:
        raise Malformed("length")
    return _exactly(peer, size)


def _exactly(peer: socket.socket, size: int) -> bytes | None:
    """So many bytes, or None when the other side hangs up before."""
    parts, missing = [], size
    while missing:
        part = peer.recv(min(missing, 1 << 18))
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
