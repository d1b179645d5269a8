"""Files of a case: sealed in pieces, opened one at a time and on record, removed, never anybody else's."""

import re
from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from ihala.audit.enums import EventName, Purpose
from ihala.audit.models import Event
from ihala.cases import actions, attachments
from ihala.cases.enums import AttachmentKind, CloseReason
from ihala.cases.models import Attachment, AttachmentPiece, Case
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.demo.papers import DISTURBED, page, picture, scan
from ihala.organisations.models import Actor
from ihala.vault import salts
from ihala.vault.models import Grant
from ihala.vault.sealing import LARGEST_PIECE, PIECE_PADDED_TO
from tests.organisations.cast import Party
from tests.walls import blocked, run

from .conftest import SignIn

NAME = "C:\\Users\\helen\\‮order.pdf"


def added(case: Case, by: Actor, data: bytes = page("Order"), name: str = NAME) -> Attachment:
    with acting(by):
        return actions.add_attachment(case, data, by=by, name=name, what=AttachmentKind.COURT_ORDER)


def refusal(code: str) -> "pytest.RaisesContext[Refused]":
    return pytest.raises(Refused, match=code)


def test_a_file_is_kept_cleaned_under_its_bare_name_and_opened_on_record(aman: Party, case: Case) -> None:
    added(case, aman.caseworker)
    with acting(aman.caseworker):
        fresh = Case.objects.get(pk=case.pk)
        opened = actions.open_attachment(fresh, 1, by=aman.caseworker)
        event = Event.objects.filter(name=EventName.SEALED_OPENED).latest("at", "id")
        listed = actions.open_case_page(fresh, by=aman.caseworker, purpose=Purpose.WORK)
    assert opened.data.startswith(b"%PDF-") and DISTURBED not in opened.data
    assert opened.about["name"] == "order.pdf"
    assert event.detail == {"purpose": "download", "classes": ["attachments"]}
    assert listed.content.attachments == {1: opened.about}
    assert (fresh.files, fresh.version) == (1, case.version)


