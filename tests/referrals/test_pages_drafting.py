"""The three screens on which a referral is drafted."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from ihala.core.acting import acting
from ihala.core.vocabulary import DisclosureClass, Kind, Urgency
from ihala.referrals.enums import Link, State
from ihala.referrals.models import Referral
from tests import given

pytestmark = pytest.mark.django_db


class Form(HTMLParser):
    """What a browser would send of the page's main form: the fields as they stand, the hidden ones too."""

    def __init__(self, page):
        super().__init__()
        self.sent, self.buttons, self._inside = {}, [], False
        self.feed(page.content.decode())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self._inside = "action" not in found and found.get("method") == "post"
        if not self._inside or "name" not in found:
            return
        ticked = found.get("type") not in ("checkbox", "radio") or "checked" in found
        if tag == "input" and ticked and "disabled" not in found:
            self.sent.setdefault(found["name"], []).append(found.get("value", ""))
        if tag == "button":
            self.buttons.append(found["value"])


def drafted(client, case, **more):
    """Screen 1 filled in as little as possible; the answer to sending it."""
    address = reverse("referrals:new", args=[case.reference])
    sent = Form(client.get(address)).sent
    return client.post(address, {**sent, "urgency": "urgent", "services": ["shelter"], **more})


def the_referral(by="aman.caseworker"):
    with acting(given.actor(by)):
        return Referral.objects.get()


def test_an_urgent_referral_takes_three_screens_and_few_clicks_and_fields():
    case = given.a_case_with_consent()
    client = given.signed_in("aman.caseworker")
    screens, clicks, fields = 0, 1, 0  # the click on "new referral" in the case

    first = client.get(reverse("referrals:new", args=[case.reference]))
    sent = Form(first).sent
    assert sent["receiver"] == [str(given.cast().dfwac.pk)] and sent["kind"] == [Kind.TRANSFER]
    screens, clicks, fields = (
        screens + 1,
        clicks + 3,
        fields + 4,
    )  # urgency, service, continue; two were given already
    answer = client.post(first.request["PATH_INFO"], {**sent, "urgency": "urgent", "services": ["shelter"]})
    assert answer.status_code == 302

    second = client.get(answer.url)
    sent = Form(second).sent
    consented = set(DisclosureClass) - {"attachments", "triage"}
    assert set(sent["classes"]) <= consented and len(sent["classes"]) >= 3 and sent["shown"]
    screens, clicks, fields = screens + 1, clicks + 1, fields + 2  # continue; classes and fields stand ticked
    answer = client.post(second.request["PATH_INFO"], sent)

    third = client.get(answer.url)
    form = Form(third)
    assert form.buttons == ["submit"]
    screens, clicks = screens + 1, clicks + 1
    answer = client.post(third.request["PATH_INFO"], {**form.sent, "step": "submit"})
    assert answer.status_code == 302 and the_referral().state == State.AWAITING_APPROVAL
    assert screens <= 3 and clicks <= 12 and fields <= 8


def test_an_emergency_is_sent_at_once_and_a_repeated_send_is_the_same_send():
    client = given.signed_in("aman.caseworker")
    drafted(client, given.a_case_with_consent(), urgency="emergency")
    address = reverse("referrals:review", args=[the_referral().reference])
    page = Form(client.get(address))
    assert page.buttons == ["send_at_once", "submit"]
    for _again in range(2):
        answer = client.post(address, {**page.sent, "step": "send_at_once"})
        assert answer.status_code == 302 and answer.url == reverse(
            "referrals:detail", args=[the_referral().reference]
        )
    with acting(given.actor("aman.caseworker")):
        assert the_referral().state == State.SENT and the_referral().timeline.count() == 1


def test_what_is_not_ticked_is_withheld_and_stays_so_on_coming_back():
    client = given.signed_in("aman.caseworker")
    address = drafted(client, given.a_case_with_consent()).url
    sent = Form(client.get(address)).sent
    sent["shown"].remove("survivor.name")
    sent["classes"].remove("narrative")
    assert client.post(address, sent).status_code == 302
    again = Form(client.get(address)).sent
    assert "survivor.name" not in again["shown"] and "narrative" not in again["classes"]
    review = client.get(reverse("referrals:review", args=[the_referral().reference])).content.decode()
    assert "عدم الإفصاح" in review or "ما لا يُفصح عنه" in review


