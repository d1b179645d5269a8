"""The search box: references lead to their page, anything else finds people, and nobody sees what is not theirs."""

from uuid import uuid4

import pytest
from django.urls import reverse

from ihala.audit.enums import EventName
from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.demo.people import MARIAM
from ihala.matching import finding
from ihala.matching.actions import set_rule
from ihala.matching.actions.searching import LOOKED_AT
from ihala.matching.engine import MOST
from ihala.notifications.models import Notification
from ihala.referrals.enums import State
from ihala.vault.refusals import SEARCH_AWAY, SEARCH_QUOTA
from tests import given

pytestmark = pytest.mark.django_db

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def spellings(reference):
    yield reference
    yield reference.lower()
    yield reference.replace("-", "")
    yield f"  {reference.replace('-', ' ')} "
    yield reference[2:]
    yield reference.translate(ARABIC_DIGITS)


def search(username, typed, language="en"):
    return given.signed_in(username, language=language).post("/search/", {"q": typed})


def mariams_case():
    return given.acted(given.a_scene(of=MARIAM), "case").file


def telling():
    officer = given.actor("aman.dpo")
    with acting(officer):
        set_rule(by=officer, tells_colleagues=True)


def test_a_referral_is_found_however_its_reference_is_typed():
    referral = given.a_referral(State.SENT)
    client = given.signed_in("dfwac.duty")
    for typed in spellings(referral.reference):
        response = client.post("/search/", {"q": typed})
        assert response.headers.get("Location") == reverse("referrals:detail", args=[referral.reference]), (
            typed
        )


def test_a_case_is_found_by_those_with_access_also_by_its_file_number():
    case, worker = given.a_case(), given.actor("aman.caseworker")
    with acting(worker):
        type(case).objects.filter(pk=case.pk).update(paper_reference="AC/2026/17")
    there = reverse("cases:detail", args=[case.reference])
    for typed in (case.reference.lower(), "ac/2026/17"):
        assert search("aman.caseworker", typed).headers["Location"] == there
        assert search("aman.duty", typed).status_code == 200


@pytest.mark.parametrize(
    "typed", ["R-0000-0000", "nonsense", "<script>", "R-0000-000000000000000000000000000"]
)
def test_nothing_found_is_said_plainly(typed):
    body = search("aman.caseworker", typed).content.decode()
    assert "Nothing found" in body
    assert "<script>" not in body.replace("<script src", "")


def test_who_finds_nothing_is_told_why_and_what_to_do_next(monkeypatch):
    body = search("aman.caseworker", "R-0000-0000").content.decode()
    assert "bears the reference" in body and 'href="/cases/new/"' in body
    assert "bears the reference" not in search("aman.caseworker", "nonsense").content.decode()
    monkeypatch.setattr(finding, "find", None)
    for typed in ("م", "a b", "12"):
        body = search("aman.caseworker", typed).content.decode()
        assert "Too little to search for" in body and "Nothing found" not in body


def test_where_more_answer_than_are_looked_at_the_page_says_so(monkeypatch):
    case = mariams_case()
    with acting(given.actor("aman.caseworker")):
        person = case.people.first().pk
    assert LOOKED_AT == MOST
    strangers = [finding.Found(uuid4(), 13.0, ["name"]) for _one in range(LOOKED_AT - 1)]
    monkeypatch.setattr(
        finding, "find", lambda *_all: [*strangers, finding.Found(person, 3.0, ["name_part"])]
    )
    body = search("aman.caseworker", "Mariam").content.decode()
    assert case.reference in body and "data-more" in body
    monkeypatch.setattr(finding, "find", lambda *_all: [finding.Found(person, 3.0, ["name_part"])])
    assert "data-more" not in search("aman.caseworker", "Mariam").content.decode()


def test_what_belongs_to_others_is_not_found_and_who_opens_no_case_searches_nobody(monkeypatch):
    referral = given.a_referral(State.SENT)
    assert search("sharjah.caseworker", referral.reference).status_code == 200
    monkeypatch.setattr(finding, "find", None)
    assert "bears the reference" in search("aman.director", referral.reference).content.decode()


