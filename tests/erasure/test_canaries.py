"""Canaries: a marked word in every sealed value of a case and its referral; then everything a thief can carry away.

The words stand in every class, in notes, drafts, consents, the package, the exchange and what each side keeps. None may
be found in a dump, in the server's own files and its write-ahead log, in logs, in the home, in mail or in a backup, in
no encoding and not compressed. `tests/demo/test_story.py` does the same with every text of the demo, in the dump.
"""

import base64
import gzip
import os
import re
import subprocess
import time
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import connection

from config import machine, postgres
from config.backup import making, vessel
from config.databases import OWNER_ROLE, parse
from config.home import home
from ihala.cases import actions as cases
from ihala.cases.content import CASE, COMPANION, PERSON_OF_CONCERN, SURVIVOR, CaseContent, Kind
from ihala.cases.enums import AttachmentKind
from ihala.core.acting import acting
from ihala.core.vocabulary import Category, Service
from ihala.demo import papers, scenes
from ihala.demo.family import Family
from ihala.demo.paths import path_to
from ihala.referrals.enums import State
from tests import given

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("backup")]
LATIN, ARABIC = "Qanarie7Kzwx", "كناريظضغثذ"
WORDS = f"{ARABIC} {LATIN}"
PHONE = "+971550707077"
TEXTS = {
    Kind.LINE: WORDS,
    Kind.TEXT: WORDS,
    Kind.DOCUMENT_NUMBER: LATIN,
    Kind.PHONE: PHONE,
    Kind.NOTES: [WORDS],
}


def marked(fields, **given):
    """A canary in every field that takes words."""
    values = {field.key: TEXTS[field.kind] for field in fields if field.kind in TEXTS}
    rows = {
        field.key: [{row.key: TEXTS[row.kind] for row in field.rows if row.kind in TEXTS}]
        for field in fields
        if field.kind == Kind.ROWS
    }
    return values | rows | given


def a_marked_family() -> Family:
    content = CaseContent(
        str(Category.DOMESTIC_VIOLENCE),
        marked(SURVIVOR, sex="female"),
        (marked(COMPANION, sex="male", relation="son"),),
        (marked(PERSON_OF_CONCERN, relation="husband"),),
        marked(CASE, languages=["ar"], interpreter="none", danger="high"),
    )
    return Family("canary", "ar", content, (Service.SHELTER,))


def add_marked_files(case, by):
    """A document and a picture with canaries in their names and in what they show."""
    for data, name, what in (
        (papers.page(LATIN), f"{WORDS}.pdf", AttachmentKind.MEDICAL_REPORT),
        (
            papers.picture(more=b"\xff\xdb\x00\x43\x01" + LATIN.encode().ljust(64, b"\x01")),
            f"{LATIN}.jpg",
            AttachmentKind.PICTURE,
        ),
    ):
        cases.add_attachment(case, data, by=by, name=name, what=what)


def forms(text):
    """The ways in which a text could stand in a file."""
    for plain in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + plain)
            yield whole[(0, 4, 4)[shift] : len(whole) // 4 * 4 - 4]
    if not text.isascii():
        yield quote(text).encode()
        yield text.encode("unicode_escape")


FORMS = [form for text in (LATIN, ARABIC, PHONE) for form in forms(text)]
COMPRESSED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")


def found_in(data: bytes) -> list[bytes]:
    """The canaries in some bytes, as they are or compressed by zlib or gzip."""
    found = [form for form in FORMS if form in data]
    for start in COMPRESSED.finditer(data):
        opener = zlib.decompressobj(wbits=47)  # both formats
        try:
            plain = opener.decompress(data[start.start() : start.start() + 65536], 65536)
        except zlib.error:
            continue
        found += [form for form in FORMS if form in plain]
    return found


@pytest.mark.parametrize("text", [LATIN, ARABIC, PHONE])
def test_the_scan_would_find_a_canary_in_every_form(text):
    utf16 = text.encode("utf-16-le")
    hidden = [text.encode(), utf16, text.encode("utf-16-be"), text.encode().hex().upper().encode()]
    hidden += [base64.b64encode(b"x" * n + text.encode() + b"yz") for n in range(3)]
    hidden += [zlib.compress(b"before " + text.encode()), gzip.compress(utf16)]
    for data in hidden:
        assert found_in(b"\x00\x01" + data + b"\xff"), data


def test_no_canary_is_found_in_anything_a_thief_can_carry_away(server, monkeypatch, tmp_path):
    began = time.time() - 1
    monkeypatch.setattr(scenes, "pick", lambda language, what, turn: WORDS)
    aman = given.actor("aman.caseworker")
    scene = given.acted(given.a_scene(of=a_marked_family()), "case")
    with acting(aman):
        add_marked_files(scene.file, aman)
    given.acted(scene, f"{path_to(State.COMPLETED).removeprefix('case ')} note")
    with acting(aman):
        cases.add_note(scene.file, WORDS, by=aman)
        cases.save_draft({"survivor-name": [WORDS]}, by=aman, case=scene.file, based_on=1)
        opened = cases.open_case_page(scene.file, by=aman, purpose="work")
        file = cases.open_attachment(scene.file, 1, by=aman)
    assert LATIN in str(opened), "the canaries are there for who may read them"
    assert found_in(file.data), "in what the files show too"
    stick = tmp_path / "stick"
    (home() / "secrets" / vessel.PUBLIC).unlink(missing_ok=True)
    vessel.make_key(stick)
    address = server.address(OWNER_ROLE, connection.settings_dict["NAME"])
    backup = making.make(tmp_path / "backups", address, lambda line: None, verify=False)
    taken = {
        "dump": dump(address),
        "mail": "".join(str(one.message()) for one in mail.outbox).encode(),
        **files_of(home(), "home"),
        **files_of(backup, "backup"),
        **servers_files(server, began),
    }
    assert scene.subject.reference.encode() in taken["dump"], "the dump is what it should be"
    assert any(name.startswith("wal") for name in taken)
    assert any(
        scene.subject.reference.encode() in data for name, data in taken.items() if name.startswith("wal")
    )
    assert {name: found for name, data in taken.items() if (found := found_in(data))} == {}


def dump(address):
    found = parse(address)
    program = machine.binaries("pginstall18", None) / "bin" / "pg_dump"
    command = [str(program), "-h", found["HOST"], "-U", found["USER"], "-d", found["NAME"]]
    environment = os.environ | {"PGPASSWORD": found["PASSWORD"]}
    return subprocess.run(command, env=environment, check=True, capture_output=True).stdout


def files_of(folder: Path, name: str):
    return {
        f"{name}/{path.relative_to(folder)}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def servers_files(server, began):
    """The database's own files, the write-ahead log since then and the server's log."""
    with server.connect(postgres.SUPERUSER, connection.settings_dict["NAME"]) as raw:
        raw.execute("CHECKPOINT")
        (folder,) = raw.execute("SHOW data_directory").fetchone()
        (oid,) = raw.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    data = Path(folder)
    found = {f"table/{path.name}": path.read_bytes() for path in (data / "base" / str(oid)).iterdir()}
    wal = [path for path in (data / "pg_wal").iterdir() if path.is_file() and path.stat().st_mtime >= began]
    return (
        found
        | {f"wal/{path.name}": path.read_bytes() for path in wal}
        | {"log": (data / "server.log").read_bytes()}
    )
