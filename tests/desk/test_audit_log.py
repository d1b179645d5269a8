"""The data protection officer reads what happened, who did it, and who looked at a case."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ihala.audit import actions as audit
from ihala.audit.rules import PAGE
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.vocabulary import Category
from ihala.organisations.models import Actor
from tests import given

pytestmark = pytest.mark.django_db
URL = "/audit/"


@pytest.fixture
def dpo():
    given.cast()
    return given.signed_in("aman.dpo")


def note(name, who="aman.caseworker", at=None, **columns):
    with clock.at(at or clock.now()), acting(given.actor(who)):
        audit.record(given.actor(who), name, **columns)


def shown(client, **asked):
    response = client.get(URL, asked)
    assert response.status_code == 200
    return [line.event.name for line in response.context["lines"]]


def test_the_address_of_the_log():
    assert reverse("audit:log") == URL


@pytest.mark.parametrize("who", ["aman.caseworker", "aman.supervisor", "aman.director", "aman.admin"])
def test_nobody_else_reads_it(who):
    given.cast()
    response = given.signed_in(who).get(URL)
    assert response.status_code == 403


def test_it_shows_steps_and_readings_in_words():
    case, author = given.a_case(), given.actor("aman.caseworker")
    note("referral.accept", detail={"from": "sent", "to": "accepted"})
    detail = {"purpose": "letter", "classes": ["identity"], "deposited": ["narrative"]}
    note("sealed.opened", case_id=case.pk, detail=detail, refusal="no_live_basis")
    page = given.signed_in("aman.dpo", language="en").get(URL).content.decode()
    words = [
        "Sealed content opened",
        "Accept",
        "From “Sent” to “Accepted”",
        "Printed letter",
        "Identity",
        "Narrative",
    ]
    for word in [*words, "no_live_basis", case.reference, author.name_en]:
        assert word in page


def test_another_organisations_log_is_another_log(dpo):
    note("case.created", who="dfwac.caseworker")
    note("case.changed", who="dfwac.caseworker", concerns=given.cast().aman.pk)
    assert "case.created" not in shown(dpo, group="case")
    assert "case.changed" in shown(dpo, group="case")
    assert given.actor("dfwac.caseworker").name_ar not in dpo.get(URL).content.decode()


def test_who_looked_at_a_case_is_found_by_its_reference_or_its_key(dpo):
    case = given.a_case()
    other = given.a_case(Category.CHILD_ABUSE)
    note("case.noted", case_id=other.pk)
    for asked in (case.reference, case.reference.lower(), str(case.pk)):
        lines = dpo.get(URL, {"case": asked}).context["lines"]
        assert lines
        assert {line.event.case_id for line in lines} == {case.pk}
    assert shown(dpo, case="NO-SUCH") == []


def test_the_filters_are_taken_from_the_address(dpo):
    moment = datetime(2025, 3, 5, 21, 30, tzinfo=UTC)  # the sixth in Dubai
    note("letter.printed", at=moment)
    note("letter.printed", who="aman.supervisor", refusal="not_visible")
    supervisor = given.actor("aman.supervisor").membership_id
    assert shown(dpo, group="letter", since="2025-03-06", until="2025-03-06") == ["letter.printed"]
    assert shown(dpo, group="letter", until="2025-03-05") == []
    assert len(shown(dpo, group="letter", staff=supervisor)) == 1
    assert len(shown(dpo, group="letter", refusals="on")) == 1
    assert len(shown(dpo, group="letter")) == 2


def test_a_filter_that_makes_no_sense_is_shown_and_not_applied(dpo):
    note("letter.printed")
    response = dpo.get(
        URL, {"group": "letters", "staff": "x", "since": "yesterday", "after": "x", "case": "y" * 50}
    )
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"group", "staff", "since", "case"}
    assert response.context["lines"]


def test_leafing_keeps_the_filters(dpo):
    for number in range(PAGE + 1):
        note("letter.printed", at=timezone.now() - timedelta(minutes=number))
    first = dpo.get(URL, {"group": "letter"})
    assert len(first.context["lines"]) == PAGE
    assert first.context["newest_url"] == ""
    second = dpo.get(URL + first.context["older_url"])
    assert len(second.context["lines"]) == 1
    assert second.context["newest_url"] == "?group=letter"
    assert second.context["older_url"] == ""


def test_names_are_shown_for_ones_own_staff_the_system_and_the_door(dpo):
    system = Actor.system_of(given.cast().aman.pk)
    with acting(system):
        audit.record(system, "letter.printed")
    audit.record_at_door("sign_in.failed", concerns=given.cast().aman.pk)
    note("referral.unknown_step", who="dfwac.duty", concerns=given.cast().aman.pk)
    dpo.cookies["ihala_language"] = "en"
    lines = {line.event.name: line for line in dpo.get(URL).context["lines"]}
    assert lines["referral.unknown_step"].what == "referral.unknown_step"
    assert lines["referral.unknown_step"].who == given.cast().dfwac.name_en
    assert lines["letter.printed"].who == "System"
    assert lines["sign_in.failed"].who == "At the door"


def test_the_page_asks_no_more_for_more_events(dpo, django_assert_max_num_queries):
    for _number in range(20):
        note("letter.printed")
    dpo.get(URL)
    with django_assert_max_num_queries(20):
        dpo.get(URL)
