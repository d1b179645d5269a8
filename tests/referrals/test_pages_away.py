"""While no key agent answers: what is urgent can be done all the same, and nobody reads that nothing was changed."""

import pytest
from django.urls import reverse
from django.utils import translation

from ihala.core.acting import acting
from ihala.core.refusal import Refused, Status
from ihala.core.veil import veil
from ihala.referrals.enums import State, Step
from ihala.referrals.models import Referral
from ihala.vault import link, refusals
from tests import given

pytestmark = pytest.mark.django_db
UNCHANGED = "لم يتغير شيء"


@pytest.fixture
def away(settings, monkeypatch, tmp_path):
    """From the call on nobody answers."""

    def now():
        monkeypatch.setattr(link, "PATIENCE", 0.0)
        settings.KEY_AGENT = str(tmp_path / "nobody.sock")

    yield now
    link.forget()


def page(reader, address, follow=False):
    return given.signed_in(reader).get(address, follow=follow)


def test_a_referral_is_acknowledged_in_time_from_a_page_that_tells_nothing_sealed(away):
    referral = given.a_referral(State.SENT)
    address = reverse("referrals:detail", args=[referral.reference])
    take = reverse("referrals:step", args=[referral.reference, Step.ACKNOWLEDGE.value])
    away()
    answer = page("dfwac.duty", address)
    assert answer.status_code == Status.AWAY
    assert take in answer.content.decode() and "agent_away" in answer.content.decode()
    done = given.signed_in("dfwac.duty").post(take, {"version": referral.version}, follow=True)
    assert UNCHANGED not in done.content.decode() and "agent_away" in done.content.decode()
    with acting(given.actor("dfwac.duty")):
        assert Referral.objects.get(pk=referral.pk).state == State.UNDER_REVIEW
    offered = page("aman.caseworker", address).content.decode()
    assert reverse("referrals:step", args=[referral.reference, Step.WITHDRAW_CONSENT.value]) in offered


def test_consent_is_taken_back_from_the_case_and_the_page_says_that_it_is(away):
    referral = given.a_referral(State.SENT)
    with acting(given.actor("aman.caseworker")):
        (case,) = {side.case for side in referral.sides.select_related("case") if side.case_id}
    away()
    opened = page("aman.caseworker", reverse("cases:detail", args=[case.reference]))
    listed = reverse("consent:list", args=[case.reference])
    assert opened.status_code == Status.AWAY and listed in opened.content.decode()
    confirm = reverse("consent_withdrawal:confirm", args=[case.reference, referral.basis_id])
    shown = page("aman.caseworker", listed)
    assert shown.status_code == Status.AWAY and confirm in shown.content.decode()
    done = given.signed_in("aman.caseworker").post(confirm, {"how": "verbal"}, follow=True)
    assert UNCHANGED not in done.content.decode()
    assert confirm not in done.content.decode(), "it is taken back"
    with acting(given.actor("aman.caseworker")):
        assert Referral.objects.get(pk=referral.pk).state == State.CONSENT_WITHDRAWN


def test_what_is_being_typed_says_why_it_is_not_kept_and_not_that_there_is_no_connection(away):
    writer = given.signed_in("aman.caseworker")
    away()
    kept = {"survivor-name": "اسم مختلق", "version": "1"}
    answer = writer.post(f"/cases/autosave/?category={veil('domestic_violence')}", kept, HTTP_X_AUTOSAVE="1")
    assert answer.status_code == Status.AWAY
    with translation.override("ar"):
        assert answer.json() == {"error": str(refusals.AWAY.message)}


@pytest.mark.parametrize("address", ["referrals:detail", "cases:detail", "consent:list"])
def test_another_refusal_is_told_as_before(address, monkeypatch):
    """A quota, for example: nothing but being away is a reason to show the page without its content."""
    from ihala.cases import actions as cases
    from ihala.consent import actions as consents
    from ihala.referrals import views

    def refused(*_rest, **_more):
        raise Refused(refusals.QUOTA)

    referral = given.a_referral(State.SENT)
    with acting(given.actor("aman.caseworker")):
        (case,) = {side.case for side in referral.sides.select_related("case") if side.case_id}
    monkeypatch.setattr(views, "page", refused)
    monkeypatch.setattr(cases, "open_case_page", refused)
    monkeypatch.setattr(consents, "open_details", refused)
    reference = referral.reference if address.startswith("referrals") else case.reference
    assert page("aman.caseworker", reverse(address, args=[reference])).status_code == Status.TOO_MANY


def test_while_nothing_opens_the_page_and_each_step_say_how_the_other_side_is_called(away):
    referral = given.a_referral(State.UNDER_REVIEW)
    away()
    attest = reverse("referrals:step", args=[referral.reference, Step.ATTEST_CONFLICT_CHECK.value])
    for address in (reverse("referrals:detail", args=[referral.reference]), attest):
        shown = page("dfwac.supervisor", address).content.decode()
        assert 'href="tel:+971500000101"' in shown and 'href="tel:+971500000201"' not in shown
    assert 'href="tel:+971500000201"' in page(
        "aman.caseworker", reverse("referrals:detail", args=[referral.reference])
    ).content.decode()  # fmt: skip


def test_what_cannot_be_sent_now_says_whom_to_call_and_is_sent_from_there_when_it_works_again(
    away, settings, monkeypatch
):
    referral, agent, patience = given.a_referral(State.AWAITING_APPROVAL), settings.KEY_AGENT, link.PATIENCE
    step = reverse("referrals:step", args=[referral.reference, Step.APPROVE.value])
    client = given.signed_in("aman.supervisor")
    sent = {bound.html_name: bound.value() for bound in client.get(step).context["form"] if bound.value()}
    away()
    answer = client.post(step, sent)
    html = answer.content.decode()
    assert answer.status_code == Status.AWAY
    assert 'href="tel:+971500000201"' in html and f'name="version" value="{referral.version}"' in html
    settings.KEY_AGENT = agent
    monkeypatch.setattr(link, "PATIENCE", patience)
    assert client.post(step, sent).status_code == 302
    with acting(given.actor("dfwac.duty")):
        assert Referral.objects.get(pk=referral.pk).state == State.SENT


def test_whoever_may_not_see_a_referral_is_told_no_line_while_the_agent_is_away(away):
    referral = given.a_referral(State.SENT)
    away()
    refused = given.signed_in("sharjah.caseworker").post(
        reverse("referrals:step", args=[referral.reference, Step.ACCEPT.value]), {"version": 1}
    )
    assert refused.status_code == Status.NOT_VISIBLE and "tel:" not in refused.content.decode()
