"""Checks an export of Ihala's log, offline: python verify.py EXPORT [--trust KEY …] [--seen FILE …]

The whole checker is this file. It needs Python 3.11 and one library, `cryptography`, for Ed25519. Nobody has to believe
whoever runs the server: the export holds every event of one organisation with its salt, all other events as bare
hashes, and the checkpoints that the operator and the organisations' witnesses signed. From these it is recomputed

1. that each event gives the leaf that stands in the tree:   leaf = SHA-256(0x00 ‖ salt ‖ canonical JSON)
2. that the leaves give the root each checkpoint signs:      node = SHA-256(0x01 ‖ left ‖ right)   (RFC 9162, 2.1)
3. that the organisation's own events are numbered 1, 2, 3 … without a gap, in the order of the tree
4. that the signatures are those of keys which are themselves events of this log  (C2SP signed-note, tlog-checkpoint,
   tlog-cosignature), and that no key shown in the export differs from the one in the log

`--trust` names a key known from elsewhere (on paper, from your own witness); `--seen` is a checkpoint or an export
kept from before, which the log must still hold. Exit status: 0 sound, 1 an attack or nothing proved, 2 unreadable.
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "ihala-log-export/1"
KEY_REGISTERED, KEYS_OF_ORGANISATIONS = "log.key_registered", ("key.created", "key.rotated")
FORGOTTEN = "log.forgotten"
SALT_BYTES = 16
OPERATOR, WITNESS = 1, 4
"""Types of keys: a plain note signature, a timestamped cosignature."""

ATTACKS = {
    "rewritten": ("أُعيدت كتابة حدث بعد تسجيله", "An event was rewritten after it had been logged"),
    "omitted": ("حُذف حدث من السجل", "An event was left out"),
    "reordered": ("غُيّر ترتيب الأحداث", "Events were put in another order"),
    "forked": ("للسجل نسختان مختلفتان: عُرض على جهة غير ما عُرض على أخرى",
               "The log was forked: different histories were shown to different parties"),
    "rolled_back": ("أُعيد السجل إلى حال أقدم", "The log was rolled back to an earlier state"),
    "key_swapped": ("استُبدل مفتاح دون تسجيل", "A key was swapped without being logged"),
    "forged": ("توقيع غير صحيح", "A signature is not genuine"),
    "unproved": ("لا نقطة تحقق موقّعة من المشغّل ومن الشهود المطلوبين",
                 "No checkpoint is signed by the operator and the witnesses it takes"),
}  # fmt: skip


class Finding(NamedTuple):
    """What is wrong: a key of `ATTACKS`, and where."""

    attack: str
    where: str


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of what stands above two hashes."""
    return hashlib.sha256(b"\1" + left + right).digest()


def canonical(event: dict[str, Any]) -> bytes:
    """The bytes of an event: JSON, keys sorted, no spaces, UTF-8."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Tree:
    """A tree that grows to the right; only the roots of its whole subtrees are kept."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        self.size, self.peaks = size, list(peaks)

    def add(self, hashed: bytes) -> None:
        """One more leaf, by its hash."""
        self.size += 1
        carried = self.size
        while not carried & 1:
            hashed = node_hash(self.peaks.pop(), hashed)
            carried >>= 1
        self.peaks.append(hashed)

    def root(self) -> bytes:
        """The hash of the whole tree; that of nothing for an empty one."""
        if not self.peaks:
            return hashlib.sha256().digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


class Key(NamedTuple):
    """A public key by name: the operator's or a witness's."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """As on paper."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.type]) + self.public).decode()}"

    @staticmethod
    def read(text: str) -> "Key":
        """The other end of `str`; ValueError for what is none."""
        try:
            name, stated, encoded = text.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
            key = Key(name, raw[0], raw[1:])
        except (IndexError, ValueError):
            raise ValueError("not a key") from None
        if len(key.public) != 32 or key.type not in (OPERATOR, WITNESS) or key.id.hex() != stated or not name:
            raise ValueError("not a key")
        return key


