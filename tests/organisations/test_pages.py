"""The pages of an organisation, in both languages."""

from typing import Any

import pytest
from django.test import Client

from ihala.accounts.models import User
from ihala.core.acting import acting, at_the_door
from ihala.organisations.enums import TermsStatus
from ihala.organisations.models import Calendar, DutyShift, Holiday, Terms
from ihala.organisations.terms import default_terms

from .cast import Party, agree, propose

LANGUAGES = ("ar", "en")


def as_member(party: Party, name: str, language: str = "ar") -> Client:
    """A client in which this member has signed in."""
    client = Client()
    with at_the_door():
        client.force_login(User.objects.get(pk=party.members[name].user_id))
    client.cookies["ihala_language"] = language
    return client


def terms_post(form: Any) -> dict[str, Any]:
    """What a browser would send back of an untouched form."""
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if bound.name.startswith("clock__"):
            data[f"{bound.name}_0"], data[f"{bound.name}_1"] = value
        elif value not in (None, False):
            data[bound.name] = value
    return data


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_shown_to_whoever_it_is_for(
    aman: Party, dfwac: Party, sharjah: Party, language: str
) -> None:
    first = agree(aman, dfwac)
    second = default_terms(aman.id, dfwac.id)
    second["clocks"]["sent"]["urgent"] = [2, "hours"]
    waiting = propose(aman, dfwac, second)
    pages = {
        "director": [
            "/organisations/", f"/organisations/agreements/{first.agreement_id}/", f"/organisations/terms/{first.pk}/",
            f"/organisations/terms/{waiting.pk}/changes/", f"/organisations/terms/{waiting.pk}/sign/",
            f"/organisations/agreements/{first.agreement_id}/end/", f"/organisations/propose/{sharjah.id}/",
        ],
        "supervisor": ["/organisations/", "/organisations/rota/"],
        "caseworker": ["/organisations/", f"/organisations/terms/{waiting.pk}/"],
        "admin": [
            "/organisations/staff/", "/organisations/staff/add/", "/organisations/calendar/",
            f"/organisations/staff/{dfwac.members['duty'].pk}/", f"/organisations/staff/{dfwac.members['admin'].pk}/",
        ],
    }  # fmt: skip
    for name, addresses in pages.items():
        client = as_member(dfwac, name, language)
        for address in addresses:
            page = client.get(address)
            assert page.status_code == 200, address
            assert f'lang="{"ar-AE" if language == "ar" else "en"}"' in page.content.decode()


def test_the_document_says_what_the_terms_say(aman: Party, dfwac: Party) -> None:
    terms = agree(aman, dfwac)
    page = as_member(dfwac, "caseworker", "en").get(f"/organisations/terms/{terms.pk}/").content.decode()
    for words in ("Human trafficking", "15 minutes", "4 working hours", "Guardian's consent".replace("'", "&#x27;"),
                  "Aman Centre", "dfwac director", "On acceptance"):  # fmt: skip
        assert words in page, words