def test_what_is_typed_stands_in_no_address_and_a_link_searches_nothing(monkeypatch):
    monkeypatch.setattr(finding, "find", None)
    page = given.signed_in("aman.caseworker").get("/search/", {"q": "Mariam"}).content.decode()
    assert 'value="Mariam"' not in page
    assert 'method="post"' in page[page.index('role="search"') - 80 :][:600]


def test_a_person_is_found_and_it_is_said_why_and_her_name_is_not_on_the_page():
    case = mariams_case()
    body = search("aman.caseworker", "Mariam Abdulrahman Alkhateeb 1991").content.decode()
    assert case.reference in body and "Very likely" in body and "All that was typed of the name" in body
    assert "at most two apart" in body
    assert "مريم" not in body
    arabic = search("aman.caseworker", "3456", "ar").content.decode()
    assert case.reference in arabic and "جزء من رقم هاتف" in arabic


def test_a_colleague_is_told_only_where_the_rule_allows_it_and_then_nothing_but_that():
    case = mariams_case()
    assert "Nothing found" in search("aman.duty", "Mariam Abdulrahman").content.decode()
    telling()
    body = search("aman.duty", "Mariam Abdulrahman").content.decode()
    assert "There is something to ask a colleague" in body and "Nothing found" not in body
    assert case.reference not in body and str(case.pk) not in body
    assert "Nothing found" in search("aman.duty", "Mariam").content.decode()  # too little to be told of
    assert "Nothing found" in search("dfwac.duty", "Mariam Abdulrahman").content.decode()
    with acting(given.actor("aman.dpo")):
        (told,) = Event.objects.filter(name=EventName.PEOPLE_HINTED)
        assert (told.case_id, told.user_id) == (case.pk, given.actor("aman.duty").user_id)


def test_a_colleague_asks_and_is_let_in_without_anybody_saying_whom_it_is_about():
    case = mariams_case()
    telling()
    asker = given.signed_in("aman.duty", language="en")
    owner = given.signed_in("aman.caseworker", language="en")
    for _twice in range(2):
        assert (
            asker.post("/search/ask/", {"q": "maryem abdel rahmen"}).headers["Location"]
            == "/search/questions/"
        )
    mine = asker.get("/search/questions/").content.decode()
    assert "not answered yet" in mine and "call a supervisor" in mine and case.reference not in mine
    body = owner.get("/search/questions/").content.decode()
    assert body.count("asks about") == 1 and case.reference in body and "maryem" not in body
    with acting(given.actor("aman.caseworker")):
        (notice,) = Notification.objects.filter(kind="colleague")
        assert notice.membership_id == given.actor("aman.caseworker").membership_id
    key = _key()
    assert asker.post(f"/search/questions/{key}/", {"gives": "1"}).status_code == 404
    owner.post(f"/search/questions/{key}/", {"gives": "1"})
    assert owner.post(f"/search/questions/{key}/", {"gives": "0"}).status_code == 409
    assert case.reference in asker.get("/search/questions/").content.decode()
    assert search("aman.duty", case.reference).status_code == 302
    with acting(given.actor("aman.dpo")):
        names = set(Event.objects.filter(case_id=case.pk).values_list("name", flat=True))
        assert {"people.hinted", "people.asked", "people.answered", "case.access_given"} <= names


def _key():
    from ihala.matching.models import Question

    with acting(given.actor("aman.caseworker")):
        return Question.objects.get().pk


def test_no_is_an_answer_and_the_other_organisation_reaches_no_question():
    case = mariams_case()
    telling()
    asker = given.signed_in("aman.duty", language="en")
    asker.post("/search/ask/", {"q": "Mariam Abdulrahman"})
    key = _key()
    assert (
        given.signed_in("dfwac.supervisor").post(f"/search/questions/{key}/", {"gives": "1"}).status_code
        == 404
    )
    given.signed_in("aman.caseworker").post(f"/search/questions/{key}/", {"gives": "0"})
    page = asker.get("/search/questions/").content.decode()
    assert "cleared by telephone" in page and case.reference not in page


