"""The upload on the web: the same rules, and a page that names every problem in both languages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ihala.cases.models import Case
from ihala.core.acting import acting
from tests import given

from . import paper

pytestmark = pytest.mark.django_db
AMANS = [path for path in paper.GOOD if paper.read(path)["from"] == "aman"]


def file(path):
    return SimpleUploadedFile(path.name, path.read_bytes(), "application/json")


def cases():
    actor = given.actor("aman.caseworker")
    with acting(actor):
        return list(Case.objects.visible_to(actor))


@pytest.fixture
def client():
    return given.signed_in("aman.caseworker")


def test_the_page_asks_for_files(client):
    answer = client.get("/intake/")
    assert answer.status_code == 200 and b'type="file"' in answer.content and b"multiple" in answer.content


def test_several_files_become_cases_and_drafts(client):
    answer = client.post("/intake/", {"papers": [file(path) for path in AMANS]})
    assert answer.status_code == 200
    found = cases()
    assert len(found) == len(AMANS)
    for case in found:
        assert f"/cases/{case.reference}/".encode() in answer.content
    again = client.post("/intake/", {"papers": [file(AMANS[0])]})
    assert again.status_code == 200 and len(cases()) == len(AMANS)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_problems_are_named_with_their_place_in_both_languages(language):
    client = given.signed_in("aman.caseworker", language=language)
    answer = client.post("/intake/", {"papers": [file(paper.MALFORMED), file(paper.EXPIRED)]})
    page = answer.content.decode()
    assert answer.status_code == 422 and not cases()
    for path in ("$.reference", "$.to", "$.date", "$.urgency", "$.survivor.birth", "$.consent.until"):
        assert path in page
    assert "This value is missing." in page


def test_one_refused_file_does_not_keep_the_other_out(client):
    answer = client.post("/intake/", {"papers": [file(paper.MALFORMED), file(AMANS[0])]})
    assert answer.status_code == 422 and len(cases()) == 1


def test_without_a_file_there_is_nothing_to_import(client):
    assert client.post("/intake/", {}).status_code == 422


def test_an_empty_file_is_refused_with_a_path(client):
    answer = client.post("/intake/", {"papers": [SimpleUploadedFile("empty.json", b"")]})
    assert answer.status_code == 422


def test_no_more_than_ten_files_come_at_once(client):
    files = [SimpleUploadedFile(f"{n}.json", b"{}") for n in range(11)]
    assert client.post("/intake/", {"papers": files}).status_code in (400, 422)


def test_what_is_kept_and_what_is_odd_is_told(client):
    text = paper.GOOD[3].read_text("utf-8").replace('"danger"', '"shoe": "<b>38</b>", "danger"')
    answer = client.post("/intake/", {"papers": [SimpleUploadedFile("<i>.json", text.encode())]})
    page = answer.content.decode()
    assert answer.status_code == 200 and "$.shoe" in page and "&lt;b&gt;38" in page and "<i>" not in page
    assert "$.survivor.documents[0].number" in page


def test_ten_megabytes_are_refused(client):
    huge = SimpleUploadedFile("huge.json", b"x" * (10 * 1024 * 1024))
    assert client.post("/intake/", {"papers": [huge]}).status_code in (400, 413, 422)
    assert not cases()


def test_a_role_that_does_not_import_is_refused():
    assert given.signed_in("aman.director").get("/intake/").status_code == 403