def test_a_director_proposes_a_version_and_the_other_signs_it(aman: Party, dfwac: Party) -> None:
    agree(aman, dfwac)
    client = as_member(aman, "director", "en")
    address = f"/organisations/propose/{dfwac.id}/"
    data = terms_post(client.get(address).context["form"])
    data |= {"clock__sent__emergency_0": 20, "identity_at_once": "on", "legal_bases": ["court_order"]}
    data |= {"asked": ["shelter"], "admission_en": "Women with children"}
    data |= {
        "second_person": [*data["second_person"], "accept"],
        "ladder_1": "supervisor",
        "ladder_2": "",
        "ladder_3": "director",
    }
    response = client.post(address, data)
    with acting(aman.director):
        terms = Terms.objects.get(version=2)
    assert response["Location"] == f"/organisations/terms/{terms.pk}/"
    assert terms.data["clocks"]["sent"]["emergency"] == [20, "minutes"]
    assert terms.data["release"]["identity"] == {
        "emergency": "sending",
        "urgent": "acceptance",
        "standard": "acceptance",
    }
    assert list(terms.data["legal_bases"]) == ["consent", "court_order"]
    document = client.get(f"/organisations/terms/{terms.pk}/").content.decode()
    assert "Whom each party can admit" in document and "Women with children" in document
    assert {"from": aman.id, "to": dfwac.id, "services": ["shelter"]} in terms.data["directions"]
    changes = (
        as_member(dfwac, "caseworker", "en").get(f"/organisations/terms/{terms.pk}/changes/").content.decode()
    )
    assert terms.data["ladder"] == ["supervisor", "director"]
    assert "Acceptance, emergencies apart" in document and "Acceptance, emergencies apart" in changes
    assert "The duty officer again" in changes and "The duty officer again" not in document
    assert "20 minutes" in changes and "15 minutes" in changes and "in an emergency: On sending" in changes
    signer = as_member(dfwac, "supervisor")
    assert signer.post(f"/organisations/terms/{terms.pk}/sign/").status_code == 302
    with acting(dfwac.director):
        terms.refresh_from_db()
    assert terms.status == TermsStatus.ACTIVE
    assert signer.post(f"/organisations/terms/{terms.pk}/sign/").status_code == 409


def test_a_proposal_that_makes_no_sense_is_told_at_its_field(aman: Party, dfwac: Party) -> None:
    client = as_member(aman, "director")
    address = f"/organisations/propose/{dfwac.id}/"
    data = terms_post(client.get(address).context["form"])
    wrong = client.post(address, data | {"clock__sent__urgent_0": 0})
    assert "clock__sent__urgent" in wrong.context["form"].errors
    twice = client.post(address, data | {"ladder_1": "director", "ladder_2": "", "ladder_3": "director"})
    assert "ladder_3" in twice.context["form"].errors
    less = client.post(address, data | {"second_person": ["accept"]})
    assert "second_person" in less.context["form"].errors
    assert "ladder_1" in client.post(address, data | {"ladder_1": ""}).context["form"].errors
    nothing = {key: value for key, value in data.items() if key not in ("asked", "offered")}
    assert client.post(address, nothing).context["form"].non_field_errors()
    propose(dfwac, aman)
    again = client.post(address, data)
    assert again.status_code == 200 and again.context["form"].non_field_errors()


def test_a_proposal_is_refused_from_its_page_and_an_agreement_ended(aman: Party, dfwac: Party) -> None:
    terms = agree(aman, dfwac)
    waiting = propose(aman, dfwac)
    client = as_member(dfwac, "director")
    assert client.get(f"/organisations/terms/{waiting.pk}/withdraw/").status_code == 405
    assert client.post(f"/organisations/terms/{waiting.pk}/withdraw/").status_code == 302
    assert client.post(f"/organisations/agreements/{terms.agreement_id}/end/").status_code == 302
    with acting(dfwac.director):
        assert not Terms.objects.filter(ended_at=None).exists()
    page = client.get(f"/organisations/agreements/{terms.agreement_id}/")
    assert page.status_code == 200


def test_pages_of_another_role_are_refused_and_of_others_not_found(
    aman: Party, dfwac: Party, sharjah: Party
) -> None:
    terms = agree(aman, dfwac)
    caseworker = as_member(aman, "caseworker")
    for address in (
        "staff/",
        "staff/add/",
        "calendar/",
        "rota/",
        f"propose/{dfwac.id}/",
        f"terms/{terms.pk}/sign/",
    ):
        assert caseworker.get(f"/organisations/{address}").status_code == 403, address
    outside = as_member(sharjah, "director")
    for address in (f"agreements/{terms.agreement_id}/", f"terms/{terms.pk}/", f"terms/{terms.pk}/sign/"):
        assert outside.get(f"/organisations/{address}").status_code == 404, address
    assert (
        as_member(sharjah, "admin").get(f"/organisations/staff/{aman.members['duty'].pk}/").status_code == 404
    )


