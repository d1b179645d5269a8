"""The agent's socket: who may connect, frames in, frames out; a thread for each connection.

Whoever connects is known by the kernel (SO_PEERCRED), not by what it says. A peer of another account, a frame that is
too long or none of ours, an unknown verb: the connection is closed and the agent goes on.
"""

import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction

from ihala.audit.beginnings import committed_first
from ihala.core.refusal import Refused
from ihala.vault import link, refusals, wire
from ihala.vault.agent import UNCOMMITTED
from ihala.vault.custody import CustodyAway, KeyNotHeld
from ihala.vault.models import Grant

from .together import Gate, Together

logger = logging.getLogger("ihala.keyagent")

MOST_CONNECTIONS = 48
REMEMBERED = 2000
"""How many uncommitted grants are kept for one connection."""


@dataclass
class Session:
    """One connection, and what was made over it within the last minute."""

    peer: socket.socket
    made: list[tuple[float, Grant]] = field(default_factory=list)

    def remember(self, grants: Collection[Grant]) -> None:
        """Until the asking transaction has surely committed them, or was rolled back."""
        present = time.monotonic()
        fresh = [one for one in self.made if one[0] > present - link.REMEMBERED]
        self.made = [*fresh, *((present, grant) for grant in grants)][-REMEMBERED:]

    def uncommitted(self) -> list[Grant]:
        """The newest last."""
        oldest = time.monotonic() - link.REMEMBERED
        return [grant for made_at, grant in self.made if made_at > oldest]


class Server:
    """Listens at `path` for processes of the accounts `allowed` (user ids); asks `gate` before each answer."""

    def __init__(self, path: Path, allowed: Collection[int], gate: Gate) -> None:
        self.path, self.allowed, self.gate = path, frozenset(allowed), gate
        self.together = Together(gate)
        self._free = threading.Semaphore(MOST_CONNECTIONS)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)
        before = os.umask(0o111)  # anybody may knock; who may come in is decided by the kernel's word below
        try:
            self._socket.bind(str(path))
        finally:
            os.umask(before)
        self._socket.listen(64)

    def serve(self) -> None:
        """Accept until the socket is closed."""
        while True:
            self._free.acquire()
            try:
                peer, _address = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=[peer], daemon=True).start()

    def close(self) -> None:
        """Stop accepting."""
        self.path.unlink(missing_ok=True)
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _talk(self, peer: socket.socket) -> None:
        try:
            with peer:
                if uid_of(peer) in self.allowed:
                    self._answer_all(Session(peer))
                else:
                    logger.warning("a process of account %s knocked and was not let in", uid_of(peer))
        except (wire.Malformed, OSError) as error:
            logger.warning("a connection was closed: %s", type(error).__name__)
        finally:
            connection.close()
            self._free.release()

    def _answer_all(self, session: Session) -> None:
        while (body := wire.receive(session.peer)) is not None:
            verb, arguments = question(body)
            if verb in link.ADMINISTRATION and uid_of(session.peer) not in (os.geteuid(), 0):
                raise wire.Malformed("only for administration")
            wire.send(session.peer, answer(partial(self._carried_out, verb, arguments, session), verb))

    def _carried_out(self, verb: str, arguments: dict[str, Any], session: Session) -> Any:
        if verb == "open":
            return self.together.open(arguments, session.uncommitted())
        return carried_out(verb, arguments, self.gate, session)


def uid_of(peer: socket.socket) -> int:
    """The account of the process at the other end."""
    _pid, uid, _gid = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(uid)


def question(body: bytes) -> tuple[str, dict[str, Any]]:
    """What is asked. `wire.Malformed` unless it is a verb with just its arguments."""
    said = wire.unpacked(body)
    try:
        verb, pairs = said
        arguments = dict(pairs)
        link.SIGNATURES[verb].bind(**arguments)
    except (ValueError, TypeError, KeyError):
        raise wire.Malformed("question") from None
    if isinstance(arguments.get("actor", wire.Who(0, 0, 0)), wire.Who):
        return verb, arguments
    raise wire.Malformed("actor")


def answer(carry_out: Callable[[], Any], verb: str) -> bytes:
    """The frame to send back; what was recorded for it is committed when this returns."""
    try:
        return wire.packed({"answer": carry_out()})
    except Refused as refused:
        said = {"refused": refused.refusal.code}
    except (KeyNotHeld, CustodyAway) as error:
        logger.error("custody does not open: %s", error)
        said = {"refused": refusals.AWAY.code}
    except (InterfaceError, DatabaseError) as error:
        logger.warning("the database did not answer: %s", type(error).__name__)
        connection.close()  # a new connection is made for the next question
        said = {"refused": refusals.AWAY.code}
    except PermissionError as error:  # our own words: no name of a file of a survivor's
        logger.error(
            "a file of the key agent's belongs to another account (%s): run `ihala check`", error.errno
        )
        said = {"refused": refusals.AWAY.code}
    except tuple(link.TRAVELLING.values()) as error:
        said = {"raised": type(error).__name__, "text": str(error)}
    except Exception as error:
        logger.warning("a question of kind %s could not be answered: %s", verb, type(error).__name__)
        said = {"refused": refusals.NOT_NOW.code}
    return wire.packed(said)


def carried_out(verb: str, arguments: dict[str, Any], gate: Gate, session: Session) -> Any:
    """In one transaction, which is committed also when the answer is no: the attempt stays on record.

    When the verb fails otherwise it is rolled back; what began in it has a transaction of its own and stays.
    """
    refused: Refused | None = None
    with transaction.atomic():
        token = UNCOMMITTED.set(session.uncommitted())
        try:
            gate.ask(verb, arguments)
            with committed_first():
                result = link.VERBS[verb](**arguments)
        except Refused as error:
            refused = error
            gate.refused(verb, arguments, error)
        finally:
            UNCOMMITTED.reset(token)
    if refused is not None:
        raise refused
    if verb in link.MAKES:
        session.remember([row for rows in result for row in rows if isinstance(row, Grant)])
    return result