def test_a_draft_keeps_its_answers_on_the_way_back():
    client = given.signed_in("aman.caseworker")
    drafted(client, given.a_case_with_consent(), services_given=["medical"])
    address = reverse("referrals:need", args=[the_referral().reference])
    sent = Form(client.get(address)).sent
    assert (
        sent["urgency"] == ["urgent"]
        and sent["services"] == ["shelter"]
        and sent["services_given"] == ["medical"]
    )
    assert client.post(address, {**sent, "urgency": "emergency"}).status_code == 302
    assert the_referral().urgency == Urgency.EMERGENCY


@pytest.mark.parametrize("screen", ["need", "disclosure", "review"])
def test_a_stale_draft_is_refused_and_what_was_typed_is_kept(screen):
    client = given.signed_in("aman.caseworker")
    drafted(client, given.a_case_with_consent(), urgency="emergency")
    reference = the_referral().reference
    address = reverse(f"referrals:{screen}", args=[reference])
    sent = {**Form(client.get(address)).sent, "step": "send_at_once"}
    other = reverse("referrals:disclosure", args=[reference])
    client.post(other, Form(client.get(other)).sent)
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert Form(answer).sent["version"] == [str(the_referral().version)]
    assert the_referral().state == State.DRAFT


def test_without_consent_it_can_be_drafted_and_the_screens_say_what_is_missing():
    case = given.a_case()
    client = given.signed_in("aman.caseworker", language="en")
    address = reverse("referrals:new", args=[case.reference])
    assert reverse("consent:new", args=[case.reference]) in client.get(address).content.decode()
    second = drafted(client, case).url
    page = client.get(second)
    assert reverse("consent:new", args=[case.reference]) in page.content.decode()
    assert "classes" not in Form(page).sent
    review = client.get(reverse("referrals:review", args=[the_referral().reference]))
    assert Form(review).buttons == []
    answer = client.post(review.request["PATH_INFO"], {**Form(review).sent, "step": "submit"})
    assert answer.status_code == 422


def test_an_incomplete_need_comes_back_with_its_errors():
    case = given.a_case_with_consent()
    client = given.signed_in("aman.caseworker")
    address = reverse("referrals:new", args=[case.reference])
    answer = client.post(address, {**Form(client.get(address)).sent})
    assert answer.status_code == 422 and b"error-summary" in answer.content


def test_a_pull_request_discloses_nothing_but_triage():
    client = given.signed_in("aman.caseworker")
    address = drafted(client, given.a_case_with_consent(), kind="pull_request").url
    page = Form(client.get(address))
    assert all(
        path.endswith((".sex", ".nationality", ".needs")) or path.startswith("case.")
        for path in page.sent["shown"]
    )
    assert client.get(reverse("referrals:review", args=[the_referral().reference])).status_code == 200


def test_a_case_one_has_no_access_to_cannot_be_referred():
    case = given.a_case_with_consent()
    address = reverse("referrals:new", args=[case.reference])
    assert given.signed_in("dfwac.duty").get(address).status_code == 404
    assert given.signed_in("sharjah.caseworker").get(address).status_code == 404


@pytest.mark.parametrize("screen", ["need", "disclosure", "review"])
def test_the_drafting_screens_of_a_sent_referral_lead_to_its_page(screen):
    referral = given.a_referral(State.SENT)
    for reader in ("aman.caseworker", "dfwac.duty"):
        answer = given.signed_in(reader).get(reverse(f"referrals:{screen}", args=[referral.reference]))
        assert answer.status_code == 302 and answer.url == reverse(
            "referrals:detail", args=[referral.reference]
        )


def test_a_waiting_referral_may_be_followed_by_one_elsewhere():
    scene = given.a_scene_at(State.WAITLISTED)
    client = given.signed_in("aman.caseworker")
    page = client.get(reverse("referrals:detail", args=[scene.subject.reference])).content.decode()
    address = f"{reverse('referrals:new', args=[scene.file.reference])}?instead_of={scene.subject.reference}"
    assert address in page
    sent = Form(client.get(address)).sent
    assert client.post(address, {**sent, "urgency": "urgent", "services": ["shelter"]}).status_code == 302
    with acting(given.actor("aman.caseworker")):
        follower = Referral.objects.get(origin=scene.subject)
    assert follower.link == Link.ELSEWHERE
