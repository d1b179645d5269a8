"""Where a shelter is, who lives there and how many stays with it: everything the sender's organisation can get is read.

Canaries stand in the name and address of a house, in its codes, and in all that is known of a family that lives there.
Then Aman asks, refers, is accepted with beds held, told of the hold that nears its end, sees the arrival and a decline.
Every page its people can reach by links, the letter, the log and its export, the e-mails, the calendar and every row
of every table that the database shows to any of them are collected, channel by channel. In none is a canary; and
between a house full of people and an empty one, with the same answer, nothing differs but what is random.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pypdf import PdfReader

from ihala.accounts.roles import Role
from ihala.audit import signing
from ihala.audit.sequencer import Sequencer
from ihala.cases.actions import give_access
from ihala.cases.enums import AccessReason
from ihala.core import clock
from ihala.core.acting import acting
from ihala.demo.acts import ACTS
from ihala.demo.scenes import play
from ihala.notifications.actions import deliver
from ihala.organisations.models import Actor
from ihala.shelter import actions as shelter
from ihala.shelter.enums import UnitKind
from ihala.shelter.models import Hold, Stay, Unit
from ihala.shelter.tasks import mind_holds
from tests import given
from tests.erasure.test_canaries import ARABIC, LATIN, PHONE, WORDS, a_marked_family
from tests.journeys.crawl import Reader, kind_of

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 3, 8, 0, tzinfo=UTC)
COMPARED = ("aman.caseworker", "aman.dpo")
SENDERS = (*COMPARED, "aman.supervisor", "aman.duty", "aman.director", "aman.admin")
"""Those whose pages are compared read first: whoever reads leaves lines in the log."""
CODES = ("Z9QX", "F7QX", "G7QX", "H7QX")
REFERRED = "case consent draft send ack conflict accept:beds+20m"
ARRIVED = "plan:3h ok_s ok_r arrived_s+2h arrived_r progress"
DECLINED = "case consent draft send ack propose:accessibility confirm next"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # keys
    r"|[RC]-[0-9A-Z]{4}-[0-9A-Z]{4}"  # references
    r"|[A-Z2-7]{4}(?:.[A-Z2-7]{4}){7}"  # a secret of an app, in groups
    r"|[A-Za-z0-9+/=_-]{32,}|\b[0-9a-f]{16}\b|&quot;[0-9a-f]{24}&quot;"  # tokens, hashes, marks of versions
    r"|Date: .*|Message-ID: .*|\"organisation_id\": \d+|\.…:\w+:"
    r"|(?<=/)\d+(?=/)|(?<=value=\")\d+"  # numbered rows
)


@pytest.fixture(autouse=True)
def log_folder(settings: Any, tmp_path: Any) -> None:
    """The log's keys of this test."""
    settings.LOG_DIR = tmp_path / "log"


def a_house(*, full: bool) -> set[str]:
    """One flat a wheelchair gets into, a room women share, a single room; `full`: a family lives in the shared room,
    beds are held for another. What must not be told of it."""
    by = given.actor("dfwac.supervisor")
    with acting(by):
        house = shelter.make_house(CODES[0], name=WORDS, address=WORDS, by=by)
        flat = shelter.Layout(UnitKind.FLAT, wheelchair=True, ground_floor=True)
        room = shelter.Layout(UnitKind.SHARED_ROOM, shared=True)
        for code, layout, beds in ((CODES[1], flat, 4), (CODES[2], room, 6), (CODES[3], flat, 1)):
            unit = shelter.make_unit(house, code, layout, by=by)
            for number in range(beds):
                shelter.make_bed(unit, f"B{number}", by=by)
        units = {unit.code: unit for unit in Unit.objects.all()}
        shelter.report_maintenance(units[CODES[2]], kind="water", note=WORDS, by=by)
        secret = {str(house.pk), *(str(unit.key) for unit in units.values())}
    return secret | (_residents(units) if full else set())


def _residents(units: dict[str, Unit]) -> set[str]:
    by, worker = given.actor("dfwac.supervisor"), given.actor("dfwac.caseworker")
    scenes = [given.a_scene(of=a_marked_family(), sender="dfwac", receiver="aman") for _ in range(2)]
    cases = [given.acted(scene, "case").file for scene in scenes]
    with acting(worker):
        for case in cases:
            give_access(case, by=worker, role=Role.SUPERVISOR, reason=AccessReason.SUPERVISES)
    with acting(by):
        beds = list(units[CODES[2]].beds.order_by("pk"))
        stay = shelter.admit(beds[:3], family=cases[0].pk, by=by)
        shelter.keep_belongings(stay, WORDS, by=by)
        shelter.keep_apart(cases[0].pk, cases[1].pk, reason=WORDS, by=by)
        until = clock.now() + timedelta(days=20)
        held = shelter.hold(beds[3:5], family=cases[1].pk, until=until, by=by)
    keys = (stay.pk, held.pk, *(case.pk for case in cases))
    return {*map(str, keys), *(case.reference for case in cases)}


def the_sender_lives_through_it() -> set[str]:
    """Asked, accepted, held, warned, arrived; another one declined. The receiver's own keys of it are secret too."""
    aman, dubai = given.actor("aman.caseworker"), given.actor("dfwac.supervisor")
    play(given.a_scene(), DECLINED, ACTS, NOON - timedelta(days=3))
    scene = given.a_scene(of=given.HELEN)
    play(scene, REFERRED, ACTS, NOON - timedelta(days=2))
    with acting(dubai):
        held = Hold.objects.get(backs=scene.subject.pk)
    with clock.at(held.warn_at):
        mind_holds(0)
    play(scene, ARRIVED, ACTS, held.warn_at)
    client = given.signed_in(aman.username, Client())
    form = client.get(f"/fit/case/{scene.file.reference}/").context["form"]
    asked = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    assert client.post(f"/fit/case/{scene.file.reference}/", asked).status_code == 302
    with acting(dubai):
        stay = Stay.objects.get(hold=held)
        case = scene.subject.sides.get(organisation=dubai.organisation_id).case
    return {str(held.pk), str(stay.pk), str(case.pk), case.reference}