class Note(NamedTuple):
    """A checkpoint: what is signed, what it says, and the signatures beneath (name, key id, the rest)."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes, bytes]]

    @staticmethod
    def read(note: str) -> "Note":
        """ValueError for what is no checkpoint."""
        text, _blank, beneath = note.rpartition("\n\n")
        lines = text.split("\n")
        odd = any(ord(sign) < 32 and sign != "\n" for sign in note)
        if odd or len(lines) < 3 or not beneath.endswith("\n"):
            raise ValueError("not a checkpoint")
        origin, size, root = lines[:3]
        if not origin or not (size.isascii() and size.isdigit() and str(int(size)) == size):
            raise ValueError("not a checkpoint")
        decoded = base64.b64decode(root, validate=True)
        if len(decoded) != 32:
            raise ValueError("not a checkpoint")
        signatures = [_signature(line) for line in beneath[:-1].split("\n")]
        return Note(text + "\n", origin, int(size), decoded, signatures)

    def signed_at(self, key: Key) -> int | None:
        """When the key signed (0 where no time is told), None if it did not; InvalidSignature if only said to have."""
        for name, key_id, rest in self.signatures:
            if (name, key_id) != (key.name, key.id):
                continue
            if key.type == OPERATOR:
                Ed25519PublicKey.from_public_bytes(key.public).verify(rest, self.text.encode())
                return 0
            at = int.from_bytes(rest[:8], "big")
            Ed25519PublicKey.from_public_bytes(key.public).verify(rest[8:], cosigned(self.text, at))
            return at
        return None


def counts(signed: set[int], signers: Iterable[int], concerned: set[int]) -> bool:
    """Enough have signed: the operator (0), the witnesses of those concerned, and two witnesses if there are two."""
    witnesses = set(signers) - {0}
    needed = {0, *(concerned & witnesses)}
    return bool(witnesses) and needed <= signed and len(signed & witnesses) >= min(2, len(witnesses))


def cosigned(text: str, at: int) -> bytes:
    """What a witness signs (C2SP tlog-cosignature, Ed25519)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, name, encoded = line.split(" ")
    raw = base64.b64decode(encoded, validate=True)
    if dash != "—" or not name or "+" in name or len(raw) < 5:
        raise ValueError("not a signature")
    return name, raw[:4], raw[4:]