def test_the_administrator_adds_a_person_whose_password_is_shown_once(aman: Party) -> None:
    client = as_member(aman, "admin")
    page = client.post(
        "/organisations/staff/add/", {"username": "Aman.New", "name_ar": "نورة", "roles": ["caseworker"]}
    )
    made = page.context["made"]
    assert made.password in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    again = client.post(
        "/organisations/staff/add/", {"username": "aman.new", "name_ar": "نورة", "roles": ["caseworker"]}
    )
    assert again.context["form"].non_field_errors()
    newcomer = Client()
    assert newcomer.post("/sign-in/", {"login": "aman.new", "password": made.password}).status_code == 302
    assert newcomer.get("/organisations/")["Location"] == "/sign-in/password/"
    chosen = "three words in a row"
    form = {"oldpassword": made.password, "password1": chosen, "password2": chosen}
    assert newcomer.post("/sign-in/password/", form).status_code == 302
    assert newcomer.get("/organisations/").status_code == 200


def test_the_administrator_changes_roles_and_ends_access_at_once(aman: Party) -> None:
    client, worker = as_member(aman, "admin"), as_member(aman, "caseworker")
    address = f"/organisations/staff/{aman.members['caseworker'].pk}/"
    assert client.post(address, {"roles": ["supervisor"]}).status_code == 302
    assert worker.get("/organisations/rota/").status_code == 200
    assert client.post(address, {"roles": ["administrator", "caseworker"]}).context["form"].non_field_errors()
    assert client.post(f"{address}access/", {"do": "access"}).status_code == 302
    assert worker.get("/organisations/")["Location"].startswith("/sign-in/")
    assert client.get(address).status_code == 200
    assert client.post(f"{address}access/", {"do": "access"}).status_code == 302
    assert "made" in client.post(f"{address}access/", {"do": "password"}).context
    assert (
        client.post(f"/organisations/staff/{aman.members['admin'].pk}/access/", {"do": "access"}).status_code
        == 403
    )


def test_the_administrator_sets_working_time(aman: Party) -> None:
    client = as_member(aman, "admin")
    hours = {"do": "hours", "opens": "07:30", "closes": "15:30", "weekend": ["4", "5"]}
    assert client.post("/organisations/calendar/", hours).status_code == 302
    assert (
        client.post("/organisations/calendar/", hours | {"closes": "07:00"})
        .context["form"]
        .non_field_errors()
    )
    holiday = {"do": "holiday", "on": "2090-12-02", "name_ar": "عيد الاتحاد", "name_en": ""}
    assert client.post("/organisations/calendar/", holiday).status_code == 302
    assert client.post("/organisations/calendar/", holiday).context["holiday_form"].non_field_errors()
    with acting(aman.admin):
        assert Calendar.objects.get(organisation=aman.id).weekend == [4, 5]
        day = Holiday.objects.get()
    assert "عيد الاتحاد" in client.get("/organisations/calendar/").content.decode()
    assert client.post(f"/organisations/calendar/{day.pk}/remove/").status_code == 302
    with acting(aman.admin):
        assert not Holiday.objects.exists()


def test_the_supervisor_writes_the_rota(aman: Party) -> None:
    client = as_member(aman, "supervisor")
    duty = aman.members["duty"]
    shift = {"member": duty.pk, "starts_at": "2090-01-01T20:00", "ends_at": "2090-01-02T08:00"}
    assert client.post("/organisations/rota/", shift).status_code == 302
    assert client.post("/organisations/rota/", shift).context["form"].non_field_errors()
    with acting(aman.supervisor):
        row = DutyShift.objects.get()
    assert duty.name_ar in client.get("/organisations/rota/").content.decode()
    assert client.post(f"/organisations/rota/{row.pk}/remove/").status_code == 302