# ── What the sender can get ────────────────────────────────────────────────────────────────────────────────────────


def pages(name: str) -> Iterator[tuple[str, str]]:
    """Every page this person reaches by pressing links, of most kinds one; the letter in words."""
    client = given.signed_in(name, Client(raise_request_exception=False), "en")
    waiting, times = ["/", "/fit/asked/", "/shelter/", "/organisations/calendar/"], {}
    known = set(waiting)
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        times[kind] = times.get(kind, 0) + 1
        if times[kind] > 1 + (kind == "referrals:detail") or "language" in kind or kind.startswith("account"):
            continue
        answer = client.get(address, follow=True)
        assert answer.status_code in (200, 403, 404), (address, answer.status_code)
        body = answer.content
        if answer.headers["Content-Type"] == "application/pdf":
            yield "letter", "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
            continue
        yield ("calendar" if "calendar" in address else "page " + kind), body.decode(errors="replace")
        if answer.headers["Content-Type"].startswith("text/html"):
            for link in Reader(body.decode()).links:
                found = urlsplit(urljoin(address, link))
                inner = found.path + (f"?{found.query}" if found.query else "")
                if not found.netloc and found.path.startswith("/") and inner not in known:
                    known.add(inner)
                    waiting.append(inner)


def exported() -> str:
    """The log as the officer takes it away."""
    signing.register_operator()
    Sequencer().all()
    answer = given.signed_in("aman.dpo", Client()).post("/audit/export/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def mailed() -> str:
    """Every notice of Aman's, sent."""
    mail.outbox.clear()
    deliver(given.cast().aman.pk)
    assert mail.outbox
    return "".join(str(one.message()) for one in mail.outbox)


def rows(actor: Actor) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every row of every table that the database shows this person, with no code between."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            try:
                with transaction.atomic():
                    cursor.execute(f'SELECT * FROM "{table}"')
            except DatabaseError:  # the role may not read it at all
                continue
            names = [column.name for column in cursor.description or ()]
            yield table, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Told:
    """All that these people can get, by channel, in words and in rows."""

    words: dict[str, str]
    rows: dict[str, list[dict[str, Any]]]

    def holding(self, forms: list[str]) -> dict[str, list[str]]:
        """The channels in which one of the forms stands."""
        everything = self.words | {channel: repr(found) for channel, found in self.rows.items()}
        found = {channel: [one for one in forms if one in text] for channel, text in everything.items()}
        return {channel: those for channel, those in found.items() if those}

    def comparable(self, name: str) -> dict[str, Any]:
        """What one person gets, without keys, references, hashes and sealed bytes; rows in order.

        Leaves of the log tell how many events the whole installation has had; decision 20 says why that is no secret.
        """
        words = {
            key: RANDOM.sub("…", text) for key, text in self.words.items() if key.startswith((name, "e-mail"))
        }
        plain = {
            key: sorted(
                RANDOM.sub(
                    "…", repr({column: value for column, value in row.items() if _plain(column, value)})
                )
                for row in found
            )
            for key, found in self.rows.items()
            if key.startswith(name) and not key.endswith("audit_leaf")
        }
        return words | plain


def _plain(column: str, value: Any) -> bool:
    return (
        not isinstance(value, UUID | bytes | memoryview)
        and column not in ("id", "tx")
        and "_id" not in column
    )


def everything(*names: str) -> Told:
    """By channel, all that these people can get; tables of sign-in hold only what the browser holds."""
    told = Told({"export": exported(), "e-mail": mailed()}, {})
    for name in names:
        for channel, text in pages(name):
            told.words[f"{name}: {channel}"] = told.words.get(f"{name}: {channel}", "") + text
        found = {f"{name}: rows of {table}": those for table, those in rows(given.actor(name))}
        told.rows.update(
            {channel: those for channel, those in found.items() if "django_session" not in channel}
        )
    return told


def hidden(text: str) -> list[str]:
    """The ways in which a key could stand somewhere."""
    return [text, text.replace("-", "")] if re.fullmatch(r"[0-9a-f-]{36}", text) else [text]


def test_in_no_channel_does_the_sender_learn_where_a_place_is_who_lives_there_or_how_many() -> None:
    given.cast()
    told = {}
    for full, names in ((True, SENDERS), (False, COMPARED)):
        with transaction.atomic(), clock.at(NOON):
            with clock.at(NOON - timedelta(days=9)):
                secret = a_house(full=full)
            secret |= the_sender_lives_through_it()
            told[full] = everything(*names)
            forms = [LATIN, ARABIC, PHONE, *CODES, *(form for one in secret for form in hidden(one))]
            assert told[full].holding(forms) == {}
            transaction.set_rollback(True)
    channels = " ".join((*told[True].words, *told[True].rows))
    for wanted in (
        "fit:answers", "referrals:detail", "referrals:receipts", "audit:log", "notifications:list", "letter",
        "calendar", "export", "e-mail", "rows of audit_event", "rows of shelter_asking",
    ):  # fmt: skip
        assert wanted in channels, wanted
    for name in COMPARED:
        one, other = (told[full].comparable(name) for full in (True, False))
        assert set(one) == set(other)
        assert {channel for channel in one if one[channel] != other[channel]} == set()
