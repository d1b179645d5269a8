"""Files in a disclosure package: chosen, a snapshot, closed before acceptance, open after it, on the receipts."""

from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from pypdf import PdfReader

from ihala.audit.enums import Purpose
from ihala.cases import actions as cases
from ihala.cases.models import Case
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.referrals import actions, facts
from ihala.referrals.actions import files, package
from ihala.referrals.models import PackageFile, PackagePart, Receipt, Referral
from tests import given

pytestmark = pytest.mark.django_db

BEFORE = "case consent file:scan file:order draft"


@pytest.fixture
def scene():
    return given.acted(given.a_scene(), f"{BEFORE} send ack conflict")


def read(scene, username: str, number: int = 1, version: int = 1):
    actor = given.actor(username)
    with acting(actor):
        return files.read(Referral.objects.get(pk=scene.subject.pk), version, number, by=actor)


def get(username: str, scene, number: int = 1, version: int = 1):
    address = f"/referrals/{scene.subject.reference}/files/{version}/{number}/"
    return given.signed_in(username).get(address)


def test_the_receiver_has_no_file_before_it_accepts_and_all_of_them_after(scene):
    with pytest.raises(Refused, match="no_live_basis"):
        read(scene, "dfwac.duty")
    assert get("dfwac.duty", scene).status_code == 403
    given.acted(scene, "accept")
    ours, theirs = read(scene, "aman.caseworker"), read(scene, "dfwac.duty")
    assert ours == theirs and theirs.data.startswith(b"\x89PNG")
    answer = get("dfwac.duty", scene, number=2)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="attachment-2.pdf"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for number, version in ((3, 1), (1, 2), (0, 1)):
        assert get("dfwac.duty", scene, number, version).status_code == 404
    assert get("sharjah.caseworker", scene).status_code == 404
    page = given.signed_in("dfwac.duty").get(f"/referrals/{scene.subject.reference}/").content.decode()
    assert f"/referrals/{scene.subject.reference}/files/1/2/" in page
    with acting(given.actor("dfwac.duty")):
        receipt = Receipt.objects.get(referral=scene.subject, disclosure_class="attachments")
    assert [field["path"] for field in receipt.fields] == ["attachments.1", "attachments.2"]
    listed = given.signed_in("aman.caseworker").get(f"/referrals/{scene.subject.reference}/receipts/")
    assert "مرفق 2" in listed.content.decode()


def test_what_was_sent_stays_as_sent_and_an_amendment_sends_what_is_there_now(scene):
    given.acted(scene, "accept")
    worker = given.actor("aman.caseworker")
    with acting(worker):
        cases.remove_attachment(Case.objects.get(pk=scene.file.pk), 1, by=worker)
    assert read(scene, "dfwac.duty").data.startswith(b"\x89PNG")
    given.acted(scene, "file:picture amend")
    assert read(scene, "dfwac.duty", 3, 2).data.startswith(b"\xff\xd8")
    assert get("dfwac.duty", scene, number=1, version=2).status_code == 404
    page = given.signed_in("dfwac.duty", language="en").get(f"/referrals/{scene.subject.reference}/")
    assert "Attachment 3" in page.content.decode()


def test_an_ending_closes_the_files_to_the_receiver(scene):
    given.acted(scene, "accept withdraw")
    with pytest.raises(Refused, match="no_live_basis"):
        read(scene, "dfwac.duty")
    assert read(scene, "aman.caseworker").data


def test_arrival_fills_the_receivers_case_with_the_files_too(scene):
    given.acted(scene, "accept plan ok_s ok_r arrived_r arrived_s")
    supervisor = given.actor("dfwac.supervisor")
    with acting(supervisor):
        side = facts.side(Referral.objects.get(pk=scene.subject.pk), supervisor.organisation_id)
        content = cases.open_case(side.case, by=supervisor, purpose=Purpose.WORK)
        copy = cases.open_attachment(side.case, 2, by=supervisor)
    assert list(content.attachments) == [1, 2]
    assert copy == read(scene, "aman.caseworker", 2)


def test_a_file_can_be_withheld_and_a_class_left_out():
    scene = given.acted(given.a_scene(), BEFORE)
    client = given.signed_in("aman.caseworker")
    shown = client.get(f"/referrals/{scene.subject.reference}/disclosure/").content.decode()
    assert 'value="attachments.1"' in shown and 'value="attachments.2"' in shown
    assert client.get(f"/referrals/{scene.subject.reference}/review/").status_code == 200
    worker = given.actor("aman.caseworker")
    with acting(worker):
        actions.revise(Referral.objects.get(pk=scene.subject.pk), by=worker, withheld=["attachments.1"])
    given.acted(scene, "send")
    with acting(worker):
        held = PackageFile.objects.filter(part__referral=scene.subject).values_list("attachment", flat=True)
        assert set(held) == {2}
    left_out = given.acted(given.a_scene(of=given.HELEN), BEFORE)
    with acting(worker):
        actions.revise(Referral.objects.get(pk=left_out.subject.pk), by=worker, classes=["identity"])
    given.acted(left_out, "send")
    with acting(worker):
        assert not PackageFile.objects.filter(part__referral=left_out.subject).exists()


def test_a_discarded_draft_takes_its_copies_with_it():
    scene = given.acted(given.a_scene(), f"{BEFORE} submit return")
    worker = given.actor("aman.caseworker")
    with acting(worker):
        assert PackageFile.objects.count() == 2
        actions.discard(Referral.objects.get(pk=scene.subject.pk), by=worker)
        assert not PackageFile.objects.exists()


def test_the_receiver_writes_no_file_into_the_package(scene):
    given.acted(scene, "accept")
    duty = given.actor("dfwac.duty")
    with acting(duty):
        part = PackagePart.objects.get(referral=scene.subject, disclosure_class="attachments")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            PackageFile.objects.create(part=part, attachment=9, number=0, body=b"x")
        assert PackageFile.objects.filter(part=part)._raw_delete("default") == 0


def test_the_letter_names_the_files_and_a_name_of_hostile_letters_stays_text(scene):
    worker = given.actor("aman.caseworker")
    with acting(worker):
        parts = package.open_parts(scene.subject, by=worker, purpose=Purpose.LETTER)
    (values,) = [values for part, values in parts if part.disclosure_class == "attachments"]
    assert values["attachments.2"]["name"] == "امر حماية.pdf"
    letter = given.signed_in("aman.caseworker").get(
        reverse("reporting:letter", args=[scene.subject.reference])
    )
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(letter.content)).pages)
    assert "IMG_2041.png" in words
