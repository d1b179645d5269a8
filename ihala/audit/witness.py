"""The witness: runs at an organisation, on its own machine and by its own clock, and believes nobody.

It keeps its key, the operator's key as first seen, and the last checkpoint it signed in a folder of its own. It signs a
newer checkpoint only after it has seen the proof that nothing it signed before was changed. If the log is shorter than
it was (rolled back), does not lead on from what was signed (forked), or is signed with another key, it refuses, says so
aloud, and signs nothing any more until people have looked and removed the file ALARM.

It needs no database and no Django: only the server's address.
"""

import argparse
import base64
import contextlib
import os
import re
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ihala.core.files import as_folder

from .tree import consistent
from .verify import WITNESS, Key, Note, cosigned

Ask = Callable[[str, str, bytes, dict[str, str]], bytes]
"""method, path, body, headers → the answer's body. OSError when there is none."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
PATIENCE = 10.0
EVERY = 2.0


class Refusing(Exception):
    """The witness does not sign; the message is an attack of `verify.ATTACKS` and where it shows."""


def request_text(method: str, path: str, at: int) -> bytes:
    """What the header `Ihala-Witness` signs, so that only the organisation's witness is answered."""
    return f"ihala witness request\n{at}\n{method} {path}\n".encode()


class Witness:
    """One organisation's witness, with everything it knows in `folder`."""

    def __init__(self, folder: Path, name: str, ask: Ask) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder, self.ask = folder, ask
        self.private = Ed25519PrivateKey.from_private_bytes(self._seed())
        self.key = Key(name, WITNESS, self.private.public_key().public_bytes_raw())

    def _seed(self) -> bytes:
        path = self.folder / "witness.key"
        if not path.exists():
            self._write("witness.key", base64.b64encode(os.urandom(32)).decode() + "\n")
        return base64.b64decode(path.read_text())

    def once(self) -> bool:
        """Look at the newest checkpoint; True if it was signed, False if there is nothing new. `Refusing` otherwise."""
        if (self.folder / "ALARM").exists():
            raise Refusing((self.folder / "ALARM").read_text().strip())
        shown = self._get("checkpoint").decode()
        if not shown:
            return False
        try:
            note = self._trusted(shown)
            last = self._last()
            if last is not None and note.size == last.size and note.root == last.root and self._mine(note):
                return False
            self._leads_on(last, note)
        except Refusing as reason:
            self._alarm(str(reason))
            raise
        self._write("last.note", shown)
        at = int(time.time())
        signature = at.to_bytes(8, "big") + self.private.sign(cosigned(note.text, at))
        line = f"— {self.key.name} {base64.b64encode(self.key.id + signature).decode()}\n"
        self._call("POST", "cosign", f"{note.size}\n{line}".encode())
        return True

    def _mine(self, note: Note) -> bool:
        return note.signed_at(self.key) is not None

    def _trusted(self, shown: str) -> Note:
        """The checkpoint, if the operator's key of the first day signed it."""
        try:
            note = Note.read(shown)
        except ValueError:
            raise Refusing("forged: what was shown is no checkpoint") from None
        pinned = self.folder / "operator.pub"
        if not pinned.exists():
            self._write("operator.pub", self._get("operator").decode())
        key = Key.read(pinned.read_text())
        try:
            signed = note.signed_at(key)
        except InvalidSignature:
            raise Refusing("forged: the operator's signature is not genuine") from None
        if signed is None or note.origin != key.name:
            raise Refusing("key_swapped: not signed with the operator's key as first seen")
        return note

    def _last(self) -> Note | None:
        path = self.folder / "last.note"
        return Note.read(path.read_text(encoding="utf-8")) if path.exists() else None

    def _leads_on(self, last: Note | None, note: Note) -> None:
        if last is None:
            return
        if note.size < last.size:
            raise Refusing(f"rolled_back: {last.size} leaves were signed, {note.size} are shown")
        answer = self._get(f"consistency/{last.size}/{note.size}").decode()
        path = [base64.b64decode(line) for line in answer.split()]
        if not consistent(last.size, last.root, note.size, note.root, path):
            raise Refusing(f"forked: {note.size} leaves do not lead on from the {last.size} that were signed")

    def _alarm(self, reason: str) -> None:
        """Kept at the organisation first, then told to the server, which may or may not show it."""
        self._write("ALARM", reason + "\n")
        try:
            self._call("POST", "refusal", reason.partition(":")[0].encode())
        except OSError:
            return

    def _get(self, what: str) -> bytes:
        return self._call("GET", what, b"")

    def _call(self, method: str, what: str, body: bytes) -> bytes:
        path, at = f"/audit/witness/{self.key.name}/{what}", int(time.time())
        signature = base64.b64encode(self.private.sign(request_text(method, path, at))).decode()
        return self.ask(method, path, body, {"Ihala-Witness": f"{at} {signature}"})

    def _write(self, name: str, text: str) -> None:
        """Whole or not at all, on the disk before anything is signed."""
        draft = self.folder / f".{name}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            as_folder(descriptor, self.folder)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / name)