def test_a_long_file_is_sealed_in_full_pieces_that_tell_only_their_number(
    aman: Party, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = bytes(range(256)) * 1200
    assert len(long) > LARGEST_PIECE
    cleaned = attachments.Cleaned(attachments.clean(scan()).kind, long)
    monkeypatch.setattr(attachments, "clean", lambda data: cleaned)
    added(case, aman.caseworker, b"x")
    with acting(aman.caseworker):
        lengths = {len(bytes(piece.body)) for piece in AttachmentPiece.objects.all()}
        assert actions.open_attachment(Case.objects.get(pk=case.pk), 1, by=aman.caseworker).data == long
    assert lengths == {PIECE_PADDED_TO + 28}


def test_pieces_that_are_missing_or_swapped_are_found_out(
    aman: Party, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = attachments.clean(scan()).kind
    monkeypatch.setattr(attachments, "clean", lambda data: attachments.Cleaned(kind, data))
    added(case, aman.caseworker, b"a" * (LARGEST_PIECE + 9))
    with acting(aman.caseworker):
        fresh = Case.objects.get(pk=case.pk)
        AttachmentPiece.objects.filter(number=1).delete()
        with refusal("file_damaged"):
            actions.open_attachment(fresh, 1, by=aman.caseworker)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"<html>", "file_unknown"),
        (picture()[:-2], "file_damaged"),
        (b"x" * 9_000_000, "file_too_large"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing(aman: Party, case: Case, data: bytes, code: str) -> None:
    with refusal(code):
        added(case, aman.caseworker, data)
    with acting(aman.caseworker):
        assert not Attachment.objects.exists()
        assert not Grant.objects.filter(disclosure_class="attachments").exists()


def test_who_has_no_access_or_only_reads_adds_and_removes_nothing(
    aman: Party, case: Case, colleague: Actor
) -> None:
    with refusal("not_visible"):
        added(case, colleague)
    added(case, aman.caseworker)
    with acting(colleague):
        with refusal("not_visible"):
            actions.open_attachment(case, 1, by=colleague)
        with refusal("not_visible"):
            actions.remove_attachment(case, 1, by=colleague)
    with acting(aman.caseworker):
        with refusal("no_such_file"):
            actions.open_attachment(case, 7, by=aman.caseworker)
        closed = actions.close_case(case, by=aman.caseworker, reason=CloseReason.LEFT)
    with refusal("case_closed"):
        added(closed, aman.caseworker)


def test_a_removed_file_leaves_who_and_when_and_its_number_is_not_given_again(
    aman: Party, case: Case
) -> None:
    added(case, aman.caseworker)
    with acting(aman.caseworker):
        fresh = Case.objects.get(pk=case.pk)
        actions.remove_attachment(fresh, 1, by=aman.caseworker)
        with refusal("no_such_file"):
            actions.remove_attachment(fresh, 1, by=aman.caseworker)
        with refusal("no_such_file"):
            actions.open_attachment(fresh, 1, by=aman.caseworker)
        row = Attachment.objects.get(case=case)
        assert (row.about, row.removed_by_id) == (None, aman.caseworker.membership_id)
        assert not AttachmentPiece.objects.exists()
        assert (
            actions.open_case(
                Case.objects.get(pk=case.pk), by=aman.caseworker, purpose=Purpose.WORK
            ).attachments
            == {}
        )
        assert Event.objects.filter(name=EventName.CASE_FILE_REMOVED, detail={"number": 1}).exists()
    assert added(case, aman.caseworker).number == 2


def test_a_case_takes_so_many_files_and_no_more(aman: Party, case: Case) -> None:
    with acting(aman.caseworker):
        Case.objects.filter(pk=case.pk).update(files=attachments.MOST_FILES)
    with refusal("too_many_files"):
        added(case, aman.caseworker)


def test_saving_the_form_touches_no_file(aman: Party, case: Case) -> None:
    added(case, aman.caseworker)
    with acting(aman.caseworker):
        fresh = Case.objects.get(pk=case.pk)
        content = actions.open_case(fresh, by=aman.caseworker, purpose=Purpose.WORK)
        actions.update_case(
            fresh, replace(content, attachments={}), by=aman.caseworker, version=fresh.version
        )
        again = actions.open_case(Case.objects.get(pk=case.pk), by=aman.caseworker, purpose=Purpose.WORK)
    assert list(again.attachments) == [1]


def test_destroying_the_cases_salt_takes_its_files_with_it(aman: Party, case: Case) -> None:
    added(case, aman.caseworker)
    salts.destroy(case.pk)
    with acting(aman.caseworker), refusal("no_live_basis"):
        actions.open_attachment(case, 1, by=aman.caseworker)


def test_erasing_the_class_leaves_a_line_without_content(aman: Party, case: Case, writer: Client) -> None:
    added(case, aman.caseworker)
    salts.erase(case.pk, salts.fingerprints(case.pk, ["attachments"]))
    with acting(aman.caseworker):
        fresh = Case.objects.get(pk=case.pk)
        with refusal("no_such_file"):
            actions.open_attachment(fresh, 1, by=aman.caseworker)
        assert actions.open_case(fresh, by=aman.caseworker, purpose=Purpose.WORK).attachments == {}
    shown = writer.get(reverse("cases:detail", args=[case.reference]))
    assert shown.status_code == 200 and b"order.pdf" not in shown.content


@pytest.mark.parametrize("table", ["cases_attachment", "cases_attachmentpiece"])
def test_another_organisation_reads_and_writes_no_file(
    aman: Party, dfwac: Party, case: Case, table: str
) -> None:
    added(case, aman.caseworker)
    with acting(aman.caseworker):
        assert run(f"SELECT * FROM {table}") == 1
        piece = AttachmentPiece.objects.get()
    with acting(dfwac.supervisor):
        assert run(f"SELECT * FROM {table}") == 0
        blocked(f"UPDATE {table} SET id = id")
        blocked(f"DELETE FROM {table}")
        blocked(
            "INSERT INTO cases_attachmentpiece (id, attachment_id, number, body) VALUES (%s, %s, 9, 'x')",
            (uuid4(), piece.attachment_id),
        )


# ---------------------------------------------------------------------------------------- the pages


def sent(client: Client, case: Case, data: bytes, name: str = "a.pdf", what: str = "court_order"):
    upload = SimpleUploadedFile(name, data, content_type="text/html")
    return client.post(reverse("cases:files", args=[case.reference]), {"what": what, "file": upload})


def test_a_file_is_added_listed_taken_along_and_removed_without_a_script(writer: Client, case: Case) -> None:
    assert writer.get(reverse("cases:files", args=[case.reference])).status_code == 200
    detail = reverse("cases:detail", args=[case.reference])
    assert sent(writer, case, page("Order")).url == detail + "#files"
    shown = writer.get(detail).content.decode()
    address = reverse("cases:file", args=[case.reference, 1])
    assert address in shown and "a.pdf" in shown
    answer = writer.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="attachment-1.pdf"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    remove = reverse("cases:remove_file", args=[case.reference, 1])
    assert writer.get(remove).status_code == 200
    assert writer.post(remove).status_code == 302
    assert writer.get(remove).status_code == 404
    assert writer.get(address).status_code == 404
    assert address not in writer.get(detail).content.decode()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_file_that_is_not_taken_is_explained_above_the_form(
    writer: Client, case: Case, language: str
) -> None:
    writer.cookies["ihala_language"] = language
    answer = sent(writer, case, b"<html><script>alert(1)</script>", name="photo.png")
    assert answer.status_code == 422
    with translation.override(language):
        assert str(attachments.WHY[attachments.Bad.UNKNOWN]) in answer.content.decode()
    assert sent(writer, case, b"", what="").status_code == 422


def test_a_body_beyond_what_files_need_is_refused_unread(writer: Client, case: Case) -> None:
    assert sent(writer, case, b"x" * 9_500_000).status_code == 413


def test_addresses_of_files_open_to_nobody_else(
    aman: Party, dfwac: Party, case: Case, sign_in: SignIn, colleague: Actor
) -> None:
    added(case, aman.caseworker)
    for stranger in (colleague, dfwac.supervisor):
        client = sign_in(stranger)
        for name, number in (("files", []), ("file", [1]), ("remove_file", [1])):
            assert client.get(reverse(f"cases:{name}", args=[case.reference, *number])).status_code == 404
    client = sign_in(aman.caseworker)
    with acting(aman.caseworker):
        actions.close_case(case, by=aman.caseworker, reason=CloseReason.LEFT)
    for name, number in (("files", []), ("remove_file", [1])):
        assert client.get(reverse(f"cases:{name}", args=[case.reference, *number])).status_code == 422
    assert client.get(reverse("cases:file", args=[case.reference, 1])).status_code == 200
    assert not re.search(
        "remove", client.get(reverse("cases:detail", args=[case.reference])).content.decode()
    )
