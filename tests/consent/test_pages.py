"""The pages of consent: recorded, renewed, signed and taken back by those with access to the case."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ihala.consent import rules
from ihala.consent.enums import Standing
from ihala.consent.models import Consent, LegalBasisRecord, Withdrawal
from ihala.core import clock
from ihala.core.acting import acting
from ihala.referrals.enums import State
from ihala.referrals.models import Referral
from tests import given
from tests.consent.words import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return given.a_case()


@pytest.fixture
def client(case):
    return given.signed_in("aman.caseworker")


def form(**changes):
    today = clock.today()
    usual = {
        "recipient": given.cast().dfwac.pk, "classes": ["identity", "safety"], "purposes": ["transfer", "shelter"],
        "given_by": "survivor", "how": "verbal", "language": "am", "interpreter": "female", "witness": "مترجمة المركز",
        "given_on": today.isoformat(), "until": (today + timedelta(days=30)).isoformat(), "words": "فقط المأوى",
    }  # fmt: skip
    return {key: value for key, value in (usual | changes).items() if value is not None}


def address(name, case, *args):
    return reverse(f"consent:{name}", args=[case.reference, *args])


def stored(model):
    with acting(given.actor("aman.caseworker")):
        return list(model.objects.order_by("recorded_at"))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_consent_is_recorded_and_listed(case, language):
    client = given.signed_in("aman.caseworker", language=language)
    page = client.get(address("new", case)).content.decode()
    assert 'lang="en"' in page if language == "ar" else 'lang="ar"' in page
    assert client.get(address("list", case)).status_code == 200
    assert client.post(address("new", case), form()).status_code == 302
    (consent,) = stored(Consent)
    assert consent.classes == ["triage", "identity", "safety"]
    listed = client.get(address("list", case)).content.decode()
    assert "مترجمة المركز" in listed and "فقط المأوى" in listed
    assert reverse("consent_withdrawal:confirm", args=[case.reference, consent.pk]) in listed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"classes": None}, "classes"),
        ({"given_by": "guardian", "relation": "mother"}, "guardian"),
        ({"given_by": "guardian", "guardian": "الأم"}, "relation"),
        ({"until": "2000-01-01"}, "until"),
        ({"given_on": "2999-01-01"}, "given_on"),
        ({"until": "30/2/2030"}, "until"),
        ({"until": None}, "until"),
        ({"recipient": 0}, "recipient"),
    ],
)
def test_a_consent_that_cannot_be_is_shown_again_with_its_error(case, client, changes, field):
    answer = client.post(address("new", case), form(**changes))
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert not stored(Consent)


def test_a_consent_for_more_than_a_year_is_recorded_with_a_warning(case, client):
    answer = client.post(
        address("new", case), form(until=(clock.today() + timedelta(days=500)).isoformat()), follow=True
    )
    assert [message.level_tag for message in answer.context["messages"]] == ["success", "warning"]


def test_a_guardians_consent_names_the_guardian(case, client):
    answer = client.post(address("new", case), form(given_by="guardian", guardian="الأم", relation="mother"))
    assert answer.status_code == 302
    assert stored(Consent)[0].basis == "guardian_consent"
    assert "الأم" in client.get(address("list", case)).content.decode()


def test_a_survivors_own_consent_has_no_guardian(case, client):
    client.post(address("new", case), form(guardian="خالة سلمى", relation="mother"))
    assert "خالة سلمى" not in client.get(address("list", case)).content.decode()


def test_a_day_may_be_typed_in_either_calendar_and_any_digits(case, client):
    today = clock.today()
    assert client.post(address("new", case), form(given_on=f"{today:%d/%m/%Y}")).status_code == 302
    assert stored(Consent)[0].given_on == today


def test_a_consent_is_renewed_by_a_new_one(case, client):
    client.post(address("new", case), form(until=clock.today().isoformat()))
    first = stored(Consent)[0]
    page = client.get(address("renew", case, first.pk))
    assert page.context["form"].initial["classes"] == first.classes
    assert client.post(address("renew", case, first.pk), form()).status_code == 302
    assert stored(Consent)[1].renews_id == first.pk
    with clock.later(timedelta(days=5)):
        assert rules.standing(first, clock.today()) is Standing.EXPIRED
        assert given.signed_in("aman.caseworker").get(address("list", case)).status_code == 200


def test_two_clicks_take_a_consent_back_and_end_what_rests_on_it():
    referral = given.a_referral(State.UNDER_REVIEW)
    actor = given.actor("aman.caseworker")
    with acting(actor):
        consent = Consent.objects.get(pk=referral.basis_id)
        reference = consent.case.reference
    client = given.signed_in("aman.caseworker")
    confirm = reverse("consent_withdrawal:confirm", args=[reference, consent.pk])
    assert client.get(confirm).status_code == 200
    assert client.post(confirm, {"how": "telephone"}).status_code == 302
    with acting(actor):
        assert Withdrawal.objects.get().how == "telephone"
        assert Referral.objects.get(pk=referral.pk).state == State.CONSENT_WITHDRAWN
    assert client.post(confirm, {"how": "by pigeon"}).status_code == 302
    assert (
        reverse("consent:renew", args=[reference, consent.pk])
        in client.get(reverse("consent:list", args=[reference])).content.decode()
    )


def test_a_legal_basis_is_recorded_and_signed_by_two_people(case, client):
    assert client.get(address("basis", case)).status_code == 200
    wrong = {"recipient": given.cast().dfwac.pk, "type": "vital_interest", "source": ""}
    assert client.post(address("basis", case), wrong).status_code == 422
    assert client.post(address("basis", case), wrong | {"source": "قانون", "note": "خطر"}).status_code == 302
    (basis,) = stored(LegalBasisRecord)
    sign = address("sign", case, basis.pk)
    assert sign in client.get(address("list", case)).content.decode()
    assert client.post(sign).status_code == 302
    assert sign not in client.get(address("list", case)).content.decode()
    assert client.post(sign).status_code == 403
    with acting(given.actor("aman.caseworker")):
        let_in(case, given.actor("aman.supervisor"))
    assert given.signed_in("aman.supervisor").post(sign).status_code == 302
    assert stored(LegalBasisRecord)[0].second_sign_off_at is not None
    assert given.signed_in("aman.supervisor").get(address("list", case)).status_code == 200


@pytest.mark.parametrize(
    "who", ["dfwac.practitioner", "aman.director", "dfwac.supervisor", "sharjah.caseworker"]
)
def test_who_has_no_access_to_the_case_finds_nothing(case, client, who):
    client.post(address("new", case), form())
    consent = stored(Consent)[0]
    other = given.signed_in(who)
    for page in (
        address("list", case),
        address("new", case),
        address("renew", case, consent.pk),
        reverse("consent_withdrawal:confirm", args=[case.reference, consent.pk]),
    ):
        assert other.get(page).status_code == 404
    assert other.post(address("sign", case, consent.pk)).status_code == 404


def test_a_consent_is_reached_through_its_own_case_only(case, client):
    client.post(address("new", case), form())
    consent = stored(Consent)[0]
    other = given.a_case("human_trafficking")
    assert client.get(address("renew", other, consent.pk)).status_code == 404
    assert client.post(address("sign", other, consent.pk)).status_code == 404
    assert (
        client.get(reverse("consent_withdrawal:confirm", args=[other.reference, consent.pk])).status_code
        == 404
    )
