"""The pages of asking: from a case without typing, one POST, the answers, and what one was asked oneself."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ihala.core.acting import acting
from ihala.core.clock import at, now
from ihala.notifications.models import Notification
from ihala.referrals.models import Referral
from ihala.shelter import actions
from ihala.shelter.models import Asking, Enquiry
from ihala.shelter.shapes import household_of
from tests import given

from . import houses
from .test_asking import sign, taken

WRONG: list[dict[str, Any]] = [
    {"people__female__4": 0}, {"people__female__4": 13}, {"services": ["x"]}, {"category": ""},
]  # fmt: skip
WOMAN = {
    "people__female__4": 1,
    "category": "domestic_violence",
    "urgency": "urgent",
    "services": ["shelter"],
}


@pytest.fixture
def dubai(db: None) -> houses.Place:
    """The Dubai Foundation's house, which is asked about."""
    with acting(given.actor("dfwac.supervisor")):
        return houses.a_house(given.actor("dfwac.supervisor"), code="D")


def post_of(page: Any) -> dict[str, Any]:
    """What the form would send as it stands."""
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def test_a_case_is_asked_about_without_typing_and_leads_on_to_the_referral(dubai: houses.Place) -> None:
    case = given.helens_case()
    client = given.signed_in("aman.caseworker", language="en")
    assert f"/fit/case/{case.reference}/" in client.get(f"/cases/{case.reference}/").content.decode()
    page = client.get(f"/fit/case/{case.reference}/")
    data = post_of(page)
    assert data["needs"] == ["wheelchair"] and data["people__male__3"] == data["people__female__2"] == 1
    answers = client.get(client.post(f"/fit/case/{case.reference}/", data)["Location"])
    assert "Fits with conditions: the boy&#x27;s exact age" in answers.content.decode()
    (onward,) = re.findall(r'href="(/referrals/new/[^"]+)"', answers.content.decode())
    form = client.get(onward.replace("&amp;", "&")).context["form"]
    assert form["receiver"].value() == given.cast().dfwac.pk
    assert (form["urgency"].value(), form["services"].value()) == ("urgent", ["shelter"])


def test_a_household_can_be_described_freely_and_then_a_case_is_needed_to_refer(dubai: houses.Place) -> None:
    client = given.signed_in("aman.caseworker")
    made = client.post("/fit/", WOMAN)
    page = client.get(made["Location"]).content.decode()
    assert "مناسب: يتوفر مكان الليلة." in page and "/referrals/new/" not in page
    assert made["Location"] in client.get("/fit/asked/").content.decode()


@pytest.mark.parametrize(
    "data",
    [{"urgency": "urgent"}, *({**WOMAN, **wrong} for wrong in WRONG)],
)
def test_an_incomplete_description_is_told_at_its_field(db: None, data: dict[str, Any]) -> None:
    page = given.signed_in("aman.caseworker").post("/fit/", data)
    assert page.status_code == 422
    with acting(given.actor("aman.caseworker")):
        assert not Enquiry.objects.exists()


def test_a_stranger_opens_neither_question_nor_answer_and_a_wrong_link_fills_in_nothing(
    dubai: houses.Place,
) -> None:
    case = given.helens_case()
    client = given.signed_in("aman.caseworker")
    where = client.post("/fit/", WOMAN)["Location"]
    for name in ("dfwac.supervisor", "sharjah.caseworker"):
        assert given.signed_in(name, Client()).get(where).status_code == 404
        assert given.signed_in(name, Client()).get(f"/fit/case/{case.reference}/").status_code == 404
    assert given.signed_in("aman.admin", Client()).get("/fit/").status_code == 403
    assert given.signed_in("aman.admin", Client()).get("/fit/asked/").status_code == 403
    for query in ("enquiry=x", f"enquiry={where.split('/')[-2]}", ""):
        assert (
            not client.get(f"/referrals/new/{case.reference}/?{query}").context["form"].initial.get("urgency")
        )