class Examination:
    """Reads the export line by line and keeps what it finds wrong in `findings`."""

    def __init__(self, trusted: Iterable[Key] = (), seen: Iterable[Note] = ()) -> None:
        self.findings: list[Finding] = []
        self.header: dict[str, Any] = {}
        self.trusted, self.seen = list(trusted), list(seen)
        self.checkpoints: list[Note] = []
        self.shown: list[dict[str, Any]] = []
        self.tree, self.number, self.own, self.erased = Tree(), 0, 0, 0
        self.roots: dict[int, bytes] = {}
        self.wanted = {note.size for note in self.seen}
        self.registered: list[tuple[int, int, Key]] = []  # from which leaf on, whose (0: the operator's)
        self.signed: set[Key] = set()
        self.content_keys: set[tuple[int, int, str]] = set()
        self.forgotten: set[int] = set()
        self.gaps: list[tuple[int, int]] = []
        self.complete: Note | None = None

    def wrong(self, attack: str, where: str) -> None:
        """Keep a finding."""
        self.findings.append(Finding(attack, where))

    def read(self, line: dict[str, Any]) -> None:
        """One line of the export. Keys and checkpoints stand before the leaves."""
        kind = line["kind"]
        if kind == "export" and line["format"] == FORMAT:
            self.header = line
            self._root()
        elif kind == "checkpoint":
            self.checkpoints.append(Note.read(line["note"]))
            self.wanted.add(self.checkpoints[-1].size)
        elif kind == "key":
            self.shown.append(line)
        elif kind == "hashes":
            self._at(line["index"])
            packed = base64.b64decode(line["hashes"], validate=True)
            for start in range(0, len(packed), 32):
                self._add(packed[start : start + 32])
        elif kind == "leaf":
            self._at(line["index"])
            self._leaf(line)
        else:
            raise ValueError(f"not {FORMAT}")

    def _at(self, index: int) -> None:
        if index != self.tree.size:
            self.wrong("omitted" if index > self.tree.size else "reordered", f"leaf {self.tree.size}")

    def _add(self, hashed: bytes) -> None:
        self.tree.add(hashed)
        self._root()

    def _root(self) -> None:
        if self.tree.size in self.wanted:
            self.roots[self.tree.size] = self.tree.root()

    def _leaf(self, line: dict[str, Any]) -> None:
        """An event in full, or an erased one of which only the hash is left."""
        hashed, index = base64.b64decode(line["hash"], validate=True), self.tree.size
        event = line.get("event")
        if event is None:
            self.erased += 1
        else:
            salt = base64.b64decode(line["salt"], validate=True)
            if len(salt) != SALT_BYTES or leaf_hash(salt + canonical(event)) != hashed:
                self.wrong("rewritten", f"leaf {index}")
            self._numbered(event, index)
            self._learn(event, index)
        self._add(hashed)

    def _numbered(self, event: dict[str, Any], index: int) -> None:
        """The organisation's own events count 1, 2, 3 …; what is missing must have been erased on record."""
        number = event["numbers"].get(str(self.header["organisation"]))
        if number is None:
            return
        self.own += 1
        if number <= self.number:
            self.wrong("reordered", f"leaf {index}, number {number} after {self.number}")
            return
        if number > self.number + 1:
            self.gaps.append((self.number + 1, number - 1))
        self.number = number

    def _learn(self, event: dict[str, Any], index: int) -> None:
        """Keys that are registered here, and numbers that were erased on record."""
        detail, whose = event["detail"], event["organisation"] or 0
        if event["name"] == KEY_REGISTERED and not event["refusal"]:
            kind = OPERATOR if detail["role"] == "operator" else WITNESS
            self.registered.append((index, whose, Key(detail["name"], kind, _key_bytes(detail["key"]))))
        elif event["name"] in KEYS_OF_ORGANISATIONS and not event["refusal"]:
            self.content_keys.add((whose, detail["version"], detail["fingerprint"]))
        elif event["name"] == FORGOTTEN and whose == self.header["organisation"]:
            self.forgotten.update(detail["numbers"])

    def finish(self) -> list[Finding]:
        """All findings, once everything has been read."""
        for first, last in self.gaps:
            missing = [number for number in range(first, last + 1) if number not in self.forgotten]
            if missing:
                self.wrong("omitted", f"number {missing[0]}" + (f"–{missing[-1]}" if missing[1:] else ""))
        self._check_keys()
        for note in self.checkpoints:
            self._check(note)
        for key in (one for one in self.trusted if one not in self.signed):
            self.wrong("key_swapped", f"{key} is trusted and signed nothing here")
        for note in self.seen:
            if note.size > self.tree.size:
                self.wrong("rolled_back", f"seen with {note.size} leaves, now {self.tree.size}")
            elif self.roots[note.size] != note.root:
                self.wrong("forked", f"a checkpoint of {note.size} leaves was seen with another root")
        if self.complete is None:
            self.wrong("unproved", f"{len(self.checkpoints)} checkpoints")
        return self.findings

    def _check_keys(self) -> None:
        logged = {key for _index, _whose, key in self.registered}
        for line in self.shown:
            if line["role"] == "content":
                known = (line["organisation"], line["version"], line["fingerprint"]) in self.content_keys
            else:
                known = Key.read(line["key"]) in logged
            if not known:
                self.wrong("key_swapped", f"{line['role']}, organisation {line['organisation']}")

    def _check(self, note: Note) -> None:
        """A checkpoint needs the signatures of the newest key of each, as registered in the leaves before."""
        where = f"checkpoint of {note.size} leaves"
        signers = {whose: key for index, whose, key in self.registered if index < note.size}
        try:
            signed = {whose for whose, key in signers.items() if note.signed_at(key) is not None}
        except InvalidSignature:
            return self.wrong("forged", where)
        if note.size > self.tree.size:
            return self.wrong("rolled_back", f"{where}, now {self.tree.size}")
        if 0 not in signed or note.origin != signers[0].name:
            return self.wrong("key_swapped", f"{where}: not signed by the operator's key of this log")
        if self.roots[note.size] != note.root:
            twice = any(other.size == note.size and other.root != note.root for other in self.checkpoints)
            return self.wrong("forked" if twice else "rewritten", f"{where}: these leaves have another root")
        self.signed |= {signers[whose] for whose in signed}
        newer = self.complete is None or note.size >= self.complete.size
        if newer and counts(signed, signers, {self.header["organisation"]}):
            self.complete = note
        return None