def test_who_cannot_be_told_cannot_ask():
    mariams_case()
    assert given.signed_in("aman.duty").post("/search/ask/", {"q": "Mariam Abdulrahman"}).status_code == 422
    assert given.signed_in("aman.dpo").post("/search/ask/", {"q": "Mariam Abdulrahman"}).status_code == 403
    assert given.signed_in("aman.dpo").get("/search/questions/").status_code == 403


def test_the_data_protection_officer_alone_sets_the_rule():
    officer = given.signed_in("aman.dpo", language="en")
    assert officer.post("/search/rule/", {"tells_colleagues": "on"}).status_code == 302
    assert "checked" in officer.get("/search/rule/").content.decode()
    officer.post("/search/rule/", {})
    assert "checked" not in officer.get("/search/rule/").content.decode()
    for other in ("aman.supervisor", "aman.admin"):
        assert given.signed_in(other).get("/search/rule/").status_code == 403


@pytest.mark.parametrize("refusal", [SEARCH_AWAY, SEARCH_QUOTA])
def test_a_search_that_is_away_says_so_and_references_still_lead_to_their_page(monkeypatch, refusal):
    case = mariams_case()

    def away(*asked):
        raise Refused(refusal)

    monkeypatch.setattr(finding, "find", away)
    response = search("aman.caseworker", "Mariam Abdulrahman")
    assert response.status_code == int(refusal.status)
    body = response.content.decode()
    assert str(refusal.message) in body and "Mariam Abdulrahman" in body and "Nothing found" not in body
    assert search("aman.caseworker", case.reference).status_code == 302
    form = {"survivor-name": "Mariam Abdulrahman"}
    assert given.signed_in("aman.caseworker").post("/search/known/", form).content.strip() == b""


def test_a_form_being_typed_is_told_of_a_reference_or_that_there_is_something_to_ask():
    case = mariams_case()
    telling()
    form = {
        "survivor-name": "Mariem Abdul Rahman", "survivor-birth": "١٩٩٠", "survivor-sex": "female",
        "survivor-phones-0-number": "050 002 3456", "survivor-documents-0-number": "N 0118-46277", "case-reason": "x",
    }  # fmt: skip
    body = given.signed_in("aman.caseworker", language="en").post("/search/known/", form).content.decode()
    assert "Possibly known" in body and case.reference in body and "مريم" not in body
    hidden = given.signed_in("aman.duty", language="en").post("/search/known/", form).content.decode()
    assert "something to ask" in hidden and case.reference not in hidden
    assert (
        'form="known-search"' in hidden and 'value="Mariem Abdul Rahman 1990 500023456 N011846277"' in hidden
    )
    only_number = {"survivor-phones-0-number": "0500023456"}
    assert (
        case.reference
        in given.signed_in("aman.caseworker").post("/search/known/", only_number).content.decode()
    )
    for nothing in ({}, {"survivor-sex": "female"}, {"survivor-phones-0-number": "3456"}):
        assert given.signed_in("aman.caseworker").post("/search/known/", nothing).content.strip() == b""
    assert given.signed_in("aman.dpo").post("/search/known/", form).content.strip() == b""
    with acting(given.actor("aman.dpo")):
        purposes = Event.objects.filter(name=EventName.PEOPLE_SEARCHED).values_list(
            "detail__purpose", flat=True
        )
        assert set(purposes) == {"intake"}


def test_the_log_says_who_searched_and_how_many_were_found():
    mariams_case()
    search("aman.caseworker", "Mariam Abdulrahman")
    body = given.signed_in("aman.dpo", language="en").get("/audit/", {"group": "people"}).content.decode()
    assert "Searched for a person" in body and "found: 1" in body and "Abdulrahman" not in body


def test_only_the_data_protection_officer_sets_the_rule_of_the_search():
    by = given.actor("aman.caseworker")
    with acting(by), pytest.raises(Refused):
        set_rule(by=by, tells_colleagues=True)