def test_the_one_asked_sees_every_question_the_limit_and_nothing_of_the_case(dubai: houses.Place) -> None:
    case = given.helens_case()
    client = given.signed_in("aman.caseworker")
    client.post(f"/fit/case/{case.reference}/", post_of(client.get(f"/fit/case/{case.reference}/")))
    for name in ("dfwac.duty", "dfwac.supervisor", "dfwac.director"):
        page = given.signed_in(name, Client(), "en").get("/fit/asked/").content.decode()
        assert "1 of 8" in page and "Aman" in page and "Wheelchair" in page
        assert case.reference not in page and "هيلين" not in page
    assert (
        "1 of 8"
        not in given.signed_in("sharjah.caseworker", Client(), "en").get("/fit/asked/").content.decode()
    )


def test_a_question_answered_by_hand_is_told_answered_and_told_back(dubai: houses.Place) -> None:
    sign(dfwac="by_hand")
    asker = given.signed_in("aman.caseworker", language="en")
    where = asker.post("/fit/", WOMAN)["Location"]
    assert "The duty officer was told" in asker.get(where).content.decode()
    duty = given.signed_in("dfwac.duty", Client(), "en")
    with acting(given.actor("dfwac.duty")):
        asking, told = Asking.objects.get(), Notification.objects.get(kind="something_waits")
        assert told.subject_id == asking.pk
    assert duty.get(f"/referrals/key/{asking.pk}/")["Location"] == "/fit/asked/"
    assert f"/fit/asked/{asking.pk}/" in duty.get("/fit/asked/").content.decode()
    assert duty.post(f"/fit/asked/{asking.pk}/", {"verdict": "perhaps"}).status_code == 404
    assert duty.post(f"/fit/asked/{asking.pk}/", {"verdict": "no"}).status_code == 302
    assert duty.post(f"/fit/asked/{asking.pk}/", {"verdict": "fits"}).status_code == 409
    assert "No: no place tonight is right for them." in asker.get(where).content.decode()
    assert asker.post(f"/fit/asked/{asking.pk}/", {"verdict": "fits"}).status_code == 404


def test_nothing_the_asker_is_shown_tells_two_occupancies_apart(dubai: houses.Place) -> None:
    """The page, the rows and the log of the asker, letter by letter, before and after two more families moved in."""
    client = given.signed_in("aman.caseworker")

    def seen() -> str:
        case = given.a_case()
        client.post(f"/fit/case/{case.reference}/", {**WOMAN, "needs": ["wheelchair"]})
        with acting(given.actor("aman.supervisor")):
            enquiry = Enquiry.objects.latest("asked_at")
            rows = list(Asking.objects.order_by("-at").values("shape", "verdict", "clauses", "by_hand")[:1])
        page = client.get(f"/fit/{enquiry.pk}/").content.decode()
        for changing in (str(enquiry.pk), case.reference, enquiry.asked_at.isoformat(timespec="seconds")):
            page = page.replace(changing, "…")
        return re.sub(
            r'nonce="[^"]*"|data-now="[^"]*"|Token":"[^"]*"|value="[A-Za-z0-9]{64}"|<time.*?</time>|\d\d:\d\d',
            "",
            page,
        ) + repr(rows)

    before = seen()
    taken(dubai, "2")
    taken(dubai, "3", "1")
    with at(now() + timedelta(hours=3)):
        assert seen() == before


def test_from_another_referral_of_the_same_need_the_draft_still_knows_where_it_came_from(
    dubai: houses.Place,
) -> None:
    case = given.helens_case()
    with acting(given.actor("aman.caseworker")):
        made = actions.ask(
            household_of("F18|"),
            by=given.actor("aman.caseworker"),
            category=case.category,
            urgency="urgent",
            services=["shelter"],
            case=case,
        )
    client = given.signed_in("aman.caseworker")
    to = given.cast().dfwac.pk
    page = client.get(f"/referrals/new/{case.reference}/?enquiry={made.pk}&to={to}")
    data = {**page.context["form"].initial, "receiver": to, "kind": "transfer"}
    assert client.post(f"/referrals/new/{case.reference}/?enquiry={made.pk}&to={to}", data).status_code == 302
    with acting(given.actor("aman.caseworker")):
        assert Referral.objects.get().services == ["shelter"]