def _key_bytes(code: str) -> bytes:
    return base64.urlsafe_b64decode(code.removeprefix("ed25519:") + "=")


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of an export: `log.jsonl` itself, or the archive it came in."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive, archive.open("log.jsonl") as file:
            yield from map(json.loads, file)
    else:
        with path.open("rb") as file:
            yield from map(json.loads, file)


def notes_of(path: Path) -> list[Note]:
    """Checkpoints kept from before: a single one, or all of an earlier export."""
    if not zipfile.is_zipfile(path) and not path.read_bytes()[:1].startswith(b"{"):
        return [Note.read(path.read_text(encoding="utf-8"))]
    return [Note.read(line["note"]) for line in lines_of(path) if line["kind"] == "checkpoint"]


def examine(path: Path, trusted: Iterable[Key] = (), seen: Iterable[Note] = ()) -> Examination:
    """Read and check an export."""
    examination = Examination(trusted, seen)
    for line in lines_of(path):
        examination.read(line)
    examination.finish()
    return examination


def told(found: Examination) -> str:
    """The result in words, Arabic and English."""
    whose = found.header["organisation"]
    out = [f"{found.header['origin']} · leaves / الأوراق: {found.tree.size} · organisation / الجهة: {whose}"]
    out.append(f"Its events / أحداثها: {found.own} · Erased on record / ممحو بقيد: {found.erased}")
    for finding in found.findings:
        arabic, english = ATTACKS[finding.attack]
        out.append(f"✗ {arabic}\n  {english}: {finding.where}")
    if (note := found.complete) is not None:
        out.append(f"Signed as it takes / موقّع كما يلزم: {note.size}, {base64.b64encode(note.root).decode()}")
        out.append(f"Newer than that / أحدث من ذلك: {found.tree.size - note.size}")
    out += [f"Key / مفتاح: {key} (organisation {whose})" for _index, whose, key in found.registered]
    out.append("✗ السجل غير سليم · NOT SOUND" if found.findings else "✓ السجل سليم · SOUND")
    return "\n".join(out)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(description="Check an export of Ihala's log, offline.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--trust", action="append", default=[], metavar="KEY", help="known from elsewhere")
    parser.add_argument("--seen", action="append", default=[], type=Path, metavar="FILE", help="kept before")
    asked = parser.parse_args(arguments)
    try:
        seen = [note for path in asked.seen for note in notes_of(path)]
        found = examine(asked.export, [Key.read(text) for text in asked.trust], seen)
        print(told(found))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as reason:
        print(f"لا يمكن قراءة الملف · Not readable: {type(reason).__name__}")
        return 2
    return 1 if found.findings else 0


if __name__ == "__main__":  # pragma: no cover  a command
    sys.exit(main())