def set_aside(folder: Path, people: list[str], why: str) -> Path:
    """After a lawful restore, by two people of the organisation: what was signed last and the alarm are moved into a
    folder of their own, with who, when and why. ValueError if there is nothing, or it is not two people."""
    named = [name.strip() for name in people if name.strip()]
    kept = [folder / name for name in ("last.note", "ALARM") if (folder / name).exists()]
    if len(set(named)) < 2 or not why.strip():
        raise ValueError("It takes two people, and words why.")
    if not kept:
        raise ValueError("Nothing was signed here yet; there is nothing to set aside.")
    place = folder / time.strftime("set-aside-%Y%m%dT%H%M%SZ", time.gmtime())
    place.mkdir(mode=0o700)
    (place / "PROTOCOL").write_text(f"{' · '.join(named)}\n{why.strip()}\n", encoding="utf-8")
    for path in kept:
        path.rename(place / path.name)
    return place


def over_http(server: str) -> Ask:
    """Ask a server at `https://…`."""

    def ask(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(  # noqa: S310  the address is the operator's own setting
            server.rstrip("/") + path, data=body or None, headers=headers, method=method
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            found: bytes = answer.read()
            return found

    return ask


def watch(witness: Witness, say: Callable[[str], None], until: Callable[[], bool] = lambda: False) -> None:
    """Look again and again; a server that does not answer is asked again, an alarm is said each minute."""
    said = 0.0
    while not until():
        try:
            witness.once()
        except OSError:
            pass
        except Refusing as reason:
            if time.monotonic() - said > 60:
                said = time.monotonic()
                say(f"WITNESS {witness.key.name} REFUSES TO SIGN · الشاهد يرفض التوقيع: {reason}")
        time.sleep(EVERY)


def main(arguments: list[str] | None = None) -> int:
    """The command of an organisation: `python -m ihala.audit.witness --server … --name … --folder …`."""
    parser = argparse.ArgumentParser(prog="ihala audit witness", description="Witness of Ihala's log.")
    parser.add_argument("--server", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--folder", required=True, type=Path)
    asked = parser.parse_args(arguments)
    server = urlsplit(asked.server)
    if server.scheme not in ("http", "https") or not server.hostname:
        parser.error("--server is the address people type, such as https://ihala.example")
    if not NAME.fullmatch(asked.name):
        parser.error("--name is letters, digits, dots and hyphens, such as witness.aman")
    try:
        witness = Witness(asked.folder, asked.name, over_http(asked.server))
    except (OSError, ValueError) as reason:
        parser.error(f"--folder holds no witness and cannot: {reason}")
    say(f"Witness {witness.key}")
    with contextlib.suppress(KeyboardInterrupt):
        watch(witness, say)
    return 0


def say(line: str) -> None:
    """One line on the terminal or in the journal of the machine."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":  # pragma: no cover  a command
    sys.exit(main())
