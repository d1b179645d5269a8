"""The officer's pages, the second person's, and the same from a terminal."""

import io
from argparse import Namespace

import pytest
from pypdf import PdfReader

from ihala.audit.models import Event
from ihala.cases.models import Case, Person
from ihala.core.acting import acting
from ihala.erasure import command
from ihala.erasure.models import Erasure, LegalHold, RetentionRule
from ihala.referrals.enums import State
from tests import given
from tests.erasure.conftest import OFFICER, ask, carry_out, confirm

pytestmark = pytest.mark.django_db


def last():
    with acting(given.actor(OFFICER)):
        return Erasure.objects.order_by("requested_at").last()


def test_from_the_reference_to_the_certificate(aman):
    case = given.a_case()
    officer, director = given.signed_in(OFFICER), given.signed_in("aman.director")
    assert case.reference in officer.get("/erasure/new/", {"case": case.reference}).content.decode()
    sent = {"what": "case", "asked_by": "survivor", "asked_on": "2026-01-05", "ground": "right_to_erasure"}
    answer = officer.post(f"/erasure/new/?case={case.reference}", sent)
    page = f"/erasure/{last().pk}/"
    assert answer.headers["Location"] == page
    assert "confirm/" not in officer.get(page).content.decode(), "not by who asked"
    assert f"{page}confirm/" in director.get(page).content.decode()
    assert director.post(f"{page}confirm/").status_code == 302
    assert director.post(f"{page}confirm/").status_code == 409
    assert "قيد التنفيذ" in director.get(page).content.decode()
    assert officer.get(f"{page}certificate.pdf").status_code == 404, "nothing is certified before it is done"
    carry_out(last())
    for language in ("ar", "en", ""):
        printed = officer.get(f"{page}certificate.pdf", {"lang": language})
        assert printed.content.startswith(b"%PDF") and "no-store" in printed.headers["Cache-Control"]
        read = "".join(one.extract_text() for one in PdfReader(io.BytesIO(printed.content)).pages)
        assert case.reference in read
    assert given.signed_in("aman.caseworker").get(f"{page}certificate.pdf").status_code == 403
    assert given.signed_in("dfwac.dpo").get(f"{page}certificate.pdf").status_code == 404
    with acting(given.actor(OFFICER)):
        assert Event.objects.filter(name="erasure.certificate_printed").count() == 3
    for language, word in (("ar", "شهادة المحو"), ("en", "Certificate of erasure")):
        shown = given.signed_in(OFFICER, language=language).get(page).content.decode()
        assert word in shown
        assert "{" not in shown.partition("<main")[2].replace("{{", "")
    listed = officer.get("/erasure/").content.decode()
    assert case.reference in listed
    worker = given.signed_in("aman.caseworker")
    assert "مُحيت" in worker.get(f"/cases/{case.reference}/").content.decode()
    assert worker.get("/cases/?state=erased").status_code == 200


def test_what_makes_no_sense_is_said_in_words(aman):
    case = given.a_case()
    officer = given.signed_in(OFFICER)
    assert officer.get("/erasure/new/").status_code == 200
    assert officer.get("/erasure/new/", {"case": "C-0000-0000"}).status_code == 422
    address = f"/erasure/new/?case={case.reference}"
    assert officer.post(address, {"what": "case", "asked_on": "2999-01-01"}).status_code == 422
    good = {"what": "class:identity", "asked_by": "guardian", "asked_on": "2026-01-05", "ground": "unlawful"}
    assert officer.post(address, good).status_code == 302
    assert officer.post(address, good).status_code == 409
    cancel = f"/erasure/{last().pk}/cancel/"
    assert officer.post(cancel).status_code == 302
    assert officer.post(cancel).status_code == 409
    with acting(aman):
        child = Person.objects.filter(case=case, role="person_of_concern").first()
    assert officer.post(address, good | {"what": f"person:{child.pk}"}).status_code == 302
    assert last().person_id == child.pk


def test_a_case_that_cannot_be_erased_says_why_before_anything_is_typed():
    scene = given.a_scene_at(State.UNDER_REVIEW)
    shown = given.signed_in(OFFICER).get("/erasure/new/", {"case": scene.file.reference}).content.decode()
    assert scene.subject.reference in shown
    assert "<select" not in shown


def test_the_preview_of_a_referred_case_names_nobody(aman):
    scene = given.a_scene_at(State.COMPLETED)
    erasure = ask(scene.file)
    shown = given.signed_in("aman.director").get(f"/erasure/{erasure.pk}/").content.decode()
    assert scene.subject.reference in shown
    with acting(aman):
        from ihala.audit.enums import Purpose
        from ihala.cases.actions import open_case

        name = open_case(Case.objects.get(pk=scene.file.pk), by=aman, purpose=Purpose.WORK).survivor["name"]
    assert name not in shown


