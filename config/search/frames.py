"""What goes through the pipe between the key agent and the search process: a line of JSON and bytes beside it.

Four bytes of the JSON's length, eight of the bytes', then both. Only plain values can come out: no code, no classes.
"""

import json
import socket
from typing import Any

LONGEST_TEXT = 256 * 1024 * 1024
LONGEST_BYTES = 4 * 1024 * 1024 * 1024


class Broken(OSError):
    """The pipe is closed, or what came out of it is no frame."""


def send(peer: socket.socket, said: Any, blob: bytes = b"") -> None:
    """A whole frame."""
    text = json.dumps(said, separators=(",", ":")).encode()
    peer.sendall(len(text).to_bytes(4, "big") + len(blob).to_bytes(8, "big") + text)
    if blob:
        peer.sendall(blob)


def receive(peer: socket.socket) -> tuple[Any, bytes]:
    """The next frame. `Broken` when the other side is gone."""
    head = _exactly(peer, 12)
    text, blob = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
    if text > LONGEST_TEXT or blob > LONGEST_BYTES:
        raise Broken("length")
    try:
        said = json.loads(_exactly(peer, text))
    except ValueError:
        raise Broken("text") from None
    return said, _exactly(peer, blob)


def _exactly(peer: socket.socket, size: int) -> bytes:
    whole = bytearray(size)
    view, at = memoryview(whole), 0
    while at < size:
        number = peer.recv_into(view[at:])
        if not number:
            raise Broken("closed")
        at += number
    return bytes(whole)