def test_holds_and_periods_are_set_on_their_pages(aman):
    case = given.a_case()
    officer = given.signed_in(OFFICER)
    assert officer.get("/erasure/holds/").status_code == 200
    assert officer.post("/erasure/holds/", {"case": "nothing", "reason": "claim"}).status_code == 422
    assert officer.post("/erasure/holds/", {"case": case.reference, "reason": "claim"}).status_code == 302
    waiting = officer.get("/erasure/new/", {"case": case.reference}).content.decode()
    assert "تحفظ قانوني" in waiting
    with acting(aman):
        hold = LegalHold.objects.get()
    assert str(hold.pk) in officer.get("/erasure/holds/").content.decode()
    assert officer.post(f"/erasure/holds/{hold.pk}/lift/").status_code == 302
    assert given.signed_in("dfwac.dpo").post(f"/erasure/holds/{hold.pk}/lift/").status_code == 404
    assert "مرفوع" in officer.get("/erasure/holds/").content.decode()
    period = {"category": "child_abuse", "years": "10", "minors_until": "21"}
    assert officer.post("/erasure/retention/", period | {"minors_until": "3"}).status_code == 422
    assert officer.post("/erasure/retention/", period).status_code == 302
    with acting(aman):
        assert RetentionRule.objects.get().years == 10
    assert "10 سنوات" in officer.get("/erasure/retention/").content.decode()


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("aman.caseworker", (403, 403, 403, 403)),
        ("aman.admin", (403, 403, 403, 403)),
        ("aman.director", (200, 403, 403, 403)),
        ("aman.supervisor", (200, 200, 403, 403)),
        ("aman.dpo", (200, 200, 200, 200)),
    ],
)
def test_each_role_reaches_its_own_pages(who, statuses):
    client = given.signed_in(who)
    pages = ("/erasure/", "/erasure/new/", "/erasure/holds/", "/erasure/retention/")
    assert tuple(client.get(page).status_code for page in pages) == statuses


def test_nobody_else_finds_an_erasure(aman):
    erasure = ask(given.a_case())
    for who in ("dfwac.dpo", "dfwac.director"):
        client = given.signed_in(who)
        assert client.get(f"/erasure/{erasure.pk}/").status_code == 404
        assert client.post(f"/erasure/{erasure.pk}/confirm/").status_code == 404
    given.actor("aman.supervisor")
    hidden = given.signed_in("aman.supervisor").get("/erasure/new/", {"case": erasure.case.reference})
    assert hidden.status_code == 422


# --------------------------------------------------------------------------------------------------------- terminal


def typed(user=OFFICER, **options):
    said = []
    usual = {
        "case": None, "cls": None, "person": None, "reason": "right_to_erasure", "asked_by": "survivor",
        "ask_receivers": False, "confirm": None, "yes": False, "user": user,
    }  # fmt: skip
    return command.run(Namespace(**usual | options), said.append), "\n".join(said)


def test_the_command_shows_first_asks_then_and_another_person_confirms(aman):
    case = given.helens_case()
    status, said = typed(case=case.reference, person="companion:2")
    assert (status, "Nothing was stored" in said or "--yes" in said) == (0, True)
    assert last() is None
    status, said = typed(case=case.reference, person="companion:2", yes=True)
    assert status == 0
    key = str(last().pk)
    assert key in said
    assert typed(confirm=key)[0] == 1, "not by who asked"
    assert "--yes" in typed("aman.director", confirm=key)[1]
    assert last().confirmed_at is None
    assert typed("aman.director", confirm=key, yes=True)[0] == 0
    carry_out(last())
    with acting(aman):
        assert Person.objects.filter(case=case, role="companion").count() == 1


@pytest.mark.parametrize(
    "options",
    [
        {"user": "nobody"},
        {"case": "C-0000-0000"},
        {"case": None},
        {"person": "companion:77"},
        {"person": "cousin"},
        {"confirm": "no-key"},
        {"confirm": "00000000-0000-0000-0000-000000000000"},
        {"user": "aman.caseworker"},
    ],
)
def test_the_command_refuses_in_words(options):
    case = given.a_case()
    status, said = typed(**({"case": case.reference} | options))
    assert (status, bool(said)) == (1, True)
    assert last() is None


def test_the_command_erases_a_class(aman):
    case = given.a_case()
    assert typed(case=case.reference, cls="clinical", yes=True)[0] == 0
    assert confirm(last()).disclosure_class == "clinical"
